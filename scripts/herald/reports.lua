-- Reports of a campaign, from the store's counters: the last 24 hours by minute (live), and all time or
-- a period by hour or day (global). Steps in which nothing happened are left out of a series.

local M = {}

local MINUTE, HOUR, DAY = 60 * 1000, 60 * 60 * 1000, 24 * 60 * 60 * 1000

-- What the store counts by one name each.
local PLAIN = { "targeted", "queued", "sent", "delivered", "retries", "failed", "expired", "cancelled", "opens", "clicks", "unsubscribes", "complaints" }
-- What it counts with a part behind a colon, and the name under which the parts are shown.
local SPLIT = { excluded = "byReason", errors = "byCode" }

M.STEPS = { minute = MINUTE, hour = HOUR, day = DAY }

local function new_sums()
  local sums = { bounced = { hard = 0, soft = 0, total = 0 }, buckets = {} }
  for _, name in ipairs(PLAIN) do sums[name] = 0 end
  for name, parts in pairs(SPLIT) do sums[name] = { total = 0, [parts] = {} } end
  return sums
end

local function add(sums, metric, value)
  local name, part = metric:match("^([^:]+):(.*)$")
  if not name then
    if sums[metric] and type(sums[metric]) == "number" then sums[metric] = sums[metric] + value end
  elseif name == "latency" then
    local bucket = tonumber(part)
    if bucket then sums.buckets[bucket] = (sums.buckets[bucket] or 0) + value end
  elseif name == "bounced" then
    sums.bounced[part] = (sums.bounced[part] or 0) + value
    sums.bounced.total = sums.bounced.total + value
  elseif SPLIT[name] then
    local parts = sums[name][SPLIT[name]]
    parts[part] = (parts[part] or 0) + value
    sums[name].total = sums[name].total + value
  end
end

---The smallest bucket bound that at least `share` of the counted values are within.
---@param buckets table<number, integer> upper bound in milliseconds -> count
---@param share number 0 to 1
---@return number|nil milliseconds, nil when nothing was counted
function M.percentile(buckets, share)
  local bounds, total = {}, 0
  for bound, count in pairs(buckets) do
    bounds[#bounds + 1] = bound
    total = total + count
  end
  if total == 0 then return nil end
  table.sort(bounds)
  local rank, seen = math.ceil(total * share), 0
  for _, bound in ipairs(bounds) do
    seen = seen + buckets[bound]
    if seen >= rank then return bound end
  end
  return bounds[#bounds]
end

local function finish(sums)
  local buckets, count = sums.buckets, 0
  for _, value in pairs(buckets) do count = count + value end
  sums.buckets = nil
  sums.latencyMs = {
    count = count,
    p50 = M.percentile(buckets, 0.50), p95 = M.percentile(buckets, 0.95), p99 = M.percentile(buckets, 0.99),
  }
  return sums
end

---Adds up counter rows: in total, and by the row's time.
---@param rows { at: integer, metric: string, value: integer }[]
---@return table totals
---@return table[] series in order of time, each with `at` in milliseconds
function M.sum(rows)
  local totals, steps, order = new_sums(), {}, {}
  for _, row in ipairs(rows) do
    add(totals, row.metric, row.value)
    local step = steps[row.at]
    if not step then
      step = new_sums()
      step.at = row.at
      steps[row.at] = step
      order[#order + 1] = step
    end
    add(step, row.metric, row.value)
  end
  table.sort(order, function(a, b) return a.at < b.at end)
  for _, step in ipairs(order) do finish(step) end
  return finish(totals), order
end

local function report(store, campaign, period)
  local rows, message, code = store:counters {
    campaign = campaign, from = period.from, to = period.to, step_ms = M.STEPS[period.by],
  }
  if not rows then return nil, message, code end
  local totals, series = M.sum(rows)
  return { campaignId = campaign, from = period.from, to = period.to, by = period.by, totals = totals, series = series }
end

---The last 24 hours by minute, the present minute included.
---@param store herald.Store
---@param campaign string
---@param now integer
---@return table|nil report times in milliseconds
---@return string|nil message
---@return string|nil code
function M.live(store, campaign, now)
  local to = now - now % MINUTE + MINUTE
  return report(store, campaign, { from = to - DAY, to = to, by = "minute" })
end

---All time, or from <= time < to, by "hour" or "day" (UTC).
---@param store herald.Store
---@param campaign string
---@param period { from: integer|nil, to: integer|nil, by: "hour"|"day"|nil }
---@param now integer
---@return table|nil report times in milliseconds
---@return string|nil message
---@return string|nil code
function M.global(store, campaign, period, now)
  return report(store, campaign, {
    from = period.from or 0,
    to = period.to or now - now % MINUTE + MINUTE,
    by = period.by or "day",
  })
end

return M
