-- The numbers that a monitoring system scrapes, in Prometheus' text format: the outbox, the campaigns,
-- what happened to messages, the time from trigger to sent, and what the host adds about itself.

local M = {}

local HISTORY_MS = 366 * 24 * 60 * 60 * 1000

-- The histogram's buckets in milliseconds, for every campaign. Each is one of the bounds that the store counts by.
local BOUNDS = { 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 30000, 60000, 300000, 1800000, 3600000, 21600000 }

local function escape(value)
  return (tostring(value):gsub("[\\\"\n]", { ["\\"] = "\\\\", ["\""] = "\\\"", ["\n"] = "\\n" }))
end

local function number(value)
  if math.type(value) == "integer" then return tostring(value) end
  return ("%.15g"):format(value)
end

local function sample(name, labels, value)
  local names, parts = {}, {}
  for label in pairs(labels or {}) do names[#names + 1] = label end
  table.sort(names)
  for index, label in ipairs(names) do parts[index] = ('%s="%s"'):format(label, escape(labels[label])) end
  if #parts == 0 then return name .. " " .. number(value) end
  return ("%s{%s} %s"):format(name, table.concat(parts, ","), number(value))
end

---@class herald.MetricFamily
---@field name string
---@field help string
---@field type "counter"|"gauge"|"histogram"
---@field samples { labels: table<string, any>|nil, value: number, suffix: string|nil }[]

---Writes families as text.
---@param families herald.MetricFamily[]
---@return string
function M.format(families)
  local lines = {}
  for _, family in ipairs(families) do
    lines[#lines + 1] = ("# HELP %s %s"):format(family.name, (family.help:gsub("[\\\n]", " ")))
    lines[#lines + 1] = ("# TYPE %s %s"):format(family.name, family.type)
    for _, entry in ipairs(family.samples) do
      lines[#lines + 1] = sample(family.name .. (entry.suffix or ""), entry.labels, entry.value)
    end
  end
  return table.concat(lines, "\n") .. "\n"
end

local function sorted(map)
  local names = {}
  for name in pairs(map) do names[#names + 1] = name end
  table.sort(names)
  return names
end

local function at_or_below(counts, bound)
  local total = 0
  for counted, value in pairs(counts) do
    if counted <= bound then total = total + value end
  end
  return total
end

local function add_histogram(samples, campaign, counts)
  local sum = 0
  for counted, value in pairs(counts) do sum = sum + value * counted / 1000 end
  for _, bound in ipairs(BOUNDS) do
    samples[#samples + 1] = {
      suffix = "_bucket", labels = { campaign = campaign, le = number(bound / 1000) }, value = at_or_below(counts, bound),
    }
  end
  local total = at_or_below(counts, math.huge)
  samples[#samples + 1] = { suffix = "_bucket", labels = { campaign = campaign, le = "+Inf" }, value = total }
  samples[#samples + 1] = { suffix = "_sum", labels = { campaign = campaign }, value = sum }
  samples[#samples + 1] = { suffix = "_count", labels = { campaign = campaign }, value = total }
end

-- What is counted of a campaign's scripts, beside what happens to its messages.
local function take_scripts(sums, id, scripts)
  for metric, value in pairs(sums) do
    local bound = metric:match "^exceeded:(.*)$"
    if bound then scripts.exceeded[#scripts.exceeded + 1] = { labels = { campaign = id, limit = bound }, value = value } end
    if metric == "parked" then scripts.parkings[#scripts.parkings + 1] = { labels = { campaign = id }, value = value } end
    if bound or metric == "parked" then sums[metric] = nil end
  end
end

local function script_families(scripts, parked)
  local now = {}
  for index, row in ipairs(parked or {}) do now[index] = { labels = { campaign = row.campaign, version = row.version }, value = 1 } end
  return {
    { name = "herald_budget_exceeded_total", type = "counter", help = "Runs of on_trigger that exceeded a limit, by campaign and limit.",
      samples = scripts.exceeded },
    { name = "herald_parkings_total", type = "counter", help = "How often a campaign was parked for exceeding its budget.",
      samples = scripts.parkings },
    { name = "herald_campaign_parked", type = "gauge", help = "1 for each campaign that is parked.", samples = now },
  }
end

local function add_campaign(store, id, now, messages, latency, scripts)
  local rows = store:counters { campaign = id, from = 0, to = now + HISTORY_MS, step_ms = now + 2 * HISTORY_MS }
  local sums, buckets = {}, {}
  for _, row in ipairs(rows or {}) do
    local bound = tonumber(row.metric:match("^latency:(.+)$"))
    if bound then
      buckets[bound] = (buckets[bound] or 0) + row.value
    else
      sums[row.metric] = (sums[row.metric] or 0) + row.value
    end
  end
  take_scripts(sums, id, scripts)
  for _, metric in ipairs(sorted(sums)) do
    local name, reason = metric:match("^([^:]+):(.*)$")
    messages[#messages + 1] = { labels = { campaign = id, outcome = name or metric, reason = reason or "" }, value = sums[metric] }
  end
  add_histogram(latency, id, buckets)
end

-- What the daemon tells about itself.
local HOST = {
  { name = "generation", type = "gauge", help = "The generation of scripts that is in force." },
  { name = "reload_failures", type = "counter", help = "Reloads that were refused since the start." },
  { name = "started_at", type = "gauge", help = "When the daemon started, in milliseconds since 1970." },
  { name = "workers", type = "gauge", help = "Worker threads." },
}

local function host_families(host)
  local families = {}
  for _, known in ipairs(HOST) do
    local value = host and host[known.name]
    if value then
      families[#families + 1] = { name = "herald_" .. known.name, type = known.type, help = known.help, samples = { { value = value } } }
    end
  end
  return families
end

---Everything that is known of an engine.
---@param options { store: herald.Store, now: integer, parked: herald.Parked[]|nil, version: string|nil, host: table<string, number>|nil }
---@return herald.MetricFamily[]|nil
---@return string|nil message
---@return string|nil code
function M.collect(options)
  local store = options.store
  local stats, message, code = store:stats()
  if not stats then return nil, message, code end
  local campaigns, failure, failure_code = store:campaigns {}
  if not campaigns then return nil, failure, failure_code end
  local outbox, statuses, messages, latency, scripts = {}, {}, {}, {}, { exceeded = {}, parkings = {} }
  for _, name in ipairs(sorted(stats)) do
    if type(stats[name]) == "number" then outbox[#outbox + 1] = { labels = { state = name }, value = stats[name] } end
  end
  for _, record in ipairs(campaigns) do
    statuses[record.status] = (statuses[record.status] or 0) + 1
    add_campaign(store, record.id, options.now, messages, latency, scripts)
  end
  local by_status = {}
  for _, status in ipairs(sorted(statuses)) do
    by_status[#by_status + 1] = { labels = { status = status }, value = statuses[status] }
  end
  local families = {
    { name = "herald_build_info", type = "gauge", help = "Always 1; the version is a label.",
      samples = { { labels = { version = options.version or "unknown" }, value = 1 } } },
    { name = "herald_outbox_messages", type = "gauge", help = "Messages that the store holds, by state.", samples = outbox },
    { name = "herald_campaigns", type = "gauge", help = "Campaigns, by stored status.", samples = by_status },
    { name = "herald_messages_total", type = "counter",
      help = "What happened to messages, by campaign, outcome and reason.", samples = messages },
    { name = "herald_trigger_to_sent_seconds", type = "histogram",
      help = "Time from the trigger to the provider's acceptance; the sum takes each bucket's bound.", samples = latency },
  }
  for _, family in ipairs(script_families(scripts, options.parked)) do families[#families + 1] = family end
  for _, family in ipairs(host_families(options.host)) do families[#families + 1] = family end
  return families
end

return M
