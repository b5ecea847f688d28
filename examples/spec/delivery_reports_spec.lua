local kit = require "herald.testing"

describe("the provider's reports", function()
  local engine

  before_each(function()
    engine = kit.engine { now = "2026-11-23T10:00:00Z", secrets = { SHOP_SECRET = "shared" } }
  end)

  after_each(function()
    engine:close()
  end)

  local function report(id, body, time)
    time = time or tostring(engine:now() // 1000)
    return engine:request { path = "/hooks/mail/" .. id, body = body, anonymous = true,
      headers = { ["X-Timestamp"] = time, ["X-Signature"] = kit.sign("shared", time .. "." .. body) } }
  end

  local function sent()
    return engine:trigger("password-reset", { userId = "jane@example.com", context = { resetUrl = "https://example.com/r" } }).messages[1].id
  end

  it("are in the message's history, each once", function()
    local id = sent()
    assert.same({ recorded = true }, report(id, '{"type": "open", "event": "e-1"}').body)
    assert.same({ recorded = false }, report(id, '{"type": "open", "event": "e-1" }').body)
    assert.equal(401, report(id, '{"type": "open", "event": "e-1"}').status)
    local events = engine:message(id).events
    assert.equal("opened", events[#events].kind)
  end)

  it("of a bounce give the message that state", function()
    local id = sent()
    assert.equal(200, report(id, '{"type": "bounce", "event": "e-2", "bounce": "soft"}').status)
    assert.equal("bounced", engine:message(id).state)
    assert.equal("soft", engine:message(id).reason)
  end)

  it("of other kinds are left alone", function()
    assert.same({ ignored = "snooze" }, report(sent(), '{"type": "snooze"}').body)
  end)

  it("are not taken late", function()
    assert.equal(401, report(sent(), '{"type": "open"}', tostring(engine:now() // 1000 - 301)).status)
  end)
end)
