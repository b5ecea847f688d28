local reports = require "herald.shadow.report"
local tallies = require "herald.shadow.tally"

describe("the report of a shadow run", function()
  local report
  before_each(function()
    report = reports.new { number = 2, by = "ops", started_at = 1000, ends_at = 601000, campaigns = { "order", "welcome" } }
  end)

  local function told(id, compared, differing)
    local tally = tallies.new()
    tally.compared, tally.differing = compared, differing
    report:add { campaigns = { [id] = tally } }
  end

  it("has every campaign that is another, also before anything was compared", function()
    assert.equal("0 compared, 0 differing", report:words())
    assert.same({ 0, 0 }, { report:view().campaigns.order.compared, report:view().campaigns.welcome.compared })
  end)

  it("adds up workers and campaigns", function()
    told("order", 10, 2)
    told("order", 5, 1)
    told("welcome", 1, 0)
    assert.equal("16 compared, 3 differing", report:words())
    local view = report:view()
    assert.same({ 2, 16, 3, 0 }, { view.generation, view.compared, view.differing, view.errors })
    assert.same({ 15, 3 }, { view.campaigns.order.compared, view.campaigns.order.differing })
    assert.is_nil(report:summary().campaigns)
  end)
end)
