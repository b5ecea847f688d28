-- Bounds how often each caller may come: a bucket of tokens for each, filled as time goes by. Each worker has its own
-- buckets with its share of the rate.

local M = {}

local MOST_BUCKETS = 10000

local Limit = {}
Limit.__index = Limit

---@param options { per_second: number, workers: integer|nil }
---@return herald.RateLimit
function M.new(options)
  local per_second = options.per_second / (options.workers or 1)
  -- What may come at once: a second's share, one call at least.
  return setmetatable({ per_second = per_second, most = math.max(1, per_second), buckets = {}, count = 0 }, Limit)
end

-- A bucket that is full again says no more than none. Where all are in use, they are forgotten together.
local function make_room(self, now)
  local kept, count = {}, 0
  for name, bucket in pairs(self.buckets) do
    if bucket.tokens + (now - bucket.at) / 1000 * self.per_second < self.most then
      kept[name], count = bucket, count + 1
    end
  end
  if count >= MOST_BUCKETS then kept, count = {}, 0 end
  self.buckets, self.count = kept, count
end

---Takes a token of this caller.
---@param name string
---@param now integer
---@return boolean
---@return integer|nil seconds until there is one, when there is none
function Limit:take(name, now)
  local bucket = self.buckets[name]
  if not bucket then
    if self.count >= MOST_BUCKETS then make_room(self, now) end
    bucket = { tokens = self.most, at = now }
    self.buckets[name], self.count = bucket, self.count + 1
  end
  local passed = math.max(0, now - bucket.at) / 1000
  bucket.tokens, bucket.at = math.min(self.most, bucket.tokens + passed * self.per_second), now
  if bucket.tokens < 1 then return false, math.ceil((1 - bucket.tokens) / self.per_second) end
  bucket.tokens = bucket.tokens - 1
  return true
end

return M
