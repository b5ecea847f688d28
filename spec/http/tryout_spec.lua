local ids = require "herald.ids"
local problem = require "herald.problem"
local support = require "spec.support.api"

describe("the endpoints that try a campaign", function()
  local api
  before_each(function() api = support.open() end)
  after_each(function() api:close() end)

  it("write a curl command with every context name that is declared or used", function()
    local status, body = api:call("GET", "/campaigns/welcome/curl")
    assert.equal(200, status)
    assert.same({ "firstName", "link", "order", "order.number" }, body.contextNames)
    assert.equal("http://herald.example.com/im/executions/unitary", body.url)
    for _, part in ipairs { '"campaignId": "welcome"', "$HERALD_KEY", '"link": "https://example.com/"', '"number": "text"' } do
      assert.is_truthy(body.command:find(part, 1, true), part)
    end
  end)

  it("write the command as text for who wants text, and with the address given", function()
    local status, text, headers = api:call("GET", "/campaigns/welcome/curl?url=https://h.example.com/", { headers = { accept = "text/plain" } })
    assert.equal(200, status)
    assert.matches("^curl ", text)
    assert.is_truthy(text:find("'https://h.example.com/im/executions/unitary'", 1, true))
    assert.matches("text/plain", headers["Content-Type"])
  end)

  it("write the address and the scheme that the daemon listens with", function()
    local host = { headers = { host = "localhost" } }
    local function url() return select(2, api:call("GET", "/campaigns/welcome/curl", host)).url end
    assert.equal("http://127.0.0.1:8025/im/executions/unitary", url())
    api.engine.control = { status = function() return { listen = "0.0.0.0:9443", tls = true } end }
    assert.equal("https://localhost:9443/im/executions/unitary", url())
    local _, body = api:call("GET", "/campaigns/welcome/curl")
    assert.equal("https://herald.example.com/im/executions/unitary", body.url)
  end)

  it("render a preview with the very characters of the context", function()
    local status, body = api:call("POST", "/campaigns/welcome/preview", {
      body = '{"recipient":{"userId":"jane@example.com","context":{"link":"https://example.com/go","order":{"number":10.50}}}}',
    })
    assert.equal(200, status)
    assert.matches("https://example.com/go 10.50", body.text, 1, true)
    assert.matches("Welcome", body.subject)
    assert.equal("2026-11-23T10:00:00.000Z", body.date)
    assert.equal(0, select(2, api:call("GET", "/status")).outbox.waiting)
  end)

  describe("with an on_trigger", function()
    before_each(function()
      api:close()
      api = support.open {
        ["surfaces/texts.lua"] = [[return surface { name = "texts", channel = "sms", provider = "capture" }]],
        ["surfaces/devices.lua"] = [[return surface { name = "devices", channel = "push", provider = "capture" }]],
        ["campaigns/device.lua"] = [[return campaign { id = "device", channel = "push", surface = "devices", namespace = "email",
          message = { title = "T", body = "B" } }]],
        ["campaigns/chosen.lua"] = [[return campaign {
          id = "chosen", channel = "email", surface = "transactional", context = { how = "string", added = "string?" },
          messages = { email = { subject = "S", text = "{{context.added}}" }, sms = { text = "{{context.added}}" } },
          on_trigger = function(trigger)
            local how = trigger.context.how
            trigger.context.added = how .. "!"
            if how == "sms" then trigger:via("sms", "texts") end
            if how == "skip" then trigger:skip "told" end
            if how == "reject" then trigger:reject "no" end
            if how == "delay" then trigger:delay "1 hour" end
            if how == "once" and not trigger:once("key", "1 day") then trigger:skip "again" end
            if how == "error" then error "broken" end
          end }]],
      }
    end)

    local function preview(how, more)
      local recipient = more or {}
      recipient.context = how and { how = how } or nil
      return api:call("POST", "/campaigns/chosen/preview", { body = { recipient = recipient } })
    end

    it("preview what it adds and decides", function()
      local status, body = preview("plain", { userId = "jane@example.com" })
      assert.equal(200, status)
      assert.equal("plain!", body.text)
      assert.same({ verdict = "sent", channel = "email", surface = "transactional" }, body.decision)
      status, body = preview("sms", { channelData = { mobilePhoneNumber = "+33612345678" } })
      assert.equal(200, status)
      assert.same({ "sms!", "+33612345678" }, { body.text, body.address })
      assert.same({ verdict = "sent", channel = "sms", surface = "texts" }, body.decision)
      assert.equal("2026-11-23T11:00:00.000Z", (select(2, preview "delay")).decision.dueAt)
      assert.same({ decision = { verdict = "skipped", reason = "told", channel = "email", surface = "transactional" } }, (select(2, preview "skip")))
    end)

    it("refuse what a trigger would be refused for", function()
      for how, code in pairs { reject = "rejected-by-campaign", error = "script-error" } do
        local status, body = preview(how)
        assert.same({ 400, code }, { status, problem.code(body) })
      end
      local status, body = preview()
      assert.same({ 400, "context-invalid" }, { status, problem.code(body) })
    end)

    it("leave no trace of once", function()
      for _ = 1, 2 do assert.equal("sent", (select(2, preview "once")).decision.verdict) end
      assert.is_true(api.store:once("prod", "chosen:key", api.clock:now() + 1000, api.clock:now(), "spec"))
    end)

    it("say that there is no address", function()
      local status, body = api:call("POST", "/campaigns/device/preview", { body = {} })
      assert.same({ 400, "no-address" }, { status, problem.code(body) })
      assert.matches("push", body.detail)
    end)
  end)

  it("give each proof an id of its own", function()
    local seen = {}
    local surface = api.engine.project.surfaces.transactional
    surface.send = function(_, content)
      seen[#seen + 1] = content.id
      return { state = "sent" }
    end
    for _ = 1, 2 do
      api:call("POST", "/campaigns/welcome/proofs", {
        body = { to = "me@example.com", recipient = { context = { link = "https://example.com/go" } } },
      })
    end
    assert.equal(2, #seen)
    assert.not_equal(seen[1], seen[2])
    for _, id in ipairs(seen) do assert.is_truthy(ids.parse(id)) end
  end)

  it("refuse a preview whose recipient is no object", function()
    local status, body = api:call("POST", "/campaigns/welcome/preview", { body = '{"recipient":[1]}' })
    assert.equal(400, status)
    assert.equal("invalid-request", problem.code(body))
  end)

  it("send a proof to the address told, which no report counts", function()
    local status = api:call("POST", "/campaigns/welcome/proofs", {
      body = { to = "me@example.com", recipient = { context = { link = "https://example.com/go" } } },
    })
    assert.equal(200, status)
    local _, report = api:call("GET", "/campaigns/welcome/reports/global")
    assert.equal(0, report.totals.sent)
  end)

  it("refuse a proof without an address", function()
    local status, body = api:call("POST", "/campaigns/welcome/proofs", { body = {} })
    assert.equal(400, status)
    assert.equal("invalid-request", problem.code(body))
  end)

  for name, case in pairs {
    ["a channel that the campaign has no message for"] = { { channel = "sms" }, 'no message for the channel "sms"' },
    ["a channel that is no text"] = { { channel = {} }, "recipient.channel: expected a string" },
    ["a surface that is not there"] = { { surface = "nowhere" }, 'there is no surface "nowhere"' },
    ["a surface that is no text"] = { { surface = {} }, "recipient.surface: expected a string" },
    ["a surface of another channel"] = { { surface = "texts" }, 'is for the channel "sms", not "email"' },
  } do
    it("refuse " .. name, function()
      api:close()
      api = support.open { ["surfaces/texts.lua"] = [[return surface { name = "texts", channel = "sms", provider = "capture" }]] }
      case[1].context = { link = "https://example.com/" }
      for _, path in ipairs { "preview", "proofs" } do
        local status, body = api:call("POST", "/campaigns/welcome/" .. path, { body = { to = "me@example.com", recipient = case[1] } })
        assert.equal(400, status)
        assert.equal("invalid-request", problem.code(body))
        assert.matches(case[2], body.detail, 1, true)
      end
    end)
  end

  it("refuse an address that is none", function()
    for _, path in ipairs { "preview", "proofs" } do
      local recipient = { context = { link = "https://example.com/" } }
      local status, body = api:call("POST", "/campaigns/welcome/" .. path, { body = { to = "x\r\ny", recipient = recipient } })
      assert.equal(400, status)
      assert.equal("invalid-address", problem.code(body))
    end
  end)
end)
