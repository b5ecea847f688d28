-- Finds the handler of a request: plain paths by one look-up, paths with {parameters} by their segments.

local M = {}
local Router = {}
Router.__index = Router

---@class herald.Route
---@field method string "ANY": those that no other route of the path has
---@field path string such as "/campaigns/{id}"; a {name...} at the end stands for one or more segments
---@field scope string|nil the key's scope that is needed; nil: none
---@field identify (fun(engine: herald.Engine, request: table): herald.Caller|nil, integer|nil, any, table|nil)|nil instead of a scope
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
  return setmetatable({ plain = {}, patterns = {}, rests = {}, list = {} }, Router)
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
  local rest = segments[#segments]:match "^{([^}]+)%.%.%.}$"
  if rest then
    segments[#segments] = nil
    self.rests[#self.rests + 1] = { segments = segments, rest = rest, route = route }
    return
  end
  local bucket = self.patterns[#segments] or {}
  self.patterns[#segments] = bucket
  bucket[#bucket + 1] = { segments = segments, route = route }
end

local function decode(text)
  return (text:gsub("%%(%x%x)", function(hex) return string.char(tonumber(hex, 16)) end))
end

-- What the rest stands for: its segments, decoded, with the slashes between them.
local function add_rest(params, pattern, segments)
  local first = #pattern.segments + 1
  if #segments < first then return nil end
  local parts = {}
  for index = first, #segments do parts[#parts + 1] = decode(segments[index]) end
  params[pattern.rest] = table.concat(parts, "/")
  return params
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

-- Routes of one path, as they are found: the one of the method, the one of any, and the methods there are.
local function note(found, route, params, method)
  if route.method == method then
    found.route, found.params = found.route or route, found.params or params
  elseif route.method == "ANY" then
    found.any, found.any_params = found.any or route, found.any_params or params
  else
    found.allowed[#found.allowed + 1] = route.method
  end
end

local function note_patterns(found, patterns, segments, method)
  for _, pattern in ipairs(patterns or {}) do
    if found.route then return end
    local params = match(pattern.segments, segments)
    if params and pattern.rest then params = add_rest(params, pattern, segments) end
    if params then note(found, pattern.route, params, method) end
  end
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
  local found = { allowed = {} }
  for _, route in pairs(methods or {}) do note(found, route, {}, method) end
  local segments = segments_of(path)
  note_patterns(found, self.patterns[#segments], segments, method)
  note_patterns(found, self.rests, segments, method)
  if found.route then return found.route, found.params end
  if found.any then return found.any, found.any_params end
  table.sort(found.allowed)
  return nil, found.allowed
end

return M
