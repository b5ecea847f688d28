-- herald render: the template language alone, for one template and its data.

local clock = require "herald.clock"
local payload = require "herald.payload"
local place = require "herald.cli.place"
local template = require "herald.template"

local function where(details, file)
  if type(details) ~= "table" or not details.line then return file end
  return ("%s:%d:%d"):format(details.name or file, details.line, details.column or 1)
end

local function read_data(file)
  local text, message = place.read(file)
  if not text then return nil, message end
  local doc, wrong = payload.parse(text)
  if not doc then return nil, ("%s: %s"):format(file, wrong) end
  if doc:kind(1) ~= "object" then return nil, file .. ": expected a JSON object of the roots (context, profile, …)" end
  return doc
end

local function run(app, args)
  local source, message = place.read(args.template)
  if not source then return app:fail(message) end
  local data, failure = read_data(args.data_file)
  if not data then return app:fail(failure) end
  local is_html = args.html or args.template:match("%.html?$") ~= nil
  local compiled, wrong, details = template.compile(source, { mode = is_html and "html" or "text", name = args.template })
  if not compiled then return app:fail(("%s: %s"):format(where(details, args.template), wrong)) end
  local text, reason = compiled:render(data, { now = clock.system():now() })
  if not text then return app:fail(("%s: %s"):format(args.template, reason)) end
  app.out(text)
  return 0
end

return {
  { name = "render", summary = "Render one template file with one data file.", anywhere = true, run = run,
    configure = function(command)
      command:option("--template", "The template."):argname("FILE"):count(1)
      local data = command:option("--data", "A JSON object of the template's roots: context, profile, …")
      data:argname("FILE.json"):target("data_file"):count(1)
      command:flag("--html", "Escape as in HTML; so it is for a file that ends in .html.")
    end },
}
