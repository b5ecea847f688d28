local reports = require "herald.reports"

local MINUTE, DAY = 60000, 86400000
local NOW = 1795514400000 + 30500 -- 2026-11-24T10:00:30.500Z

local function store_of(rows)
  local store = {}
  function store:counters(options)
    self.asked = options
    return rows
  end
  return store
end

describe("reports", function()
  it("sums every metric, with its parts", function()
    local totals, series = reports.sum {
      { at = 0, metric = "targeted", value = 3 }, { at = 0, metric = "excluded:no-address", value = 1 },
      { at = MINUTE, metric = "targeted", value = 2 }, { at = MINUTE, metric = "excluded:blocked", value = 1 },
      { at = MINUTE, metric = "bounced:hard", value = 1 }, { at = MINUTE, metric = "bounced:soft", value = 2 },
      { at = MINUTE, metric = "errors:timeout", value = 4 }, { at = MINUTE, metric = "retries", value = 5 },
      { at = MINUTE, metric = "unknown-one", value = 9 },
    }
    assert.equal(5, totals.targeted)
    assert.same({ total = 2, byReason = { ["no-address"] = 1, blocked = 1 } }, totals.excluded)
    assert.same({ total = 3, hard = 1, soft = 2 }, totals.bounced)
    assert.same({ total = 4, byCode = { timeout = 4 } }, totals.errors)
    assert.equal(5, totals.retries)
    for _, name in ipairs { "queued", "sent", "delivered", "failed", "expired", "cancelled", "opens", "clicks", "unsubscribes", "complaints" } do
      assert.equal(0, totals[name], name)
    end
    assert.equal(2, #series)
    assert.equal(0, series[1].at)
    assert.equal(3, series[1].targeted)
    assert.equal(2, series[2].targeted)
  end)

  it("gives the latency's percentiles as bounds of the buckets", function()
    local totals = reports.sum {
      { at = 0, metric = "latency:10", value = 50 }, { at = 0, metric = "latency:100", value = 45 },
      { at = 0, metric = "latency:1000", value = 4 }, { at = 0, metric = "latency:5000", value = 1 },
    }
    assert.same({ count = 100, p50 = 10, p95 = 100, p99 = 1000 }, totals.latencyMs)
  end)

  it("has no percentile of nothing", function()
    assert.same({ count = 0 }, (reports.sum {}).latencyMs)
    assert.is_nil(reports.percentile({}, 0.5))
  end)

  it("takes the last 24 hours by minute, the present one included", function()
    local store = store_of {}
    local report = assert(reports.live(store, "c", NOW))
    assert.equal(MINUTE, store.asked.step_ms)
    assert.equal(DAY, store.asked.to - store.asked.from)
    assert.is_true(store.asked.to > NOW and store.asked.to - NOW <= MINUTE)
    assert.equal("minute", report.by)
  end)

  it("takes all time by day unless told, or a period by hour", function()
    local store = store_of {}
    reports.global(store, "c", {}, NOW)
    assert.equal(0, store.asked.from)
    assert.equal(DAY, store.asked.step_ms)
    reports.global(store, "c", { from = 5, to = 10, by = "hour" }, NOW)
    assert.same({ campaign = "c", from = 5, to = 10, step_ms = 3600000 }, store.asked)
  end)

  it("hands the store's failure on", function()
    local store = { counters = function() return nil, "gone", "storage-unavailable" end }
    local report, message, code = reports.live(store, "c", NOW)
    assert.is_nil(report)
    assert.equal("gone", message)
    assert.equal("storage-unavailable", code)
  end)
end)
