-- Where an issuer publishes its keys: fetched when they are first needed and again from time to time, kept while the issuer
-- is away. One for each address and Lua state.

local jwk_set = require "herald.authentication.jwk_set"

local M = {}
local Source = {}
Source.__index = Source

local REFRESH_MS = 10 * 60 * 1000
local UNKNOWN_MS = 60 * 1000 -- between two looks for a key that is not there
local COLD_MS = 5 * 1000     -- between two tries while there are no keys at all
local TIMEOUT_MS = 5000
local POLL_MS = 20
local MOST_BYTES = 256 * 1024

---@param engine herald.Engine
---@param url string
---@return herald.JwkSource
function M.of(engine, url)
  engine.jwk_sources = engine.jwk_sources or {}
  local source = engine.jwk_sources[url]
  if not source then
    source = setmetatable({ engine = engine, url = url, is_fetching = false }, Source)
    engine.jwk_sources[url] = source
  end
  return source
end

local function ask(self)
  local answer, message = self.engine.outside.http {
    url = self.url, method = "GET", headers = { Accept = "application/json" }, timeout_ms = TIMEOUT_MS, response_most = MOST_BYTES,
  }
  if not answer then return nil, message end
  if answer.status ~= 200 then return nil, ("the answer has the status %d"):format(answer.status) end
  return jwk_set.parse(answer.body or "")
end

local function fetch(self)
  self.is_fetching, self.tried_at = true, self.engine.clock:now()
  local ok, set, message = pcall(ask, self)
  self.is_fetching = false
  if ok and set then
    self.set = set
    return
  end
  self.engine.notices:warn("the keys of a token's issuer cannot be fetched", self.url, {
    url = self.url, error = ok and message or tostring(set), kept = self.set ~= nil,
  })
end

-- Waits for the fetch that another request began; without keys there is nothing else to do.
local function wait(self)
  local left_ms = TIMEOUT_MS
  while self.is_fetching and left_ms > 0 do
    self.engine.outside.sleep(POLL_MS)
    left_ms = left_ms - POLL_MS
  end
end

local function is_due(self, kid)
  if not self.tried_at then return true end
  local passed = self.engine.clock:now() - self.tried_at
  if passed < 0 then return true end
  if not self.set then return passed >= COLD_MS end
  return passed >= REFRESH_MS or passed >= UNKNOWN_MS and not self.set:has(kid)
end

---The keys as far as they are known, looked for again where a key of this id is not among them.
---@param kid string|nil
---@return herald.JwkSet|nil
function Source:keys(kid)
  if self.is_fetching then
    if not self.set then wait(self) end
  elseif is_due(self, kid) then
    fetch(self)
  end
  return self.set
end

return M
