local kit = require "herald.testing"

local CONTEXT = { order = "A-7", trackingUrl = "https://example.com/t/7", firstName = "Jane" }
local DEVICE = { appID = "shop", platform = "android", token = "t1:abc" }

describe("order shipped", function()
  local engine

  before_each(function()
    engine = kit.engine { now = "2026-11-23T10:00:00Z" }
  end)

  after_each(function()
    engine:close()
  end)

  local function ship(more)
    local recipient = { userId = "jane@example.com", context = CONTEXT }
    for name, value in pairs(more or {}) do recipient[name] = value end
    return engine:trigger("order-shipped", recipient)
  end

  it("is a push message where there is a device", function()
    ship { channelData = { pushInfo = DEVICE } }
    local push = engine:delivered()[1]
    assert.equal("push", push.channel)
    assert.equal("t1:abc", push.to)
    assert.equal("Your parcel is on its way", push.title)
    assert.equal("Order A-7 has left our warehouse.", push.body)
    assert.equal("https://example.com/t/7", push.link)
    assert.same({ order = "A-7" }, push.data)
    assert.equal("order-A-7", push.collapse_key)
  end)

  it("is the push message and the email that we agreed on", function()
    ship { channelData = { pushInfo = DEVICE } }
    ship()
    assert.golden(engine:delivered()[1], "order-shipped.push")
    assert.golden(engine:delivered()[2], "order-shipped.email")
  end)

  it("finds the device in the profile", function()
    engine:save_profile("email", "jane@example.com", { pushInfo = DEVICE })
    ship()
    assert.equal("push", engine:delivered()[1].channel)
  end)

  it("is an email where there is no device", function()
    ship()
    local mail = engine:delivered()[1]
    assert.equal("email", mail.channel)
    assert.equal("transactional", mail.surface)
    assert.equal("jane@example.com", mail.to)
    assert.equal("Order A-7 is on its way", mail.subject)
    assert.matches("https://example.com/t/7", mail.text, 1, true)
    assert.matches("Hello Jane,", mail.html, 1, true)
  end)

  it("chooses for each recipient", function()
    engine:trigger("order-shipped", { recipients = {
      { userId = "a@example.com", context = CONTEXT, channelData = { pushInfo = DEVICE } },
      { userId = "b@example.com", context = CONTEXT },
    } })
    local channels = {}
    for _, message in ipairs(engine:delivered()) do channels[message.channel] = message.to end
    assert.same({ push = "t1:abc", email = "b@example.com" }, channels)
  end)

  it("gives a device up that is gone, and goes on with the others", function()
    engine:answer_with(function(message)
      if message.to == "t1:gone" then return { state = "bounced", reason = "hard", code = "UNREGISTERED" } end
    end)
    local gone = ship { channelData = { pushInfo = { appID = "shop", platform = "ios", token = "t1:gone" } } }
    local there = ship { channelData = { pushInfo = DEVICE } }
    assert.same({ "bounced", "sent" }, { gone.messages[1].state, there.messages[1].state })
  end)

  it("refuses a call without the order", function()
    assert.equal("context-invalid", ship({ context = { trackingUrl = "https://example.com" } }).code)
  end)
end)
