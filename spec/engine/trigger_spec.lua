-- The rules of POST /im/executions/unitary, each with the answer that the contract gives, on the real engine and store.
local apis = require "spec.support.api"
local loop = require "herald.loop"
local lifecycle = require "herald.lifecycle"
local payload = require "herald.payload"
local window = require "herald.window"

local CAMPAIGN = [[
  return campaign {
    id = "%s", channel = "email", surface = "transactional", namespace = "email", %s
    message = { subject = "S", text = "Hello {{context.x}}" }, %s
  }]]

local function campaign(id, fields, functions)
  return CAMPAIGN:format(id, fields or "", functions or "")
end

local FILES = {
  -- Whatever the specs run under, a loop ends by its instructions, and not by its time.
  ["herald.lua"] = 'return { activation = "automatic", limits = { on_trigger = { cpu = "60 seconds" } } }',
  ["campaigns/plain.lua"] = campaign "plain",
  ["campaigns/window.lua"] = campaign("window", 'starts = "2026-12-01T00:00:00Z", ends = "2026-12-02T00:00:00Z",'),
  ["campaigns/known.lua"] = campaign("known", "profile = { create = false },"),
  ["campaigns/declared.lua"] = campaign("declared", 'context = { x = "url", n = "integer?" },'),
  ["campaigns/scripted.lua"] = campaign("scripted", "", [[
    on_trigger = function(trigger)
      local wish = trigger.context.wish
      if wish == "skip" then return trigger:skip "asked to" end
      if wish == "reject" then return trigger:reject "no thanks" end
      if wish == "fail" then error "broken on purpose" end
      if wish == "loop" then while true do end end
      if wish == "swallow" then while true do pcall(function() while true do end end) end end
      if wish == "delay" then trigger:delay "1 hour" end
      if wish == "once" and not trigger:once(trigger.context.key or trigger.recipient.userId, "10 minutes") then return trigger:skip "again" end
      if wish == "blocked" and trigger.profile.blocked then return trigger:skip "blocked" end
      if wish == "add" then trigger.context.x = "added" end
      if wish == "big" then trigger.context.x = ("x"):rep(300000) end
      if wish == "system" then trigger.context.system = 1 end
      if wish == "cycle" then trigger.context.x = { trigger.context } end
      if wish == "table" then error {} end
      if wish == "nowhere" then trigger:via("sms", "missing") end
    end,]]),
}

