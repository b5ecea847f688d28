-- herald kv: what scripts keep, as operators look at it and set it right.

local payload = require "herald.payload"
local text = require "herald.cli.text"

local function kind_of(args)
  return args.counter and "counter" or nil
end

local function shown(value)
  return type(value) == "string" and value or payload.encode(value)
end

local function list(app, args)
  local body = app:call("GET", "/kv", {
    query = { kind = kind_of(args), prefix = args.prefix, limit = args.limit, after = args.after }, sandbox = args.sandbox,
  })
  if not body then return 1 end
  if app.json then return app:print_json(body) end
  local rows = {}
  for index, one in ipairs(body.keys) do rows[index] = { one.key, one.expiresAt, shown(one.value) } end
  app:table({ "KEY", "EXPIRES", "VALUE" }, rows)
  if body.next then app:print(("more: herald kv list --after '%s'"):format(body.next)) end
  return 0
end

local function get(app, args)
  local body = app:call("GET", "/kv/" .. text.escape(args.key), { query = { kind = kind_of(args) }, sandbox = args.sandbox })
  if not body then return 1 end
  if app.json then return app:print_json(body) end
  app:print(shown(body.value))
  return 0
end

-- JSON, or else a text.
local function value_of(given)
  local doc = payload.parse(given)
  return doc and payload.raw(given) or given
end

local function set(app, args)
  local body = app:call("PUT", "/kv/" .. text.escape(args.key), {
    body = { value = value_of(args.value), ttl = args.ttl }, sandbox = args.sandbox,
  })
  if not body then return 1 end
  if app.json then return app:print_json(body) end
  app:print("kept" .. (body.expiresAt and " until " .. body.expiresAt or ""))
  return 0
end

local function delete(app, args)
  local body = app:call("DELETE", "/kv/" .. text.escape(args.key), { query = { kind = kind_of(args) }, sandbox = args.sandbox })
  if not body then return 1 end
  app:print "deleted"
  return 0
end

local function of_sandbox(command)
  command:option("--sandbox", "The sandbox, prod unless told."):argname "NAME"
end

local function of_key(command)
  command:argument("key", "The key.")
  of_sandbox(command)
end

local function of_key_or_counter(command)
  of_key(command)
  command:flag("--counter", "A counter, not a value.")
end

return {
  { name = "kv", summary = "Look at and change what scripts keep.", commands = {
    { name = "list", summary = "List values, or counters, by their keys.", data = true, run = list,
      configure = function(command)
        of_sandbox(command)
        command:flag("--counter", "Counters, not values.")
        command:option("--prefix", "Only keys that begin so."):argname "TEXT"
        command:option("--limit", "How many at most.", "100")
        command:option("--after", "Those behind this key."):argname "KEY"
      end },
    { name = "get", summary = "Print one value or counter.", data = true, configure = of_key_or_counter, run = get },
    { name = "set", summary = "Keep a value: JSON, or else a text.", data = true, run = set,
      configure = function(command)
        of_key(command)
        command:argument("value", "The value.")
        command:option("--ttl", "How long it stays; without it, for good."):argname "DURATION"
      end },
    { name = "delete", summary = "Take a value or counter away.", configure = of_key_or_counter, run = delete },
  } },
}
