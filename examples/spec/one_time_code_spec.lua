local kit = require "herald.testing"

local PHONE = "+33612345678"

describe("one-time code", function()
  local engine

  before_each(function()
    engine = kit.engine { now = "2026-11-23T10:00:00Z" }
  end)

  after_each(function()
    engine:close()
  end)

  local function ask(code, user)
    return engine:trigger("one-time-code", { userId = user or PHONE, context = { code = code } })
  end

  it("texts the code", function()
    assert.equal(202, ask("123456").status)
    local text = engine:delivered()[1]
    assert.equal("sms", text.channel)
    assert.equal(PHONE, text.to)
    assert.equal("123456 is your Example code. It is good for 5 minutes. Never share it.", text.text)
  end)

  it("is the text that we agreed on", function()
    ask "123456"
    assert.golden(engine:delivered()[1], "one-time-code")
  end)

  it("keeps leading zeros", function()
    ask "000042"
    assert.matches("^000042 ", engine:delivered()[1].text)
  end)

  it("refuses a code that is a number, which would lose them", function()
    assert.equal("context-invalid", ask(42).code)
  end)

  it("sends one of two codes that are asked for at once", function()
    ask "111111"
    local second = ask "222222"
    assert.equal(202, second.status)
    assert.equal("skipped", second.messages[1].state)
    assert.equal("asked-again-too-soon", second.messages[1].reason)
    assert.equal(1, #engine:delivered())
  end)

  it("sends another one after half a minute", function()
    ask "111111"
    engine:travel "29999 ms"
    ask "222222"
    assert.equal(1, #engine:delivered())
    engine:travel "1 ms"
    ask "333333"
    assert.equal(2, #engine:delivered())
    assert.matches("333333", engine:delivered()[2].text, 1, true)
  end)

  it("counts each number for itself", function()
    ask "111111"
    ask("222222", "+33687654321")
    assert.equal(2, #engine:delivered())
  end)

  it("sends nothing to somebody who is blocked", function()
    engine:save_profile("phone", PHONE, { blocked = true })
    assert.equal("blocked", ask("123456").messages[1].reason)
    assert.same({}, engine:delivered())
  end)

  it("gives up after five minutes", function()
    engine:fail_next { times = 100, code = "20429" }
    local answer = ask "123456"
    engine:travel "5 minutes"
    local message = engine:message(answer.messages[1].id)
    assert.equal("expired", message.state)
    assert.same({}, engine:delivered())
  end)

  it("comes again as soon as the provider allows it", function()
    engine:fail_next { http = 429, retry_after = "20 seconds" }
    ask "123456"
    engine:travel "19 seconds"
    assert.same({}, engine:delivered())
    engine:travel "1 second"
    assert.equal(1, #engine:delivered())
  end)

  it("leaves a number alone that is none", function()
    local answer = ask("123456", "0612345678")
    assert.equal("excluded", answer.messages[1].state)
    assert.equal("invalid-address", answer.messages[1].reason)
  end)

  it("remembers that the owner said STOP", function()
    engine:fail_next { state = "bounced", reason = "hard", code = "21610" }
    local answer = ask "123456"
    assert.equal("bounced", answer.messages[1].state)
    assert.equal("21610", answer.messages[1].code)
  end)
end)
