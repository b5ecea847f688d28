-- How often an endpoint of the project may be called: by all its callers together, and by each of them. Each worker has
-- its share.

local problem = require "herald.problem"
local rate_limit = require "herald.rate_limit"

local M = {}
local Rates = {}
Rates.__index = Rates

---@param endpoint herald.Endpoint
---@return herald.EndpointRate
function M.new(endpoint)
  return setmetatable({ rules = endpoint.rate or {}, path = endpoint.path }, Rates)
end

-- Made at the first call, which knows how many workers there are.
local function limit(self, engine, which)
  local per_second = self.rules[which .. "_per_second"]
  if per_second and not self[which] then self[which] = rate_limit.new { per_second = per_second, workers = engine.workers } end
  return self[which]
end

-- Who is bounded: a caller who is known, or else the address.
local function name_of(request)
  return request.caller.name or (request.remote:gsub(":%d+$", ""))
end

local function refuse(self, which, seconds)
  local whose = which == "all" and "all callers together" or "each caller"
  local status, body = problem.new("rate-limited", {
    detail = ("%s takes %s from %s; try again later"):format(self.path, self.rules[which], whose),
  })
  return status, body, { ["Retry-After"] = tostring(seconds) }
end

---Takes one call of the caller's, and one of all.
---@param engine herald.Engine
---@param request table
---@return integer|nil status where there is none left
---@return table|nil body
---@return table|nil headers
function Rates:check(engine, request)
  local now = engine.clock:now()
  local own, all = limit(self, engine, "caller"), limit(self, engine, "all")
  if own then
    local taken, seconds = own:take(name_of(request), now)
    if not taken then return refuse(self, "caller", seconds) end
  end
  if all then
    local taken, seconds = all:take("", now)
    if not taken then return refuse(self, "all", seconds) end
  end
end

return M
