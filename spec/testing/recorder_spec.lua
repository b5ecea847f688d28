local clock = require "herald.clock"
local recorder = require "herald.testing.recorder"

describe("the recording providers", function()
  local time, records, mail, text

  before_each(function()
    time = clock.manual(1000)
    records = recorder.new(time)
    mail, text = { name = "mail", channel = "email" }, { name = "text", channel = "sms" }
    records:attach { surfaces = { mail = mail, text = text } }
  end)

  local function send(surface, id)
    return surface.send(surface, { id = id or "1", address = "jane@example.com", subject = "Hi" }, {})
  end

  it("keep what they are given", function()
    assert.equal("sent", send(mail).state)
    local kept = records.sent[1]
    assert.same({ "jane@example.com", "Hi", "mail", "email", 1000 }, { kept.to, kept.subject, kept.surface, kept.channel, kept.at })
  end)

  it("fail as told, as often as told", function()
    records:fail_next { times = 2, code = "451", answer = "later", retry_after = "30 seconds" }
    for _ = 1, 2 do assert.same({ state = "retry", code = "451", answer = "later", retry_after_ms = 30000 }, send(mail)) end
    assert.equal("sent", send(mail).state)
    assert.equal(1, #records.sent)
    assert.equal(3, #records.attempted)
    assert.equal("retry", records.attempted[1].outcome.state)
  end)

  it("fail for one surface or channel alone", function()
    records:fail_next { surface = "text" }
    records:fail_next { channel = "email", state = "bounced", reason = "hard" }
    assert.equal("bounced", send(mail).state)
    assert.equal("sent", send(mail).state)
    assert.equal("retry", send(text).state)
  end)

  it("take their time", function()
    records:fail_next { takes = "40 seconds", code = "timeout" }
    send(mail)
    assert.equal(41000, time:now())
  end)

  it("do as a function decides", function()
    records.decide = function(message) return message.id == "2" and { state = "failed", code = "no" } or nil end
    assert.equal("sent", send(mail, "1").state)
    assert.equal("failed", send(mail, "2").state)
  end)

  it("forget", function()
    send(mail)
    records:fail_next()
    records:clear()
    assert.same({}, records.sent)
    assert.equal("sent", send(mail).state)
  end)

  it("refuse what they do not understand", function()
    assert.error_matches(function() records:fail_next { time = 2 } end, "unknown field 'time'")
    assert.error_matches(function() records:fail_next { times = "2" } end, "times: expected a number")
    assert.error_matches(function() records:fail_next { takes = "long" } end, "takes: ")
  end)
end)
