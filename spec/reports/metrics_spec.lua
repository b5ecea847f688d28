local metrics = require "herald.metrics"

describe("metrics", function()
  it("writes Prometheus text, with labels escaped and in order", function()
    assert.equal(table.concat({
      "# HELP herald_x Some help.",
      "# TYPE herald_x counter",
      'herald_x{a="1",b="say \\"hi\\"\\n\\\\"} 3',
      "herald_x 0.5",
      "",
    }, "\n"), metrics.format {
      { name = "herald_x", type = "counter", help = "Some help.", samples = {
        { labels = { b = 'say "hi"\n\\', a = 1 }, value = 3 }, { value = 0.5 },
      } },
    })
  end)

  local function store_of(rows)
    return {
      stats = function() return { waiting = 2, held = 1 } end,
      campaigns = function() return { { id = "reset", status = "live" } } end,
      counters = function() return rows end,
    }
  end

  it("shows the outbox, the campaigns, the outcomes and the latency", function()
    local text = metrics.format(assert(metrics.collect {
      now = 1000, version = "1.2.3", host = { reload_failures = 7, workers = 2 },
      store = store_of {
        { at = 0, metric = "sent", value = 4 }, { at = 0, metric = "excluded:no-address", value = 1 },
        { at = 0, metric = "latency:50", value = 3 }, { at = 0, metric = "latency:300", value = 1 },
      },
    }))
    for _, line in ipairs {
      'herald_build_info{version="1.2.3"} 1',
      'herald_outbox_messages{state="held"} 1', 'herald_outbox_messages{state="waiting"} 2',
      'herald_campaigns{status="live"} 1',
      'herald_messages_total{campaign="reset",outcome="sent",reason=""} 4',
      'herald_messages_total{campaign="reset",outcome="excluded",reason="no-address"} 1',
      'herald_trigger_to_sent_seconds_bucket{campaign="reset",le="0.05"} 3',
      'herald_trigger_to_sent_seconds_bucket{campaign="reset",le="+Inf"} 4',
      'herald_trigger_to_sent_seconds_count{campaign="reset"} 4',
      "# HELP herald_reload_failures Reloads that were refused since the start.",
      "# TYPE herald_reload_failures counter", "herald_reload_failures 7", "# TYPE herald_workers gauge", "herald_workers 2",
    } do
      assert.is_truthy(text:find(line .. "\n", 1, true), line)
    end
  end)

  it("has the same cumulative buckets for every campaign, those that nothing fell into too", function()
    local function bounds_and_counts(rows)
      local bounds, counts = {}, {}
      for bound, count in metrics.format(assert(metrics.collect { now = 0, store = store_of(rows) })):gmatch '_bucket{campaign="reset",le="([^"]+)"} (%d+)' do
        bounds[#bounds + 1], counts[bound] = bound, tonumber(count)
      end
      return bounds, counts
    end
    local bounds, none = bounds_and_counts {}
    local others, counts = bounds_and_counts { { at = 0, metric = "latency:30", value = 2 }, { at = 0, metric = "latency:86400000", value = 1 } }
    assert.same(bounds, others)
    assert.equal("0.005", bounds[1])
    assert.equal("+Inf", bounds[#bounds])
    assert.equal(0, none["+Inf"])
    assert.same({ 0, 2, 2, 3 }, { counts["0.02"], counts["0.05"], counts["21600"], counts["+Inf"] })
  end)

  it("hands the store's failure on", function()
    local store = { stats = function() return nil, "gone", "storage-unavailable" end }
    assert.equal("storage-unavailable", select(3, metrics.collect { store = store, now = 0 }))
  end)
end)
