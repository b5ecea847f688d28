-- Every row of the API's error table, from the built daemon, asked with curl.

local clock = require "herald.clock"
local daemon = require "spec.support.daemon"
local sink = require "spec.support.sink"
local window = require "herald.window"

describe("an error answer", function()
  local mail, server, ends

  setup(function()
    mail = sink.start()
    ends = window.format(clock.system():now() + 5000)
    server = daemon.start { values = { SMTP = mail.url, ENDS = ends } }
  end)
  teardown(function()
    server:close()
    mail:close()
  end)

  local JANE = { userId = "jane@example.com", context = { number = 1 } }

  local function assert_error(status, code, answer)
    assert.equal(status, answer.status, answer.text .. answer.error)
    assert.equal("urn:herald:error:" .. code, answer.json.type)
    assert.equal(status, answer.json.status)
    assert.is_string(answer.json.title)
    for name, value in pairs(answer.json.report.additionalContext) do
      assert.is_string(value, name)
    end
    return answer
  end

  local function unitary(body, options)
    options = options or {}
    options.body = body
    return server:curl("/im/executions/unitary", options)
  end

  it("400 invalid-json", function()
    for _, body in ipairs { "{", "", "[1,]", '{"requestId":"x",}', "nul", '{"a":01}', '{"a":"\1"}' } do
      assert_error(400, "invalid-json", unitary(body))
    end
  end)

  it("400 invalid-json for bytes that are not UTF-8", function()
    assert_error(400, "invalid-json", unitary '{"requestId":"\xff\xfe"}')
    assert_error(400, "invalid-json", unitary '{"requestId":"\xed\xa0\x80"}')
  end)

  it("400 invalid-request", function()
    for _, body in ipairs { "[]", "1", "{}", '{"requestId":1,"campaignId":"receipt","recipients":[]}',
      '{"requestId":"x","recipients":[{"type":"aep","userId":"a","namespace":"email"}]}' } do
      assert_error(400, "invalid-request", unitary(body))
    end
  end)

  it("400 invalid-recipients, with each bad one named", function()
    local answer = assert_error(400, "invalid-recipients", server:trigger("receipt", {
      JANE, { userId = "", context = {} }, { userId = "jim@example.com", type = "other" },
    }))
    assert.matches("1", answer.text, 1, true)
    assert.matches("2", answer.text, 1, true)
  end)

  it("400 invalid-recipients for 21 recipients and for none", function()
    local list = {}
    for i = 1, 21 do list[i] = { userId = ("user%d@example.com"):format(i) } end
    local answer = server:trigger("receipt", list)
    assert.equal(400, answer.status)
    assert.matches("^invalid%-", answer.code)
    list[21] = nil
    assert.equal(202, server:trigger("receipt", list).status)
  end)

  it("400 for the same userId twice in one call", function()
    assert_error(400, "invalid-recipients", server:trigger("receipt", { JANE, JANE }))
  end)

  it("400 campaign-not-found", function()
    local answer = assert_error(400, "campaign-not-found", server:trigger("nobody", JANE))
    assert.equal("nobody", answer.json.report.additionalContext.campaignId)
  end)

  it("400 campaign-not-live says the status", function()
    server:herald("pause", "skipping")
    local answer = assert_error(400, "campaign-not-live", server:trigger("skipping", JANE))
    assert.matches("paused", answer.text, 1, true)
    server:herald("resume", "skipping")
    assert.equal(202, server:trigger("skipping", JANE).status)
  end)

  it("400 campaign-not-started says starts and now", function()
    local answer = assert_error(400, "campaign-not-started", server:trigger("early", JANE))
    assert.matches("2099-01-01T00:00:00", answer.text, 1, true)
    assert.is_string(answer.json.report.additionalContext.now)
  end)

  it("400 campaign-ended says ends and now", function()
    local answer
    daemon.wait_for(function()
      answer = server:trigger("late", JANE)
      return answer.status ~= 202
    end, "the campaign's end")
    assert_error(400, "campaign-ended", answer)
    assert.equal(ends, answer.json.report.additionalContext.ends)
    assert.is_string(answer.json.report.additionalContext.now)
  end)

  it("400 namespace-mismatch", function()
    assert_error(400, "namespace-mismatch", server:trigger("receipt", { userId = "+15550100", namespace = "phone" }))
  end)

  it("400 context-reserved", function()
    assert_error(400, "context-reserved", server:trigger("receipt", { userId = "a@example.com", context = { system = {} } }))
  end)

  it("400 context-invalid for what the campaign declares", function()
    assert_error(400, "context-invalid", server:trigger("link", { userId = "a@example.com", context = { name = "A" } }))
    assert_error(400, "context-invalid", server:trigger("link", { userId = "a@example.com", context = { url = "no link" } }))
  end)

  it("400 context-too-large above 200 kB", function()
    local big = { userId = "a@example.com", context = { number = 2, filler = ("x"):rep(201 * 1000) } }
    assert_error(400, "context-too-large", server:trigger("receipt", big))
    big.context.filler = ("x"):rep(199 * 1000)
    assert.equal(202, server:trigger("receipt", big).status)
  end)

  it("400 profile-not-found", function()
    assert_error(400, "profile-not-found", server:trigger("known", { userId = "stranger@example.com" }))
  end)

  it("400 rejected-by-campaign says why", function()
    local answer = assert_error(400, "rejected-by-campaign", server:trigger("refusing", JANE))
    assert.matches("not today", answer.text, 1, true)
  end)

  it("400 script-error", function()
    assert_error(400, "script-error", server:trigger("broken", JANE))
  end)

  it("executes nothing when one recipient of many is bad", function()
    local answer = server:trigger("receipt", { { userId = "good@example.com", context = { number = 3 } }, { userId = "bad@example.com", namespace = "phone" } })
    assert.equal(400, answer.status)
    server:drain()
    for _, message in ipairs(mail:messages()) do assert.not_equal("good@example.com", message.to) end
  end)

  it("401 authentication-failed", function()
    assert_error(401, "authentication-failed", server:trigger("receipt", JANE, { key = false }))
    assert_error(401, "authentication-failed", server:trigger("receipt", JANE, { key = "wrong" }))
  end)

  it("401 for a revoked key", function()
    local key = server:herald("key", "create", "--name", "short", "--scope", "trigger"):match "%S+"
    assert.equal(202, server:trigger("receipt", JANE, { key = key }).status)
    server:herald("key", "revoke", "short")
    assert_error(401, "authentication-failed", server:trigger("receipt", JANE, { key = key }))
  end)

  it("403 scope-missing", function()
    local key = server:herald("key", "create", "--name", "reader", "--scope", "read"):match "%S+"
    assert_error(403, "scope-missing", server:trigger("receipt", JANE, { key = key }))
    assert_error(403, "scope-missing", server:curl("/reload", { method = "POST", key = key }))
  end)

  it("takes a key as x-api-key too", function()
    local answer = server:trigger("receipt", JANE, { key = false, headers = { ["x-api-key"] = server.key } })
    assert.equal(202, answer.status, answer.text)
  end)

  it("404 not-found and 405 method-not-allowed", function()
    assert_error(404, "not-found", server:curl "/nothing/here")
    assert_error(404, "not-found", server:curl "/im/executions/unitary/0123456789abcdef")
    local answer = assert_error(405, "method-not-allowed", server:curl("/im/executions/unitary", { method = "DELETE" }))
    assert.matches("POST", answer.headers.allow, 1, true)
  end)

  it("409 request-id-reused with another body; the same body gets the same answer", function()
    local first = server:trigger("receipt", { userId = "twice@example.com", context = { number = 4 } }, { request_id = "once-only" })
    local again = server:trigger("receipt", { userId = "twice@example.com", context = { number = 4 } }, { request_id = "once-only" })
    assert.equal(202, first.status, first.text)
    assert.equal(202, again.status)
    assert.equal(first.json.executionId, again.json.executionId)
    assert.same(first.json, again.json)
    assert.is_nil(first.headers["idempotency-replay"])
    assert.equal("true", again.headers["idempotency-replay"])
    assert_error(409, "request-id-reused", server:trigger("receipt", JANE, { request_id = "once-only" }))
  end)

  it("413 body-too-large for 9 MB", function()
    assert_error(413, "body-too-large", unitary(("x"):rep(9 * 1000 * 1000)))
    assert_error(413, "body-too-large", unitary(("x"):rep(9 * 1000 * 1000), { headers = { ["Transfer-Encoding"] = "chunked" } }))
  end)

  it("415 unsupported-media-type", function()
    assert_error(415, "unsupported-media-type", unitary("<x/>", { headers = { ["Content-Type"] = "application/xml" } }))
  end)

  it("429 rate-limited above the rate of a key, with the time to wait", function()
    local limited <close> = daemon.start { arguments = { "--workers", "1" }, values = { SMTP = mail.url }, files = {
      ["herald.lua"] = 'return { activation = "automatic", limits = { rate = "1/min" } }',
    } }
    assert.equal(202, limited:trigger("receipt", JANE).status)
    local answer = assert_error(429, "rate-limited", limited:trigger("receipt", JANE))
    local seconds = tonumber(answer.headers["retry-after"])
    assert.is_true(seconds > 50 and seconds <= 60, answer.headers["retry-after"])
    assert.equal(200, limited:curl("/status").status)
    limited:herald("trigger", "receipt", "--user", "local@example.com", "--context", "number:=1")
  end)

  it("503 storage-unavailable when the disk takes no more, and goes on when it does", function()
    local pid = server.process.pid
    assert(os.execute(("LD_PRELOAD= prlimit --pid %d --fsize=1:unlimited"):format(pid)))
    local answer = server:trigger("receipt", { userId = "disk@example.com", context = { number = 5 } })
    assert(os.execute(("LD_PRELOAD= prlimit --pid %d --fsize=unlimited:unlimited"):format(pid)))
    assert_error(503, "storage-unavailable", answer)
    assert.is_string(answer.headers["retry-after"])
    daemon.wait_for(function()
      return server:trigger("receipt", { userId = "disk@example.com", context = { number = 6 } }).status == 202
    end, "a 202 once there is room again")
    assert.same({ "6" }, mail:message_to("disk@example.com").values)
  end)

  it("echoes x-request-id, or makes one", function()
    assert.equal("abc-1", server:curl("/im/health", { headers = { ["x-request-id"] = "abc-1" } }).headers["x-request-id"])
    assert.matches("%S", server:curl("/im/health").headers["x-request-id"])
  end)

  it("is the same below /ajo", function()
    local answer = server:curl("/ajo/im/executions/unitary", { method = "POST", body = "{" })
    assert_error(400, "invalid-json", answer)
  end)
end)
