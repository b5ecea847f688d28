-- The recipient that trigger, preview and proof are tried with, from the command's arguments.

local payload = require "herald.payload"
local place = require "herald.cli.place"

local M = {}

---Adds the options that describe a recipient.
function M.configure(command)
  command:argument("id", "The campaign's id.")
  command:option("--user", "The recipient's userId."):argname "U"
  command:option("--namespace", "The kind of identity; the campaign's unless told."):argname "NAME"
  command:option("--context", "A value of the context: name=text, or name:=JSON. Dots make objects."):argname("K=V"):count "*"
  command:option("--file", "A JSON file: a whole request body (with recipients), or a context."):argname "FILE"
end

local function put(root, path, value)
  local at = root
  local last
  for step in path:gmatch("[^.]+") do
    if last then
      if type(at[last]) ~= "table" then at[last] = {} end
      at = at[last]
    end
    last = step
  end
  at[last] = value
end

-- "name=text" or "name:=JSON"
local function add_value(context, text)
  local name, json = text:match("^([^=:]+):=(.*)$")
  if name then
    local doc, message = payload.parse(json)
    if not doc then return nil, ("--context %s: %s"):format(text, message) end
    put(context, name, payload.raw(json))
    return true
  end
  local plain, value = text:match("^([^=]+)=(.*)$")
  if not plain then return nil, ("--context %s: expected name=text or name:=JSON"):format(text) end
  put(context, plain, value)
  return true
end

local function read_file(file)
  local text, message = place.read(file)
  if not text then return nil, message end
  local doc, wrong = payload.parse(text)
  if not doc then return nil, ("%s: %s"):format(file, wrong) end
  if doc:kind(1) ~= "object" then return nil, file .. ": expected a JSON object" end
  return text, doc
end

---The context of --file and --context together, as JSON that keeps the file's characters.
---@param args table
---@return table|nil { body: string|nil, context: table|nil } a whole body, or a context as raw JSON
---@return string|nil message
---@return integer|nil exit 1: the file failed, 2: the words are wrong
function M.data(args)
  local text, doc
  if args.file then
    text, doc = read_file(args.file)
    if not text then return nil, doc, 1 end
    if doc:find(1, "recipients") then
      if #args.context > 0 then return nil, "--context goes with a context file, not with a whole request body", 2 end
      return { body = text, doc = doc }
    end
  end
  local context = {}
  for _, value in ipairs(args.context) do
    local ok, message = add_value(context, value)
    if not ok then return nil, message, 2 end
  end
  local merged = payload.merge(text or "{}", context)
  return { context = payload.raw(merged) }
end

---One recipient as the API takes it.
---@param args table
---@param defaults { namespace: string|nil, type: string|nil }
---@return table|nil
---@return string|nil message
---@return integer|nil exit
function M.recipient(args, defaults)
  local data, message, exit = M.data(args)
  if not data then return nil, message, exit end
  if data.body then
    local first = data.doc:first(data.doc:find(1, "recipients"))
    if not first then return nil, args.file .. ": recipients is empty", 1 end
    return payload.raw(data.doc:raw(first))
  end
  return {
    type = defaults.type, userId = args.user, namespace = args.namespace or defaults.namespace, context = data.context,
  }
end

return M
