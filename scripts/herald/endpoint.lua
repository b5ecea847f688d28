-- Custom endpoints: a method, a path, how the caller is known, and the function that answers. Built from
-- endpoints/*.lua.

local authentication = require "herald.authentication"
local endpoint_answer = require "herald.endpoint_answer"
local loaded = require "herald.loaded"
local script_limits = require "herald.script_limits"

local M = {}

---@class herald.Endpoint
---@field file string
---@field method string
---@field path string
---@field authenticate herald.AuthenticationRules[] one of them has to do
---@field body integer|nil bytes that a request's body may have; limits.body unless told
---@field rate { all_per_second: number|nil, caller_per_second: number|nil, all: string|nil, caller: string|nil }|nil
---@field handle fun(request: table): any
---@field limits table|nil its own, as herald.script_limits takes them

local METHODS = { "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "ANY" }

local reserved

-- First segments of the paths that are Herald's own. Asked for late, for the routes' handlers load projects themselves.
local function reserved_names()
  if reserved then return reserved end
  reserved = { im = true, ajo = true }
  for _, route in ipairs(require "herald.http.routes") do reserved[route.path:match "^/([^/]*)"] = true end
  return reserved
end

-- The name of a parameter, and whether it stands for all that is left of the path.
local function parameter(segment)
  local name, dots = segment:match "^{([%a_][%w_]*)(%.*)}$"
  if dots == "" or dots == "..." then return name, dots == "..." end
end

local function check_path(path)
  if path:find "^/%.?%.?$" then return "the path / is Herald's own" end
  if path:find "//" or path:find "/%.%.?/" or path:find "[%s?#]" then return "expected a plain path such as /hooks/orders" end
  local first = path:match "^/([^/]*)"
  if reserved_names()[first] then return ("/%s is one of Herald's own paths; choose another, such as /hooks/%s"):format(first, first) end
  local seen, after = {}, nil
  for segment in path:gmatch "[^/]+" do
    local name, is_rest = parameter(segment)
    if after then return ("{%s...} stands for all that is left of the path: nothing can come behind it"):format(after) end
    if is_rest then after = name end
    if segment:find "[{}]" and not name then return ("%q is not a parameter: expected {name}"):format(segment) end
    if segment:sub(1, 1) == ":" then return ("%q is not a parameter: expected {%s}"):format(segment, segment:sub(2)) end
    if name and seen[name] then return ("the parameter {%s} is there twice"):format(name) end
    if name then seen[name] = true end
  end
end

local MOST_BODY = 1 << 30

local function check_body(bytes)
  if bytes < 1 or bytes > MOST_BODY then return ("expected from 1 to %d bytes"):format(MOST_BODY) end
end

local DESCRIPTION = { type = "table", fields = {
  method = { type = "string", one_of = METHODS, default = "POST" },
  path = { type = "string", required = true, pattern = "^/", expected = "a path that begins with /", check = check_path },
  description = { type = "string" },
  body = { type = "size", check = check_body },
  rate = { type = "table", fields = { all = { type = "rate" }, caller = { type = "rate" } }, expected = 'a rate such as "100/s", or { all = …, caller = … }' },
  handle = { type = "function", required = true },
  limits = script_limits.OWN,
} }

---What an endpoint may say.
---@return table<string, table>
function M.fields()
  local fields = { authenticate = { type = "any" } } -- which is read by itself
  for name, field in pairs(DESCRIPTION.fields) do fields[name] = field end
  return fields
end

-- A rate by itself is that of all callers together.
local function finish(loading, fields)
  local plain = {}
  for name, value in next, fields do plain[name] = value end
  local given = plain.authenticate
  plain.authenticate = nil
  if type(plain.rate) == "string" then plain.rate = { all = plain.rate } end
  local result = loading:check(DESCRIPTION, plain)
  result.authenticate = authentication.read(loading, given)
  for _, rules in ipairs(result.authenticate or {}) do rules.endpoint = ("%s %s"):format(result.method, result.path) end
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
  local fields = loading:fields("endpoint", { endpoint = authentication.word(loading, endpoint_answer.words) })
  return loading:give(fields and finish(loading, fields), "endpoint")
end

---A path's shape: two endpoints of one method must not share it.
---@param endpoint herald.Endpoint
---@return string
function M.shape(endpoint)
  return endpoint.method .. " " .. endpoint.path:gsub("{[^}]*%.%.%.}", "{...}"):gsub("{[%w_]*}", "{}")
end

return M