describe("POST /im/executions/unitary", function()
  local api

  before_each(function() api = apis.open(FILES) end)
  after_each(function() api:close() end)

  local function recipient(fields)
    local result = { type = "aep", userId = "jane@example.com", namespace = "email", context = { x = "1" } }
    for name, value in pairs(fields or {}) do result[name] = value end
    return result
  end

  local count = 0
  local function call(id, recipients, more)
    count = count + 1
    local body = { requestId = "r" .. count, campaignId = id, recipients = payload.array(recipients or { recipient() }) }
    for name, value in pairs(more or {}) do body[name] = value end
    return api:call("POST", "/im/executions/unitary", { body = body })
  end

  local function code(status, body)
    return ("%d %s"):format(status, type(body) == "table" and body.type and body.type:match "[^:]+$" or "-")
  end

  local function refused(id, fields)
    return code(call(id, { recipient(fields) }))
  end

  local function message_of(body)
    return api.store:execution(tonumber(body.executionId, 16)).messages[1]
  end

  it("answers 202 with the six fields", function()
    local status, body = call "plain"
    assert.equal(202, status)
    assert.matches("^%x+$", body.executionId)
    assert.equal(16, #body.executionId)
    assert.equal("2026-11-23T10:00:00.000Z", body.createdAt)
    assert.equal(body.createdAt, body.modifiedAt)
    assert.equal("local", body.createdBy)
    assert.equal("local", body.modifiedBy)
    assert.equal("r" .. count, body.requestId)
  end)

  it("serves the paths of Adobe Journey Optimizer's clients", function()
    local status = api:call("POST", "/ajo/im/executions/unitary", { body = {
      requestId = "ajo", campaignId = "plain", recipients = payload.array { recipient() } } })
    assert.equal(202, status)
    assert.equal(200, (api:call("GET", "/ajo/im/health")))
  end)

  it("refuses a body that is not JSON", function()
    for _, body in ipairs { "", "{", "\xff", '{"a":"\xff"}', "nope", '{"a":1}x', "[1,]" } do
      assert.equal("400 invalid-json", code(api:call("POST", "/im/executions/unitary", { body = body })), body)
    end
  end)

  it("refuses a body of another shape", function()
    for _, body in ipairs {
      "[]", "{}", '{"requestId":"r"}', '{"requestId":1,"campaignId":"plain","recipients":[]}', '{"requestId":"","campaignId":"plain"}',
      '{"requestId":"r","campaignId":"plain"}', '{"requestId":"r","campaignId":"plain","recipients":{}}',
      '{"requestId":"' .. ("r"):rep(256) .. '","campaignId":"plain","recipients":[]}',
    } do
      assert.equal("400 invalid-request", code(api:call("POST", "/im/executions/unitary", { body = body })), body)
    end
  end)

  it("refuses recipients that are wrong", function()
    assert.equal("400 invalid-recipients", code(call("plain", {})))
    assert.equal("400 invalid-recipients", refused("plain", { type = "other" }))
    assert.equal("400 invalid-recipients", refused("plain", { userId = "" }))
    assert.equal("400 invalid-recipients", refused("plain", { userId = ("x"):rep(513) }))
    assert.equal("400 invalid-recipients", refused("plain", { userId = 5 }))
    assert.equal("400 invalid-recipients", refused("plain", { namespace = false }))
    assert.equal("400 invalid-recipients", refused("plain", { profile = "x" }))
    assert.equal("400 invalid-recipients", refused("plain", { channelData = { emailAddress = 1 } }))
    assert.equal("400 invalid-recipients", refused("plain", { channelData = { pushInfo = "x" } }))
    assert.equal("400 invalid-recipients", code(call("plain", { recipient(), recipient() })))
  end)

  it("takes 20 recipients and refuses 21", function()
    local list = {}
    for i = 1, 20 do list[i] = recipient { userId = "u" .. i .. "@example.com" } end
    assert.equal(202, (call("plain", list)))
    list[21] = recipient { userId = "u21@example.com" }
    assert.equal("400 invalid-recipients", code(call("plain", list)))
  end)

  it("executes nothing when one recipient is bad, and names each bad one", function()
    local status, body = call("plain", { recipient(), recipient { userId = "b", namespace = "phone" }, recipient { userId = "c", namespace = "x" } })
    assert.equal("400 namespace-mismatch", code(status, body))
    local facts = body.report.additionalContext
    assert.is_nil(facts["recipients[0]"])
    assert.matches("email", facts["recipients[1]"])
    assert.matches("email", facts["recipients[2]"])
    assert.equal("plain", facts.campaignId)
    assert.is_nil(api.store:profile("email", "jane@example.com"))
    assert.is_nil(api.store:next_due())
  end)

  it("names every fault of every bad recipient, those of its shape and those of the campaign's rules", function()
    local status, body = call("declared", {
      recipient { context = { x = "no url", n = 1.5 } }, recipient { type = "other", userId = "" }, "nobody",
      recipient { userId = "d", context = "none", channelData = { emailAddress = 1, pushInfo = { token = 2 } } },
      recipient { userId = "e", namespace = "phone", context = { x = "https://a.example" } },
    })
    assert.equal("400 invalid-recipients", code(status, body))
    local facts = body.report.additionalContext
    assert.equal("context.n: expected a whole number; context.x: expected an absolute http(s) URL", facts["recipients[0]"])
    assert.equal(facts["recipients[0]"], body.detail)
    assert.equal('userId: must not be empty; type: "other" is neither "aep" nor "external"; context.x: expected an absolute http(s) URL',
      facts["recipients[1]"])
    assert.equal("expected an object", facts["recipients[2]"])
    assert.equal("context: expected an object, got string; channelData.emailAddress: expected a string; "
      .. "channelData.pushInfo.token: expected a string", facts["recipients[3]"])
    assert.equal('namespace: the campaign identifies recipients by "email", not "phone"', facts["recipients[4]"])
    assert.equal("declared", facts.campaignId)
  end)

  it("names every field that is missing", function()
    local _, body = api:call("POST", "/im/executions/unitary", { body = "{}" })
    assert.equal("requestId: missing; campaignId: missing; recipients: missing", body.detail)
    _, body = api:call("POST", "/im/executions/unitary", { body = '{"campaignId":"plain","requestId":7,"recipients":1}' })
    assert.equal("requestId: expected a string, got number; recipients: expected an array", body.detail)
    assert.equal("plain", body.report.additionalContext.campaignId)
  end)

  it("refuses a campaign that is not there", function()
    assert.equal("400 campaign-not-found", code(call "nothing"))
  end)

  it("refuses a campaign that is paused or stopped, and says so", function()
    assert.equal(200, (api:call("POST", "/campaigns/plain/pause")))
    local status, body = call "plain"
    assert.equal("400 campaign-not-live", code(status, body))
    assert.equal("paused", body.report.additionalContext.campaignStatus)
    assert.equal(200, (api:call("POST", "/campaigns/plain/resume")))
    assert.equal(202, (call "plain"))
    assert.equal(200, (api:call("POST", "/campaigns/plain/stop")))
    status, body = call "plain"
    assert.equal("400 campaign-not-live", code(status, body))
    assert.equal("stopped", body.report.additionalContext.campaignStatus)
  end)

  it("keeps the window to the millisecond: the start is inside, the end is not", function()
    local function at(text)
      api.clock:set(window.parse(text))
      local status, body = call("window")
      return code(status, body), body
    end
    local before, body = at "2026-11-30T23:59:59.999Z"
    assert.equal("400 campaign-not-started", before)
    assert.equal("2026-12-01T00:00:00.000Z", body.report.additionalContext.starts)
    assert.equal("2026-11-30T23:59:59.999Z", body.report.additionalContext.now)
    assert.equal("scheduled", body.report.additionalContext.campaignStatus)
    assert.equal("202 -", (at "2026-12-01T00:00:00.000Z"))
    assert.equal("202 -", (at "2026-12-01T23:59:59.999Z"))
    local after, ended = at "2026-12-02T00:00:00.000Z"
    assert.equal("400 campaign-ended", after)
    assert.equal("completed", ended.report.additionalContext.campaignStatus)
  end)

  it("reserves context.system and bounds the context", function()
    assert.equal("400 context-reserved", refused("plain", { context = { system = 1 } }))
    assert.equal("400 context-invalid", refused("plain", { context = "x" }))
    -- {"x":"…"} with its quotes and braces takes eight bytes
    assert.equal(202, (call("plain", { recipient { context = { x = ("a"):rep(200000 - 8) } } })))
    assert.equal("400 context-too-large", refused("plain", { context = { x = ("a"):rep(200000 - 7) } }))
  end)

  it("checks the declared context", function()
    assert.equal("400 context-invalid", refused("declared", { context = { x = "no url" } }))
    assert.equal("400 context-invalid", refused("declared", { context = {} }))
    assert.equal("400 context-invalid", refused("declared", { context = { x = "https://a.example", n = 1.5 } }))
    assert.equal(202, (call("declared", { recipient { context = { x = "https://a.example/b", n = 2 } } })))
  end)

  it("makes the minimal profile for type aep alone", function()
    call("plain", { recipient { userId = "new@example.com", context = { secret = "1" } } })
    local profile = api.store:profile("email", "new@example.com")
    assert.equal("{}", profile.attributes)
    call("plain", { recipient { type = "external", userId = "out@example.com" } })
    assert.is_nil(api.store:profile("email", "out@example.com"))
  end)

  it("refuses an unknown profile when the campaign makes none", function()
    assert.equal("400 profile-not-found", refused "known")
    api.store:save_profile { namespace = "email", user_id = "jane@example.com", attributes = "{}", at = 1 }
    assert.equal(202, (call "known"))
    assert.equal(202, (call("known", { recipient { type = "external", userId = "out@example.com" } })))
  end)

  it("answers the same request again with the same answer, once sent", function()
    local body = '{"requestId":"same","campaignId":"plain","recipients":[{"type":"aep","userId":"a@example.com","namespace":"email"}]}'
    local status, first = api:call("POST", "/im/executions/unitary", { body = body })
    assert.equal(202, status)
    api.clock:advance(1000)
    local again, second, headers = api:call("POST", "/im/executions/unitary", { body = body })
    assert.equal(202, again)
    assert.same(first, second)
    assert.equal("true", headers["Idempotency-Replay"])
    assert.equal("409 request-id-reused", code(api:call("POST", "/im/executions/unitary", { body = (body:gsub("a@", "b@")) })))
    assert.equal(1, api.engine:deliver_due())
    api.clock:advance(24 * 3600 * 1000)
    local _, fresh = api:call("POST", "/im/executions/unitary", { body = body })
    assert.not_equal(first.executionId, fresh.executionId)
  end)

  it("answers what was accepted once even where it would be refused now", function()
    api.store:save_profile { namespace = "email", user_id = "jane@example.com", attributes = "{}", at = 1 }
    local status, first = call("known", nil, { requestId = "kept" })
    assert.equal(202, status)
    assert(lifecycle.pause(api.engine, "known", "spec"))
    assert.equal("400 campaign-not-live", code(call("known", nil, { requestId = "new" })))
    local again, second, headers = call("known", nil, { requestId = "kept" })
    assert.equal(202, again)
    assert.same(first, second)
    assert.equal("true", headers["Idempotency-Replay"])
  end)

  it("executes one of two equal requests at once", function()
    local body = '{"requestId":"twin","campaignId":"scripted","recipients":[{"type":"aep","userId":"a@example.com","namespace":"email"}]}'
    local answers = {}
    for i = 1, 2 do
      loop.spawn(function() answers[i] = { api:call("POST", "/im/executions/unitary", { body = body }) } end)
    end
    loop.run_until_idle()
    assert.equal(202, answers[1][1])
    assert.equal(202, answers[2][1])
    assert.same(answers[1][2], answers[2][2])
    assert.equal(1, api.engine:deliver_due())
  end)

  describe("with an on_trigger", function()
    local function wish(text)
      return call("scripted", { recipient { context = { wish = text } } })
    end

    it("skips", function()
      local status, body = wish "skip"
      assert.equal(202, status)
      local message = message_of(body)
      assert.equal("skipped", message.state)
      assert.equal("asked to", message.reason)
      assert.equal(0, api.engine:deliver_due())
    end)

    it("rejects", function()
      local status, body = wish "reject"
      assert.equal("400 rejected-by-campaign", code(status, body))
      assert.equal("no thanks", body.detail)
    end)

    it("answers script-error for one that fails", function()
      local status, body = wish "fail"
      assert.equal("400 script-error", code(status, body))
      assert.matches("campaigns/scripted.lua:%d+: broken on purpose", body.detail)
    end)

    it("ends endless loops, also those that swallow errors", function()
      assert.equal("400 script-error", code(wish "loop"))
      assert.equal("400 script-error", code(wish "swallow"))
      assert.equal(202, (wish "nothing"))
    end)

    it("names the line where an error has none", function()
      for text, wrong in pairs {
        cycle = "trigger.context.x[1].x: JSON cannot say a table that contains itself",
        big = "trigger.context: larger than 200000 bytes", system = "trigger.context.system: this name is reserved",
      } do
        local status, body = wish(text)
        assert.equal("400 script-error", code(status, body))
        assert.matches("campaigns/scripted.lua:3: " .. wrong, body.detail, 1, true)
      end
      assert.matches("^campaigns/scripted.lua:%d+: raised an error that is a table, not a text", select(2, wish "table").detail)
    end)

    it("delays", function()
      wish "delay"
      assert.equal(0, api.engine:deliver_due())
      api.clock:advance(3600 * 1000 - 1)
      assert.equal(0, api.engine:deliver_due())
      api.clock:advance(1)
      assert.equal(1, api.engine:deliver_due())
    end)

    it("does nothing durable for a repetition, which is answered as the first call was", function()
      local function ask(request_id)
        return call("scripted", { recipient { userId = "once@example.com", context = { wish = "once" } } }, { requestId = request_id })
      end
      local _, first = ask "repeated"
      local status, second = ask "repeated"
      assert.equal(202, status)
      assert.same(first, second)
      assert.equal("skipped", message_of(select(2, ask "another")).state)
    end)

    it("has done nothing once when the call comes to nothing", function()
      local one = recipient { userId = "first@example.com", context = { wish = "once" } }
      assert.equal("400 rejected-by-campaign", code(call("scripted", { one, recipient { context = { wish = "reject" } } })))
      assert.not_equal("skipped", message_of(select(2, call("scripted", { one }))).state)
    end)

    it("does something once for one of a call's recipients", function()
      local function ask(user) return recipient { userId = user, context = { wish = "once", key = "shared" } } end
      local _, body = call("scripted", { ask "a@example.com", ask "b@example.com" })
      local messages = api.store:execution(tonumber(body.executionId, 16)).messages
      assert.not_equal("skipped", messages[1].state)
      assert.equal("skipped", messages[2].state)
    end)

    it("does something once within the duration", function()
      local _, first = wish "once"
      local _, second = wish "once"
      assert.not_equal("skipped", message_of(first).state)
      assert.equal("skipped", message_of(second).state)
      api.clock:advance(10 * 60 * 1000)
      local _, third = wish "once"
      assert.not_equal("skipped", message_of(third).state)
    end)

    it("reads the profile", function()
      api.store:save_profile { namespace = "email", user_id = "jane@example.com", attributes = '{"blocked":true}', at = 1 }
      local _, body = wish "blocked"
      assert.equal("blocked", message_of(body).reason)
    end)

    it("adds to the context of this execution alone, keeping the characters of the rest", function()
      local status, body = api:call("POST", "/im/executions/unitary", { body = [[{
        "requestId": "keep", "campaignId": "scripted", "recipients": [
          { "type": "aep", "userId": "a@example.com", "namespace": "email", "context": { "wish": "add", "price": 10.50 } }
        ]
      }]] })
      assert.equal(202, status)
      local stored = payload.parse(message_of(body).payload)
      local context = stored:find(1, "context")
      assert.equal("10.50", stored:raw(stored:find(context, "price")))
      assert.equal("added", stored:string(stored:find(context, "x")))
      assert.equal("{}", api.store:profile("email", "a@example.com").attributes)
    end)

    it("names a surface that is not there", function()
      local status, body = wish "nowhere"
      assert.equal("400 script-error", code(status, body))
      assert.matches("trigger:via", body.detail)
    end)
  end)

  describe("for keys", function()
    local function with(options)
      options.body = { requestId = "k", campaignId = "plain", recipients = payload.array { recipient() } }
      return code(api:call("POST", "/im/executions/unitary", options))
    end

    it("asks for one that is in force and has the scope", function()
      local keys = api.engine.keys
      local now = api.clock:now()
      local reader = keys:create { name = "reader", scopes = "read", by = "spec", now = now }
      local shop = keys:create { name = "shop", scopes = "trigger", by = "spec", now = now, expires_at = now + 1000 }
      assert.equal("401 authentication-failed", with { key = "hk_wrong" })
      assert.equal("403 scope-missing", with { key = reader })
      assert.equal("202 -", with { key = shop })
      api.clock:advance(1000)
      assert.equal("401 authentication-failed", with { key = shop })
    end)

    it("refuses a sandbox whose name is none", function()
      for _, name in ipairs { "", "a b", "stage_1", "\xff", ("x"):rep(65) } do
        assert.equal("400 invalid-request", with { headers = { ["x-sandbox-name"] = name } }, name)
      end
      assert.equal("202 -", with { headers = { ["x-sandbox-name"] = ("x"):rep(64) } })
    end)

    it("refuses another media type", function()
      assert.equal("415 unsupported-media-type", with { headers = { ["content-type"] = "text/xml" } })
      assert.equal("415 unsupported-media-type", with { headers = { ["content-type"] = ";" } })
      assert.equal("202 -", with { headers = { ["content-type"] = "application/json; charset=utf-8" } })
    end)
  end)

  it("answers 404 and 405 elsewhere", function()
    assert.equal("404 not-found", code(api:call("GET", "/nothing")))
    local status, body, headers = api:call("DELETE", "/im/executions/unitary")
    assert.equal("405 method-not-allowed", code(status, body))
    assert.equal("POST, OPTIONS", headers.Allow)
  end)

  it("echoes x-request-id, or makes one", function()
    local _, _, headers = api:call("GET", "/im/health", { headers = { ["x-request-id"] = "abc-1" } })
    assert.equal("abc-1", headers["x-request-id"])
    _, _, headers = api:call("GET", "/im/health", { headers = { ["x-request-id"] = "bad\r\nid" } })
    assert.matches("^%x+$", headers["x-request-id"])
  end)

  it("answers 503 and keeps nothing when the store is away", function()
    api.store:close()
    local status, body, headers = call "plain"
    assert.equal("503 storage-unavailable", code(status, body))
    assert.truthy(headers["Retry-After"])
  end)
end)
