local feeds = require "herald.shadow.feed"
local loop = require "herald.loop"
local payload = require "herald.payload"

local LIVE = { definition = { id = "welcome", channel = "email", surface = "mail" }, version = "v1" }

describe("what a shadow is told", function()
  local told, feed
  before_each(function()
    told = {}
    feed = feeds.new({ shadow = 2, versions = { welcome = "v2" } }, function(text)
      told[#told + 1] = payload.parse(text):value(1)
      return true
    end)
  end)

  local function message(changes)
    local one = { type = "aep", user_id = "jane", namespace = "crm", channel = "email", surface = "mail", state = "held", payload = '{"context":{}}' }
    for name, value in pairs(changes or {}) do one[name] = value end
    return one
  end

  local function note(first, one)
    feed:note(LIVE, 1000, first, { one or message() }, { { record = '{"s":[]}' } })
  end

  it("comes later and together, never within the call", function()
    note(1)
    note(2, message { state = "skipped", reason = "no" })
    assert.same({}, told)
    loop.run_until_idle()
    assert.equal(1, #told)
    assert.same({
      id = "0000000000000002", campaign = "welcome", version = "v1", at = 1000, type = "aep", user_id = "jane", namespace = "crm",
      channel = "email", surface = "mail", state = "skipped", reason = "no", payload = '{"context":{}}', record = '{"s":[]}',
    }, told[1].rows[2])
  end)

  it("is no campaign that is as it was", function()
    feed:note({ definition = { id = "other" } }, 1000, 1, { message() }, { {} })
    loop.run_until_idle()
    assert.same({}, told)
  end)

  it("is bounded; what is beyond is dropped and counted", function()
    for index = 1, 300 do note(index) end
    loop.run_until_idle()
    assert.equal(64, #told[1].rows)
    assert.same({ welcome = 236 }, told[1].dropped)
  end)

  it("has what on_trigger refused, and no outage", function()
    local recipient = { type = "aep", user_id = "jane", namespace = "crm", context = '{"n":1}' }
    feed:note_refused({ live = LIVE, recipient = recipient, code = "rejected-by-campaign", reason = "no", record = "" }, 1000)
    feed:note_refused({ live = LIVE, recipient = recipient, code = "storage-unavailable", reason = "no", record = "" }, 1000)
    loop.run_until_idle()
    assert.equal(1, #told[1].rows)
    local row = told[1].rows[1]
    assert.same({ "rejected", "no", '{"context":{"n":1},"profile":{},"channelData":{}}' }, { row.verdict, row.reason, row.payload })
    assert.is_nil(row.id)
  end)
end)
