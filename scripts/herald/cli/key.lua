-- herald key: access to the HTTP API.

local escape = require("herald.cli.text").escape
local keys = require "herald.keys"
local window = require "herald.window"

-- What the options say wrong, in their own words.
local function usage_problem(args)
  local scopes, message = keys.parse_scopes(args.scope)
  if not scopes then return message:gsub("^scopes", "--scope") end
  if not args.expires then return nil end
  local duration, reason = window.duration(args.expires)
  if not duration then return "--expires: " .. reason end
  if duration == 0 then return "--expires: the key would be expired at once" end
end

local function create(app, args)
  local problem = usage_problem(args)
  if problem then return app:misused(problem) end
  local body = app:call("POST", "/keys", { body = { name = args.name, scopes = args.scope, expiresIn = args.expires } })
  if not body then return 1 end
  if app.json then return app:print_json(body) end
  app:print(body.key)
  return 0
end

local function list(app)
  local body = app:call("GET", "/keys")
  if not body then return 1 end
  if app.json then return app:print_json(body) end
  local rows = {}
  for index, key in ipairs(body.keys) do
    rows[index] = { key.name, table.concat(key.scopes, ","), key.createdAt, key.expiresAt or "never", key.revokedAt or "no" }
  end
  app:table({ "NAME", "SCOPES", "CREATED", "EXPIRES", "REVOKED" }, rows)
  return 0
end

local function revoke(app, args)
  if not app:call("DELETE", "/keys/" .. escape(args.name)) then return 1 end
  app:print(("%s is revoked"):format(args.name))
  return 0
end

return {
  { name = "key", summary = "Make, list and revoke API keys.", commands = {
    { name = "create", summary = "Make a key and print it; it is not shown again.", data = true, run = create,
      configure = function(command)
        command:option("--name", "What the key is called in lists and the audit log."):count(1)
        command:option("--scope", "What it may do: trigger, read, manage; several with commas."):argname("S[,S]"):count(1)
        command:option("--expires", "How long it holds (\"90 days\"); for ever unless told."):argname "DURATION"
      end },
    { name = "list", summary = "List the keys, without their texts.", data = true, run = list },
    { name = "revoke", summary = "Refuse a key from now on.", run = revoke,
      configure = function(command) command:argument("name", "The key's name.") end },
  } },
}
