-- herald render: the template language alone, for one template and its data.

local clock = require "herald.clock"
local folder = require "herald.folder"
local payload = require "herald.payload"
local place = require "herald.cli.place"
local secret = require "herald.secret"
local template = require "herald.template"
local template_files = require "herald.template_files"
local template_helpers = require "herald.template_helpers"

local function read_data(file)
  local text, message = place.read(file)
  if not text then return nil, message end
  local doc, wrong = payload.parse(text)
  if not doc then return nil, ("%s: %s"):format(file, wrong) end
  if doc:kind(1) ~= "object" then return nil, file .. ": expected a JSON object of the roots (context, profile, …)" end
  return doc
end

-- The project that a template is in: its fragments and helpers are there for it.
local function project_of(args)
  return args.project or args.template:match "^(.*)/templates/" or "."
end

-- Only its templates are looked at, and what helpers.lua requires; a folder that is no project has none.
local function read_templates(dir)
  if not place.exists(dir .. "/templates") then return {} end
  return folder.read(dir) or {}
end

local function mode_of(args)
  if args.as_json then return "json" end
  if args.text then return "text" end
  return (args.html or args.template:find "%.html?$") and "html" or "text"
end

local function options_for(args, source)
  local dir = project_of(args)
  local files, sources = read_templates(dir), { source }
  template_files.each_fragment(files, source, function(path) sources[#sources + 1] = files[path] end, function() end)
  local helpers, _, failure = template_helpers.load({ secrets = secret.source(dir) }, files, sources)
  if failure then return nil, tostring(failure) end
  return {
    mode = mode_of(args), name = args.template, helpers = helpers,
    fragments = function(id)
      local path = template_files.fragment_path(files, id)
      if path then return files[path], dir == "." and path or dir .. "/" .. path end
    end,
  }
end

local function run(app, args)
  local source, message = place.read(args.template)
  if not source then return app:fail(message) end
  local data, failure = read_data(args.data_file)
  if not data then return app:fail(failure) end
  local options, wrong = options_for(args, source)
  if not options then return app:fail(wrong) end
  local compiled, compile_failure = template.compile(source, options)
  if not compiled then return app:fail(compile_failure) end
  local text, reason = compiled:render(data, { now = clock.system():now(), strict = args.strict or false })
  if not text then return app:fail(reason) end
  app.out(text)
  return 0
end

return {
  { name = "render", summary = "Render one template file with one data file.", anywhere = true, run = run,
    configure = function(command)
      command:option("--template", "The template."):argname("FILE"):count(1)
      local data = command:option("--data", "A JSON object of the template's roots: context, profile, …")
      data:argname("FILE.json"):target("data_file"):count(1)
      command:option("--project", "Where its fragments and helpers are; the folder above templates/ unless told."):argname("DIR")
      command:flag("--html", "Escape as in HTML; so it is for a file that ends in .html.")
      command:flag("--text", "Escape nothing; so it is for all other files.")
      command:flag("--json", "Escape as inside a JSON string."):target("as_json")
      command:flag("--strict", "A name that is missing in the data is an error.")
    end },
}
