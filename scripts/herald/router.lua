-- Finds the handler of a request: plain paths by one look-up, paths with {parameters} by their segments.

local M = {}
local Router = {}
Router.__index = Router

---@class herald.Route
---@field method string
---@field path string such as "/campaigns/{id}"
---@field scope string|nil the key's scope that is needed; nil: none
---@field query string[]|nil the parameters that it knows; nil: any
---@field takes_any_body boolean|nil else a body has to be JSON
---@field handler fun(engine: herald.Engine, request: table): integer, any, table|nil

local function segments_of(path)
  local segments = {}
  for segment in path:gmatch("[^/]+") do segments[#segments + 1] = segment end
  return segments
end

---@return herald.Router
function M.new()
  return setmetatable({ plain = {}, patterns = {}, list = {} }, Router)
end

---Raises when the route is there already.
---@param route herald.Route
function Router:add(route)
  self.list[#self.list + 1] = route
  if not route.path:find("{", 1, true) then
    local methods = self.plain[route.path] or {}
    self.plain[route.path] = methods
    if methods[route.method] then error(("the route %s %s is there twice"):format(route.method, route.path), 2) end
    methods[route.method] = route
    return
  end
  local segments = segments_of(route.path)
  local bucket = self.patterns[#segments] or {}
  self.patterns[#segments] = bucket
  bucket[#bucket + 1] = { segments = segments, route = route }
end

local function decode(text)
  return (text:gsub("%%(%x%x)", function(hex) return string.char(tonumber(hex, 16)) end))
end

local function match(pattern, segments)
  local params = {}
  for index, expected in ipairs(pattern) do
    local name = expected:match("^{(.+)}$")
    if name then
      params[name] = decode(segments[index])
    elseif expected ~= segments[index] then
      return nil
    end
  end
  return params
end

-- An AJO client's paths have /ajo in front.
local function normal(path)
  if path:sub(1, 5) == "/ajo/" then path = path:sub(5) end
  if #path > 1 and path:sub(-1) == "/" then path = path:sub(1, -2) end
  return path
end

---@param method string
---@param path string
---@return herald.Route|nil
---@return table|string[] params, or the methods that the path knows (empty: no such path)
function Router:find(method, path)
  local methods = self.plain[path]
  if not methods then
    path = normal(path)
    methods = self.plain[path]
  end
  if methods and methods[method] then return methods[method], {} end
  local allowed = {}
  for name in pairs(methods or {}) do allowed[#allowed + 1] = name end
  local segments = segments_of(path)
  for _, pattern in ipairs(self.patterns[#segments] or {}) do
    local params = match(pattern.segments, segments)
    if params and pattern.route.method == method then return pattern.route, params end
    if params then allowed[#allowed + 1] = pattern.route.method end
  end
  table.sort(allowed)
  return nil, allowed
end

return M
