-- How to test a campaign that waits, asks another system, and hears what became of its messages.
local kit = require "herald.testing"

local REVIEW = "https://shop.example.com/api/orders/A-7/review"
local UNREACHABLE = "https://shop.example.com/api/unreachable"

describe("review request", function()
  local engine

  before_each(function()
    engine = kit.engine { now = "2026-11-23T10:00:00Z" }
  end)

  after_each(function()
    engine:close()
  end)

  local function ask(context)
    local all = { order = "A-7", reviewUrl = "https://example.com/r/7", firstName = "Jane" }
    for name, value in pairs(context or {}) do all[name] = value end
    return engine:trigger("review-request", { userId = "jane@example.com", context = all })
  end

  describe("with an order that has no review", function()
    before_each(function()
      engine:http("GET", REVIEW, { status = 404 })
    end)

    it("comes after three days", function()
      ask()
      engine:travel "2 days 23 hours 59 minutes 59 seconds"
      assert.same({}, engine:delivered())
      engine:travel "1 second"
      assert.equal(1, #engine:delivered())
      engine:assert_stubs_used()
    end)

    it("is the message that we agreed on", function()
      ask()
      engine:travel "3 days"
      assert.golden(engine:delivered()[1], "review-request")
    end)

    it("greets nobody by a name that we do not know", function()
      ask { firstName = "" }
      engine:travel "3 days"
      assert.matches("^Hello,\n", engine:delivered()[1].text)
    end)

    it("comes in the order in which it was planned", function()
      engine:http("GET", "https://shop.example.com/api/orders/*/review", { status = 404 })
      ask { order = "A-7" }
      engine:travel "1 hour"
      ask { order = "B-8" }
      engine:travel "52 weeks"
      local orders = {}
      for index, mail in ipairs(engine:delivered()) do orders[index] = mail.subject:match "order (%S+)%?" end
      assert.same({ "A-7", "B-8" }, orders)
    end)

    it("tells the shop which address bounced", function()
      engine:http("POST", UNREACHABLE, { status = 204 })
      engine:fail { to = "jane@example.com", smtp = 550 }
      ask()
      engine:travel "3 days"
      local call = engine:http_calls()[2]
      assert.same({ user = "jane@example.com", order = "A-7", code = "550" }, call.json)
    end)

    it("tells the shop of a bounce that comes days later, too", function()
      engine:http("POST", UNREACHABLE, { status = 204 })
      local answer = ask()
      engine:travel "5 days"
      engine:event(answer.messages[1], "bounced", { code = "5.1.1" })
      assert.equal("5.1.1", engine:http_calls()[2].json.code)
    end)

    it("does not bother the shop with what went well", function()
      ask()
      engine:travel "3 days"
      engine:event(engine:delivered()[1], "delivered")
      engine:event(engine:delivered()[1], "opened")
      assert.equal(1, #engine:http_calls())
    end)
  end)

  it("does not ask for a review that is there", function()
    engine:http("GET", REVIEW, { json = { stars = 5 } })
    assert.equal("reviewed-already", ask().messages[1].reason)
    engine:travel "52 weeks"
    assert.same({}, engine:delivered())
  end)

  for name, answer in pairs {
    ["answers with an error"] = { status = 503 },
    ["is away"] = { fault = "connect" },
    ["shows a certificate that does not hold"] = { fault = "tls" },
    ["takes longer than we wait"] = { takes = "10 seconds" },
  } do
    it("comes all the same when the shop " .. name, function()
      engine:http("GET", REVIEW, answer)
      assert.equal(202, ask().status)
      engine:travel "3 days 1 minute"
      assert.equal(1, #engine:delivered())
    end)
  end

  it("waits two seconds for the shop, and no more", function()
    engine:http("GET", REVIEW, { takes = "10 seconds" })
    local before = engine:now()
    ask()
    assert.equal(before + 2000, engine:now())
    assert.equal("timeout", engine:http_calls()[1].fault)
  end)

  for _, order in ipairs { "../users", "A 7", "A/7?x=", "" } do
    it(("refuses %q for an order's number"):format(order), function()
      local answer = ask { order = order }
      assert.equal("rejected-by-campaign", answer.code)
      assert.matches("letters, digits and dashes", answer.text, 1, true)
      assert.same({}, engine:http_calls())
    end)
  end
end)
