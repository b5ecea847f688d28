local problem = require "herald.problem"
local support = require "spec.support.api"

describe("the endpoints of reports", function()
  local api
  before_each(function() api = support.open() end)
  after_each(function() api:close() end)

  local function send(count)
    for index = 1, count do assert.equal(202, (api:trigger(("%d@example.com"):format(index)))) end
    api.engine:deliver_due()
  end

  it("count what was targeted and sent in the last 24 hours, by minute", function()
    send(3)
    local status, body = api:call("GET", "/campaigns/welcome/reports/live")
    assert.equal(200, status)
    assert.equal(3, body.totals.targeted)
    assert.equal(3, body.totals.sent)
    assert.equal(3, body.totals.latencyMs.count)
    assert.equal("2026-11-23T10:00:00.000Z", body.series[1].at)
    api.clock:advance(25 * 60 * 60 * 1000)
    local _, later = api:call("GET", "/campaigns/welcome/reports/live")
    assert.equal(0, later.totals.sent)
  end)

  it("count all time and periods", function()
    send(2)
    api.clock:advance(25 * 60 * 60 * 1000)
    local _, all = api:call("GET", "/campaigns/welcome/reports/global")
    assert.equal(2, all.totals.sent)
    assert.equal("2026-11-23T00:00:00.000Z", all.series[1].at)
    local _, day = api:call("GET", "/campaigns/welcome/reports/global?from=2026-11-23&to=2026-11-24&by=hour")
    assert.equal(2, day.totals.sent)
    assert.equal("2026-11-23T10:00:00.000Z", day.series[1].at)
    local _, before = api:call("GET", "/campaigns/welcome/reports/global?to=2026-11-23")
    assert.equal(0, before.totals.sent)
  end)

  it("refuse periods that are none", function()
    for _, query in ipairs { "from=yesterday", "by=week", "from=2026-11-24&to=2026-11-23" } do
      local status, body = api:call("GET", "/campaigns/welcome/reports/global?" .. query)
      assert.equal(400, status, query)
      assert.equal("invalid-request", problem.code(body))
    end
  end)
end)
