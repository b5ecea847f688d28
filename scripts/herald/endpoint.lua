-- Custom endpoints: a method, a path, how the caller is known, and the function that answers. Built from
-- endpoints/*.lua.

local loaded = require "herald.loaded"
local schema = require "herald.schema"
local script_limits = require "herald.script_limits"
local secret = require "herald.secret"
local words = require "herald.words"

local M = {}

---@class herald.Endpoint
---@field file string
---@field method string
---@field path string
---@field authenticate herald.Authentication
---@field handle fun(request: table): any
---@field limits table|nil its own, as herald.script_limits takes them

---@class herald.Authentication
---@field kind "none"|"key"|"hmac"
---@field scope string|nil of a key
---@field header string|nil of an hmac
---@field secret herald.Secret|nil
---@field algorithm "sha256"|nil
---@field encoding "hex"|"base64"|nil
---@field prefix string|nil what stands before the signature, such as "sha256="
---@field timestamp_header string|nil the signature then covers TIMESTAMP.BODY
---@field tolerance_ms integer|nil

local METHODS = { "GET", "POST", "PUT", "PATCH", "DELETE" }

local reserved

-- First segments of the paths that are Herald's own. Asked for late, for the routes' handlers load projects themselves.
local function reserved_names()
  if reserved then return reserved end
  reserved = { im = true, ajo = true }
  for _, route in ipairs(require "herald.http.routes") do reserved[route.path:match "^/([^/]*)"] = true end
  return reserved
end

local HMAC = { type = "table", fields = {
  header = { type = "string", required = true, pattern = "^[%w-]+$", expected = "a header's name" },
  secret = { type = "string", required = true },
  algorithm = { type = "string", one_of = { "sha256" }, default = "sha256" },
  encoding = { type = "string", one_of = { "hex", "base64" }, default = "hex" },
  prefix = { type = "string" },
  timestamp_header = { type = "string", pattern = "^[%w-]+$", expected = "a header's name" },
  tolerance = { type = "duration", default = "5 minutes" },
} }

local SCOPES = { "trigger", "read", "manage" }

local function check_path(path)
  if path:find "^/%.?%.?$" then return "the path / is Herald's own" end
  if path:find "//" or path:find "/%.%.?/" or path:find "[%s?#]" then return "expected a plain path such as /hooks/orders" end
  local first = path:match "^/([^/]*)"
  if reserved_names()[first] then return ("/%s is one of Herald's own paths; choose another, such as /hooks/%s"):format(first, first) end
  local seen = {}
  for segment in path:gmatch "[^/]+" do
    local name = segment:match "^{([%a_][%w_]*)}$"
    if segment:find "[{}]" and not name then return ("%q is not a parameter: expected {name}"):format(segment) end
    if segment:sub(1, 1) == ":" then return ("%q is not a parameter: expected {%s}"):format(segment, segment:sub(2)) end
    if name and seen[name] then return ("the parameter {%s} is there twice"):format(name) end
    if name then seen[name] = true end
  end
end

local DESCRIPTION = { type = "table", fields = {
  method = { type = "string", one_of = METHODS, default = "POST" },
  path = { type = "string", required = true, pattern = "^/", expected = "a path that begins with /", check = check_path },
  description = { type = "string" },
  authenticate = { type = "any" },
  handle = { type = "function", required = true },
  limits = script_limits.OWN,
} }

---What an endpoint may say.
---@return table<string, table>
function M.fields()
  return DESCRIPTION.fields
end

-- authentication marker -> what it holds
local marked = setmetatable({}, { __mode = "k" })

local function mark(fields)
  local marker = setmetatable({}, { __metatable = false, __name = "authentication" })
  marked[marker] = fields
  return marker
end

local function hmac(loading, fields)
  if type(fields) ~= "table" then error("endpoint.hmac: expected a table", 3) end
  local result, faults = schema.check(HMAC, fields, { derive = true, secrets = true, path = "authenticate" })
  for _, found in ipairs(faults) do loading:add(found.path, found.message) end
  if result.secret and secret.reveal(result.secret) == "" then loading:add("authenticate.secret", "expected a secret that is not empty") end
  result.kind = "hmac"
  return mark(result)
end

local function key(scope)
  for _, known in ipairs(SCOPES) do
    if scope == known then return mark { kind = "key", scope = scope } end
  end
  error(('endpoint.key: expected one of "%s"'):format(table.concat(SCOPES, '", "')), 3)
end

local function endpoint_word(loading)
  return words.definer("endpoint", {
    none = mark { kind = "none" },
    key = function(scope) return key(scope) end,
    hmac = function(fields) return hmac(loading, fields) end,
  })
end

local function finish(loading, fields)
  local plain = {}
  for name, value in next, fields do plain[name] = value end
  local authentication = plain.authenticate
  plain.authenticate = nil
  local result = loading:check(DESCRIPTION, plain)
  result.authenticate = authentication ~= nil and marked[authentication] or nil
  if authentication == nil then
    loading:add("authenticate", 'missing: expected endpoint.hmac { … }, endpoint.key "trigger" or endpoint.none')
  elseif not result.authenticate then
    loading:add("authenticate", 'expected endpoint.hmac { … }, endpoint.key "trigger" or endpoint.none')
  end
  if loading.home.settings then
    script_limits.check_own(loading.home.settings.limits, result.limits, function(path, message) loading:add(path, message) end)
  end
  result.file = loading.file
  return result
end

---Builds the endpoint that a file defines.
---@param path string
---@param files table<string, string>
---@param home table
---@return herald.Endpoint|nil
---@return herald.Fault[]|nil
function M.from_file(path, files, home)
  local loading = loaded.new(home, files, path)
  local fields = loading:fields("endpoint", { endpoint = endpoint_word(loading) })
  return loading:give(fields and finish(loading, fields), "endpoint")
end

---A path's shape: two endpoints of one method must not share it.
---@param endpoint herald.Endpoint
---@return string
function M.shape(endpoint)
  return endpoint.method .. " " .. endpoint.path:gsub("{[^}]*}", "{}")
end

return M
