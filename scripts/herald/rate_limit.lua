-- Bounds how often each key may trigger: a bucket of tokens for each, filled as time goes by. Each worker
-- has its own buckets with its share of the rate.

local M = {}
local Limit = {}
Limit.__index = Limit

---@param options { per_second: number, workers: integer|nil }
---@return herald.RateLimit
function M.new(options)
  local per_second = options.per_second / (options.workers or 1)
  -- What may come at once: a second's share, one call at least.
  return setmetatable({ per_second = per_second, most = math.max(1, per_second), buckets = {} }, Limit)
end

---Takes a token of this key.
---@param name string
---@param now integer
---@return boolean
---@return integer|nil seconds until there is one, when there is none
function Limit:take(name, now)
  local bucket = self.buckets[name]
  if not bucket then
    bucket = { tokens = self.most, at = now }
    self.buckets[name] = bucket
  end
  local passed = math.max(0, now - bucket.at) / 1000
  bucket.tokens, bucket.at = math.min(self.most, bucket.tokens + passed * self.per_second), now
  if bucket.tokens < 1 then return false, math.ceil((1 - bucket.tokens) / self.per_second) end
  bucket.tokens = bucket.tokens - 1
  return true
end

return M
