local kit = require "herald.testing"

local JANE = { userId = "jane@example.com", context = { resetUrl = "https://example.com/r?token=4711&x=1", firstName = "Jane" } }

local function jane(context)
  return { userId = "jane@example.com", context = context }
end

describe("password reset", function()
  local engine

  before_each(function()
    engine = kit.engine { now = "2026-11-23T10:00:00Z" }
  end)

  after_each(function()
    engine:close()
  end)

  it("sends the link", function()
    local answer = engine:trigger("password-reset", JANE)
    assert.equal(202, answer.status)
    local mail = engine:delivered()[1]
    assert.equal("jane@example.com", mail.to)
    assert.equal("Reset your password", mail.subject)
    assert.matches("https://example.com/r?token=4711&x=1", mail.text, 1, true)
    assert.matches('href="https://example.com/r?token', mail.html, 1, true)
    assert.equal("Example Shop <no-reply@example.com>", mail.from)
  end)

  it("is the message that we agreed on", function()
    engine:trigger("password-reset", JANE)
    assert.golden(engine:delivered()[1], "password-reset")
  end)

  it("can be looked at without being sent", function()
    local mail = engine:preview("password-reset", JANE)
    assert.equal("Reset your password", mail.subject)
    assert.same({}, engine:attempts())
  end)

  it("greets by name only where there is one", function()
    engine:trigger("password-reset", JANE)
    engine:trigger("password-reset", jane { resetUrl = "https://example.com/r" })
    assert.matches("Hello Jane,", engine:delivered()[1].text, 1, true)
    assert.matches("Hello,", engine:delivered()[2].text, 1, true)
  end)

  it("shows a name as text, whatever is in it", function()
    engine:trigger("password-reset", jane { resetUrl = "https://example.com/r", firstName = "<script>alert(1)</script>" })
    assert.not_matches("<script>", engine:delivered()[1].html, 1, true)
    assert.matches("&lt;script&gt;", engine:delivered()[1].html, 1, true)
  end)

  it("goes to the address of the call before the userId", function()
    engine:trigger("password-reset", {
      userId = "jane@example.com", context = JANE.context, channelData = { emailAddress = "other@example.com" },
    })
    assert.equal("other@example.com", engine:delivered()[1].to)
  end)

  for name, context in pairs {
    ["without a link"] = {},
    ["with a link that is none"] = { resetUrl = "not a link" },
    ["with a script for a link"] = { resetUrl = "javascript:alert(1)" },
    ["with a name that is a number"] = { resetUrl = "https://example.com/r", firstName = 7 },
  } do
    it("refuses a call " .. name, function()
      local answer = engine:trigger("password-reset", jane(context))
      assert.equal(400, answer.status)
      assert.equal("context-invalid", answer.code)
      assert.same({}, engine:delivered())
    end)
  end

  it("refuses another kind of identity", function()
    local answer = engine:trigger("password-reset", { userId = "+33612345678", namespace = "phone", context = JANE.context })
    assert.equal("namespace-mismatch", answer.code)
  end)

  it("sends once for one requestId", function()
    local first = engine:trigger("password-reset", JANE, { requestId = "r-1" })
    local second = engine:trigger("password-reset", JANE, { requestId = "r-1" })
    assert.equal(202, second.status)
    assert.equal(first.execution_id, second.execution_id)
    assert.equal("true", second.headers["Idempotency-Replay"])
    assert.equal(1, #engine:delivered())
  end)

  it("refuses a requestId that was used for something else", function()
    engine:trigger("password-reset", JANE, { requestId = "r-1" })
    local answer = engine:trigger("password-reset", jane { resetUrl = "https://example.com/other" }, { requestId = "r-1" })
    assert.equal(409, answer.status)
    assert.equal("request-id-reused", answer.code)
  end)

  it("reaches several people in one call, or nobody", function()
    local john = { userId = "john@example.com", context = { resetUrl = "https://example.com/j" } }
    assert.equal(202, engine:trigger("password-reset", { recipients = { JANE, john } }).status)
    assert.equal(2, #engine:delivered())
    engine:clear()
    assert.equal(400, engine:trigger("password-reset", { recipients = { JANE, { userId = "x@example.com", context = {} } } }).status)
    assert.same({}, engine:delivered())
  end)

  describe("at the edges of its window", function()
    it("starts to the millisecond", function()
      engine:travel_to "2025-12-31T23:59:59.999Z"
      assert.equal("campaign-not-started", engine:trigger("password-reset", JANE).code)
      engine:travel_to "2026-01-01T00:00:00Z"
      assert.equal(202, engine:trigger("password-reset", JANE).status)
    end)

    it("ends to the millisecond", function()
      engine:travel_to "2029-12-31T23:59:59.999Z"
      assert.equal(202, engine:trigger("password-reset", JANE).status)
      engine:travel_to "2030-01-01T00:00:00Z"
      assert.equal("campaign-ended", engine:trigger("password-reset", JANE).code)
    end)

    it("still sends what was accepted inside", function()
      engine:travel_to "2029-12-31T23:59:30Z"
      engine:fail_next()
      engine:trigger("password-reset", JANE)
      engine:travel "10 minutes"
      assert.equal(1, #engine:delivered())
    end)
  end)

  describe("when the mail server is away", function()
    it("tries again until it is back", function()
      engine:fail_next { times = 2, code = "4.3.2", answer = "try later" }
      local answer = engine:trigger("password-reset", JANE)
      assert.same({}, engine:delivered())
      assert.equal("waiting", answer.messages[1].state)
      engine:travel "10 minutes"
      assert.equal(1, #engine:delivered())
      local message = engine:message(answer.messages[1].id)
      assert.equal("sent", message.state)
      assert.equal(3, message.attempts)
    end)

    it("is sent when the server is back from an outage", function()
      engine:outage("transactional", { lasts = "10 minutes" })
      engine:trigger("password-reset", JANE)
      engine:travel "29 minutes"
      local attempts = engine:attempts()
      assert.equal("connect", attempts[1].outcome.code)
      assert.equal("sent", attempts[#attempts].outcome.state)
      assert.is_true(attempts[#attempts].at >= attempts[1].at + 10 * 60000)
    end)

    for name, failure in pairs {
      ["has no connections left"] = { smtp = 421 },
      ["is at its greylist"] = { smtp = 450 },
      ["has a certificate that does not hold"] = { fault = "tls" },
      ["does not answer in time"] = { fault = "timeout" },
    } do
      it("tries again when it " .. name, function()
        engine:fail_next(failure)
        local answer = engine:trigger("password-reset", JANE)
        assert.equal("waiting", answer.messages[1].state)
        engine:travel "10 minutes"
        assert.equal("sent", engine:message(answer.messages[1].id).state)
      end)
    end

    it("believes a mailbox that is gone, at whichever attempt", function()
      engine:fail { attempt = 1, smtp = 451 }
      engine:fail { attempt = 2, smtp = 550 }
      local answer = engine:trigger("password-reset", JANE)
      engine:travel "1 day"
      local message = engine:message(answer.messages[1].id)
      assert.same({ "bounced", "hard", 2 }, { message.state, message.reason, message.attempts })
    end)

    it("sends late where the server is slow", function()
      engine:slow { takes = "5 seconds" }
      local before = engine:now()
      engine:trigger("password-reset", JANE)
      assert.equal(before + 5000, engine:now())
      assert.equal(1, #engine:delivered())
    end)

    it("gives a link up that would come too late", function()
      engine:fail_next { times = 100 }
      local answer = engine:trigger("password-reset", JANE)
      engine:travel "1 hour"
      assert.equal("expired", engine:message(answer.messages[1].id).state)
      assert.same({}, engine:delivered())
    end)

    it("waits as long as the server asks", function()
      engine:fail_next { retry_after = "5 minutes" }
      engine:trigger("password-reset", JANE)
      engine:travel "299 seconds"
      assert.same({}, engine:delivered())
      engine:travel "1 second"
      assert.equal(1, #engine:delivered())
    end)
  end)

  it("does not try again after a bounce", function()
    engine:fail_next { state = "bounced", reason = "hard", code = "5.1.1", answer = "no such user" }
    local answer = engine:trigger("password-reset", JANE)
    engine:travel "1 day"
    local message = engine:message(answer.messages[1].id)
    assert.equal("bounced", message.state)
    assert.equal("5.1.1", message.code)
    assert.equal(1, #engine:attempts())
  end)

  it("knows the people it wrote to", function()
    engine:trigger("password-reset", JANE)
    assert.same({}, engine:profile("email", "jane@example.com"))
    engine:trigger("password-reset", { userId = "guest@example.com", type = "external", context = JANE.context })
    assert.is_nil(engine:profile("email", "guest@example.com"))
  end)
end)
