local json = require "herald.json"
local loop = require "herald.loop"
local payload = require "herald.payload"
local runners = require "herald.shadow.runner"
local support = require "spec.support.api"

describe("the candidate of a shadow run", function()
  local api, told, runner
  before_each(function()
    api = support.open()
    told = {}
    runner = runners.new(api.engine, { shadow = 2, versions = {} }, function(text) told[#told + 1] = payload.parse(text):value(1) end)
  end)
  after_each(function() api:close() end)

  local function row(changes)
    local one = {
      id = "0000000000000007", campaign = "welcome", version = api.engine.registry:get("welcome").live.version, at = api.engine.clock:now(),
      type = "external", user_id = "jane@example.com", namespace = "email", channel = "email", surface = "transactional", state = "held",
      payload = '{"context":{"link":"https://example.com/"},"profile":{},"channelData":{}}',
    }
    for name, value in pairs(changes or {}) do one[name] = value end
    return one
  end

  local function take(rows, dropped)
    runner:take(json.encode { rows = json.array(rows), dropped = dropped or {} })
  end

  local function welcome()
    local sum = { compared = 0, differing = 0, dropped = 0, not_comparable = 0 }
    for _, text in ipairs(told) do
      assert.equal(2, text.shadow)
      for name, count in pairs(sum) do sum[name] = count + text.campaigns.welcome[name] end
    end
    return sum
  end

  it("finds no difference where nothing differs, and tells what was dropped before", function()
    take({ row(), row() }, { welcome = 3 })
    loop.run_until_idle()
    assert.same({ compared = 2, differing = 0, dropped = 3, not_comparable = 0 }, welcome())
  end)

  it("compares with what was decided then", function()
    take { row { state = "skipped", reason = "no" }, row { verdict = "rejected", reason = "no" }, row { surface = "other" } }
    loop.run_until_idle()
    assert.same({ compared = 3, differing = 3, dropped = 0, not_comparable = 0 }, welcome())
    assert.same({ decision = 2, surface = 1 }, told[1].campaigns.welcome.fields)
  end)

  it("says why it cannot compare", function()
    take { row { version = "gone" } }
    loop.run_until_idle()
    assert.same({ compared = 1, differing = 0, dropped = 0, not_comparable = 1 }, welcome())
    assert.same({ ["the version that accepted it cannot be loaded"] = 1 }, told[1].campaigns.welcome.reasons)
  end)

  it("holds no more than its bound", function()
    local rows = {}
    for index = 1, 300 do rows[index] = row() end
    take(rows)
    loop.run_until_idle()
    assert.same({ compared = 256, differing = 0, dropped = 44, not_comparable = 0 }, welcome())
  end)

  it("ends at once, and counts what it had no time for", function()
    take { row(), row(), row() }
    runner:retire()
    assert.same({ compared = 1, differing = 0, dropped = 2, not_comparable = 0 }, welcome())
    take { row() }
    loop.run_until_idle()
    assert.same({ compared = 1, differing = 0, dropped = 3, not_comparable = 0 }, welcome())
  end)
end)
