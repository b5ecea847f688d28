local kit = require "herald.testing"
local project_folder = require "spec.support.project_folder"

local FILES = {
  ["herald.lua"] = "return {}",
  ["surfaces/mail.lua"] = [[return surface { name = "mail", channel = "email", provider = "smtp", url = "smtp://mail.example.com",
    timeout = "10 seconds", from = "Shop <shop@example.com>" }]],
  ["surfaces/backup.lua"] = 'return surface { name = "backup", channel = "email", provider = "capture", from = "Shop <shop@example.com>" }',
  ["campaigns/note.lua"] = [[
    local campaign = require "campaign"
    return campaign {
      id = "note", title = "Note", channel = "email", surface = "mail", namespace = "email", context = { n = "integer" },
      message = { subject = "{{context.n}}", text = "{{context.n}}" },
      on_event = function(event)
        http.post("https://hooks.example.com/" .. event.kind, { body = { n = event.context.n, reason = event.reason, code = event.code } })
      end,
    }]],
}

describe("the kit's providers", function()
  local dir, engine

  setup(function() dir = project_folder.make(FILES) end)
  teardown(function() project_folder.remove(dir) end)
  before_each(function()
    engine = kit.engine { project = dir, now = "2026-02-01T00:00:00Z" }
    engine:http("POST", "https://hooks.example.com/*")
  end)
  after_each(function() engine:close() end)

  local function note(user, n)
    local answer = engine:trigger("note", { userId = user or "jane@example.com", context = { n = n or 1 } })
    return function() return engine:message(answer.messages[1].id) end
  end

  local function kinds()
    local list = {}
    for index, call in ipairs(engine:http_calls()) do list[index] = call.url:match "[^/]+$" end
    return table.concat(list, " ")
  end

  it("fail the attempt that is told, of each message", function()
    engine:fail { attempt = 2, smtp = 550 }
    engine:fail { attempt = 1, smtp = 450 }
    local first, second = note(), note "john@example.com"
    assert.equal("waiting", first().state)
    engine:travel "1 hour"
    for _, message in ipairs { first(), second() } do
      assert.same({ "bounced", "hard", "550", 2 }, { message.state, message.reason, message.code, message.attempts })
    end
    assert.equal("bounced bounced", kinds())
  end)

  it("fail for one address alone, for as long as they are told", function()
    engine:fail { to = "gone@example.com", smtp = 552 }
    local gone, there = note "gone@example.com", note()
    assert.same({ "bounced", "soft", "sent" }, { gone().state, gone().reason, there().state })
    assert.equal("bounced", note("gone@example.com")().state)
    engine:clear()
    engine:http("POST", "https://hooks.example.com/*")
    assert.equal("sent", note("gone@example.com")().state)
  end)

  it("wait as long as an answer asks", function()
    engine:fail_next { http = 429, retry_after = "30 seconds" }
    local message = note()
    engine:travel "29 seconds"
    assert.equal("waiting", message().state)
    engine:travel "1 second"
    assert.equal("sent", message().state)
  end)

  it("take their time", function()
    local before = engine:now()
    engine:slow { surface = "mail", takes = "4 seconds" }
    assert.equal("sent", note()().state)
    assert.equal(before + 4000, engine:now())
  end)

  it("have timed out when they take longer than their surface waits", function()
    local before = engine:now()
    engine:slow { takes = "11 seconds", times = 1 }
    local message = note()
    assert.same({ "waiting", "timeout" }, { message().state, message().code })
    assert.equal(before + 10000, engine:now())
    engine:travel "1 hour"
    assert.equal("sent", message().state)
  end)

  it("are away for a time", function()
    engine:outage("mail", { from = "2026-02-01T01:00:00Z", to = "2026-02-01T02:00:00Z" })
    assert.equal("sent", note()().state)
    engine:travel_to "2026-02-01T01:00:00Z"
    local message = note()
    assert.same({ "waiting", "connect" }, { message().state, message().code })
    engine:travel_to "2026-02-01T01:59:59.999Z"
    assert.equal("waiting", message().state)
    engine:travel_to "2026-02-01T06:00:00Z"
    assert.equal("sent", message().state)
    for _, attempt in ipairs(engine:attempts()) do
      local is_inside = attempt.at >= 1769907600000 and attempt.at < 1769911200000
      assert.equal(is_inside and "retry" or "sent", attempt.outcome.state)
    end
  end)

  it("are away for so long, in a way that is told", function()
    engine:outage("mail", { lasts = "5 minutes" }, { fault = "tls" })
    assert.equal("tls", note()().code)
    engine:travel "5 minutes"
    assert.equal("sent", note()().state)
  end)

  it("tell what happened behind the sending", function()
    local message = note(nil, 7)
    engine:event(message().id, "delivered")
    engine:event(engine:delivered()[1], "opened")
    engine:event(message(), "bounced", { reason = "soft", code = "4.2.2" })
    assert.equal("sent delivered opened bounced", kinds())
    assert.same({ n = 7, reason = "soft", code = "4.2.2" }, engine:http_calls()[4].json)
    local told = {}
    for index, event in ipairs(message().events) do told[index] = event.kind end
    assert.matches("delivered opened bounced$", table.concat(told, " "))
    local report = engine:request { path = "/campaigns/note/reports/live" }.body
    assert.same({ 1, 1, 1 }, { report.totals.delivered, report.totals.opens, report.totals.bounced.soft })
  end)

  describe("refuse", function()
    for name, case in pairs {
      ["a code that is none"] = { "fail", { smtp = 250 }, "fail: smtp: expected a code from 400 to 599" },
      ["a fault that is none"] = { "fail", { fault = "tired" }, "fail: fault: expected one of auth, connect" },
      ["to be slow without a time"] = { "slow", { surface = "mail" }, "slow: takes: missing" },
      ["a field that is none"] = { "fail_next", { atempt = 2 }, "fail_next: unknown field 'atempt'" },
    } do
      it(name, function()
        local ok, message = pcall(function() engine[case[1]](engine, case[2]) end)
        assert.is_false(ok)
        assert.matches(case[3], message, 1, true)
        assert.matches("spec/testing/provider_spec.lua:%d+: ", message)
      end)
    end

    it("an outage of what is not there, or at no time", function()
      assert.error_matches(function() engine:outage("mial") end, 'outage: there is no surface "mial"')
      assert.error_matches(function() engine:outage("mail", { to = "later" }) end, "outage: to: ")
      assert.error_matches(function() engine:outage("mail", { form = "x" }) end, "outage: unknown field 'form'")
    end)

    it("events of what was not sent, and kinds that are none", function()
      engine:fail { smtp = 550 }
      local message = note()
      assert.error_matches(function() engine:event(message().id, "opened") end, "is bounced; events come of messages that were sent")
      assert.error_matches(function() engine:event(message().id, "red") end, 'unknown kind "red"; expected one of bounced, clicked')
      assert.error_matches(function() engine:event(message().id, "opened", { why = "x" }) end, "unknown field 'why'")
    end)
  end)
end)
