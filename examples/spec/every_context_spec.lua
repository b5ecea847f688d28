-- What has to hold whatever a caller sends: each case runs its campaign with a hundred contexts that its declaration allows, among them
-- empty texts, markup, line ends and template braces. When one breaks, the smallest context that does is shown.
local kit = require "herald.testing"

local NOW = "2026-11-23T10:00:00Z"

describe("whatever the context is", function()
  it("a password reset has its link in both parts, and no markup of the caller", function()
    kit.check("password-reset", function(mail, context)
      assert.matches(context.resetUrl, mail.text, 1, true)
      assert.not_matches("<script", mail.html, 1, true)
    end, { now = NOW })
  end)

  it("an email's head is never more than one line", function()
    kit.check("order-shipped", function(message)
      assert.not_matches("[\r\n]", message.subject or message.title:gsub("[\r\n]", ""))
    end, {
      now = NOW,
      recipient = function(number) return { userId = ("run-%d@example.com"):format(number) } end,
    })
  end)

  it("a code is sent as it came", function()
    kit.check("one-time-code", function(text, context)
      assert.equal(context.code, text.text:sub(1, #context.code))
    end, {
      now = NOW, seed = 7,
      context = function(context, random)
        context.code = ("%06d"):format(random:integer(0, 999999))
        return context
      end,
    })
  end)

  it("a review is asked for, or the order is refused", function()
    local engine <close> = kit.engine { now = NOW }
    engine:http("GET", "https://shop.example.com/api/orders/*/review", { status = 404 })
    kit.check("review-request", function(mail, context)
      assert.matches("^[%w-]+$", context.order)
      assert.matches(context.reviewUrl, mail.text, 1, true)
    end, {
      engine = engine,
      context = function(context, random)
        context.order = random:chance(50) and "A-" .. random:integer(1, 99) or context.order
        return context
      end,
    })
  end)
end)
