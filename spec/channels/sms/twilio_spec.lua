local channels = require "spec.support.channels"
local clock = require "herald.clock"
local fake = require "spec.support.fake"
local transfer = require "herald.transfer"

describe("the twilio provider", function()
  local twilio = channels.load "sms/twilio"
  local client, server, time, tools

  setup(function()
    client = transfer.new {}
    server = fake.start("twilio", client, "AC123", "AC123", "let-me-in")
  end)

  teardown(function()
    server:stop()
    client:close()
  end)

  before_each(function()
    time = clock.manual(1795946400000)
    tools = channels.tools(time, client)
  end)

  local function surface(more)
    local settings = { url = server.url, account_sid = "AC123", auth_token = "let-me-in", from = "+15005550006", timeout = "2 seconds" }
    for name, value in pairs(more or {}) do settings[name] = value end
    return channels.surface(twilio, settings)
  end

  local function message(more)
    local fields = { id = "00000000000000a1", address = "+14155552671", text = "Your code: 1 + 1 = 2 & ü€" }
    for name, value in pairs(more or {}) do fields[name] = value end
    return fields
  end

  local function sent_form()
    local requests = server:requests()
    return requests[#requests].form
  end

  it("sends one message and keeps its sid", function()
    local outcome = twilio.send(surface(), message(), tools)
    assert.equal("sent", outcome.state)
    assert.equal("201", outcome.code)
    assert.matches("^SM%x+$", outcome.provider_id)
    assert.same({ To = "+14155552671", From = "+15005550006", Body = "Your code: 1 + 1 = 2 & ü€" }, sent_form())
  end)

  it("sends through a messaging service instead of a number", function()
    twilio.send(surface { messaging_service = "MG1", status_callback = "https://example.com/status" }, message(), tools)
    local form = sent_form()
    assert.equal("MG1", form.MessagingServiceSid)
    assert.is_nil(form.From)
    assert.equal("https://example.com/status", form.StatusCallback)
  end)

  it("tells how long the message is good for", function()
    twilio.send(surface(), message { expires_at = time:now() + 240500 }, tools)
    assert.equal("240", sent_form().ValidityPeriod)
    twilio.send(surface(), message { expires_at = time:now() + 1 }, tools)
    assert.equal("1", sent_form().ValidityPeriod)
    twilio.send(surface(), message { expires_at = time:now() + 86400000 }, tools)
    assert.equal("36000", sent_form().ValidityPeriod)
  end)

  for address, code in pairs {
    ["+15005550001"] = "21211", ["+15005550002"] = "21612", ["+15005550004"] = "21610", ["+15005550009"] = "21614",
  } do
    it(("takes %s for the number's fault"):format(code), function()
      local outcome = twilio.send(surface(), message { address = address }, tools)
      assert.equal("bounced", outcome.state)
      assert.equal("hard", outcome.reason)
      assert.equal(code, outcome.code)
      assert.is_true(#outcome.answer > 0)
    end)
  end

  it("takes a refusal that is not about the number as final", function()
    local outcome = twilio.send(surface(), message { address = "+15005550003" }, tools)
    assert.equal("failed", outcome.state)
    assert.equal("21408", outcome.code)
  end)

  it("tries again after a refused login, and shows no secret", function()
    local outcome = twilio.send(surface { auth_token = "wrong-secret" }, message(), tools)
    assert.equal("retry", outcome.state)
    assert.equal("20003", outcome.code)
    assert.not_matches("wrong-secret", outcome.answer, 1, true)
  end)

  it("waits as long as it is told to", function()
    server:will_answer {
      status = 429, headers = { ["Retry-After"] = "7" }, body = '{"code":20429,"message":"Too Many Requests","status":429}',
    }
    local outcome = twilio.send(surface(), message(), tools)
    assert.same({ state = "retry", code = "20429", answer = "Too Many Requests", retry_after_ms = 7000 }, outcome)
  end)

  it("tries again after answers that are not JSON, and after none", function()
    -- A kept connection that the server has closed is tried anew at once, so a lost answer takes two.
    server:will_answer({ status = 503, body = "<html>\n  down\n</html>" }, { drop = true }, { drop = true })
    local outcome = twilio.send(surface(), message(), tools)
    assert.same({ state = "retry", code = "503", answer = "<html> down </html>" }, outcome)
    assert.equal("retry", twilio.send(surface(), message(), tools).state)
    outcome = twilio.send(surface { url = "http://127.0.0.1:1" }, message(), tools)
    assert.equal("retry", outcome.state)
    assert.equal("connect", outcome.code)
  end)
end)
