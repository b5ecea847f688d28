-- From one API call to the message at the other end, over HTTP and HTTPS.

local certificates = require "spec.support.certificates"
local daemon = require "spec.support.daemon"
local sink = require "spec.support.sink"

describe("a trigger", function()
  local mail, server

  setup(function()
    mail = sink.start()
    server = daemon.start { values = { SMTP = mail.url } }
  end)
  teardown(function()
    server:close()
    mail:close()
  end)

  local function trigger_raw(user, context)
    return server:curl("/im/executions/unitary", { body = ([[{"requestId":"raw-%s","campaignId":"receipt","recipients":[
      {"type":"aep","userId":"%s","namespace":"email","channelData":{"emailAddress":"%s"},"context":%s}]}]]):format(user, user, user, context) })
  end

  it("answers 202 with the execution, and its message arrives", function()
    local answer = server:trigger("receipt", { userId = "jane@example.com", context = { number = "seven" } })
    assert.equal(202, answer.status, answer.text)
    for _, name in ipairs { "executionId", "requestId", "createdAt", "createdBy", "modifiedAt", "modifiedBy" } do
      assert.is_string(answer.json[name], name)
    end
    assert.matches("^%d%d%d%d%-%d%d%-%d%dT%d%d:%d%d:%d%d%.%d%d%dZ$", answer.json.createdAt)
    local message = mail:message_to "jane@example.com"
    assert.equal("Number seven", message.subject)
    assert.same({ "seven" }, message.values)
    assert.matches("^<[^<>%s]+@[^<>%s]+>$", message.id)
  end)

  it("tells what became of it", function()
    local answer = server:trigger("receipt", { userId = "told@example.com", context = { number = 1 } })
    mail:message_to "told@example.com"
    server:drain()
    local execution = server:curl("/im/executions/unitary/" .. answer.json.executionId)
    assert.equal(200, execution.status, execution.text)
    assert.equal("sent", execution.json.recipients[1].state)
  end)

  it("keeps the very characters of numbers", function()
    for i, number in ipairs { "1e400", "10.50", "9007199254740993", "-0", "1E+2", "0.1000" } do
      local user = ("number%d@example.com"):format(i)
      local answer = trigger_raw(user, ('{"number":%s}'):format(number))
      assert.equal(202, answer.status, answer.text)
      assert.same({ number }, mail:message_to(user).values)
      assert.equal("Number " .. number, mail:message_to(user).subject)
    end
  end)

  it("carries Unicode, and a NUL without harm", function()
    assert.equal(202, trigger_raw("unicode@example.com", [[{"number":"Zoë \u20ac \ud83d\ude00"}]]).status)
    assert.equal("Number Zoë € 😀", mail:message_to("unicode@example.com").subject)
    local answer = trigger_raw("nul@example.com", [[{"number":"a\u0000b"}]])
    assert.is_true(answer.status == 202 or answer.status == 400, answer.text)
    assert.equal(200, server:curl("/im/health").status)
  end)

  it("lets no value make a header", function()
    assert.equal(202, trigger_raw("inject@example.com", [[{"number":"x\r\nBcc: all@example.com\r\n\r\nbody"}]]).status)
    local message = mail:message_to "inject@example.com"
    assert.matches("^Number x", message.subject)
    for _, each in ipairs(mail:messages()) do assert.not_equal("all@example.com", each.to) end
  end)

  it("executes once when the same requestId comes many times at once", function()
    local body = server.folder .. "/same.json"
    local file = assert(io.open(body, "w"))
    file:write [[{"requestId":"at-once","campaignId":"receipt","recipients":[{"type":"aep","userId":"same@example.com",
      "namespace":"email","channelData":{"emailAddress":"same@example.com"},"context":{"number":1}}]}]]
    file:close()
    local urls = {}
    for _ = 1, 20 do urls[#urls + 1] = server.url .. "/im/executions/unitary" end
    local pipe = assert(io.popen(("LD_PRELOAD= curl -sS -Z --parallel-immediate --parallel-max 20 -H 'Authorization: Bearer %s'"
      .. " -H 'Content-Type: application/json' --data-binary @%s -w '\\n%%{http_code}\\n' %s 2>&1"):format(server.key, body, table.concat(urls, " "))))
    local output = pipe:read "a"
    pipe:close()
    local accepted, ids = 0, {}
    for _ in output:gmatch "\n202\n" do accepted = accepted + 1 end
    for id in output:gmatch '"executionId":%s*"(%x+)"' do ids[id] = true end
    assert.equal(20, accepted, output)
    assert.is_string(next(ids))
    assert.is_nil(next(ids, (next(ids))), "one execution")
    server:drain()
    local count = 0
    for _, message in ipairs(mail:messages()) do
      if message.to == "same@example.com" then count = count + 1 end
    end
    assert.equal(1, count)
  end)

  it("is sent again until the mail server takes it", function()
    mail:refuse()
    assert.equal(202, server:trigger("receipt", { userId = "patient@example.com", context = { number = 8 } }).status)
    daemon.wait_for(function()
      local answer = server:curl "/status"
      return answer.json.outbox.waiting == 1
    end, "the message to wait")
    mail:accept()
    assert.same({ "8" }, mail:message_to("patient@example.com").values)
  end)

  it("is remembered by once() and skipped the second time", function()
    local first = server:trigger("once", { userId = "first@example.com", context = { number = "n1" } })
    local second = server:trigger("once", { userId = "second@example.com", context = { number = "n1" } })
    assert.equal(202, first.status, first.text)
    assert.equal(202, second.status, second.text)
    mail:message_to "first@example.com"
    server:drain()
    local execution = server:curl("/im/executions/unitary/" .. second.json.executionId)
    assert.equal("skipped", execution.json.recipients[1].state, execution.text)
    assert.equal("had it", execution.json.recipients[1].reason, execution.text)
  end)

  it("that loops for ever fails soon while others go on", function()
    local clock = require("herald.clock").system()
    for _, campaign in ipairs { "endless", "stubborn" } do
      local quickest = math.huge
      -- The quickest of a few, so that a busy machine does not decide; half of it is for the sanitizers and curl's own start.
      for _ = 1, 10 do
        local began = clock:now()
        local answer = server:trigger(campaign, { userId = "loop@example.com" })
        quickest = math.min(quickest, clock:now() - began)
        assert.equal(400, answer.status, answer.text)
        assert.equal("script-error", answer.code)
        if quickest <= 400 then break end
      end
      assert.is_true(quickest <= 400, quickest .. " ms")
      assert.equal(202, server:trigger("receipt", { userId = campaign .. "@example.com", context = { number = 1 } }).status)
    end
  end)

  it("shows in the reports and metrics", function()
    server:drain()
    local report = server:curl "/campaigns/receipt/reports/live"
    assert.equal(200, report.status, report.text)
    local metrics = server:curl "/metrics"
    assert.equal(200, metrics.status)
    assert.matches("herald_", metrics.text, 1, true)
  end)
end)

describe("a trigger over HTTPS", function()
  it("arrives, and the certificate can be changed without a restart", function()
    local mail <close> = sink.start()
    local folder = certificates.folder()
    local tls = [[return { listen = "127.0.0.1:0", activation = "automatic", tls = { certificate = "server.crt", key = "server.key" } }]]
    local function install(server, name)
      for _, kind in ipairs { "crt", "key" } do
        assert(os.execute(("LD_PRELOAD= cp %s/%s.%s %s/project/server.%s"):format(folder, name, kind, server, kind)))
      end
    end
    local server <close> = daemon.start {
      values = { SMTP = mail.url }, scheme = "https", ca = folder .. "/ca.crt",
      files = { ["herald.lua"] = tls, ["server.crt"] = certificates.read "rsa.crt", ["server.key"] = certificates.read "rsa.key" },
    }
    local answer = server:trigger("receipt", { userId = "tls@example.com", context = { number = 1 } })
    assert.equal(202, answer.status, answer.text .. answer.error)
    assert.same({ "1" }, mail:message_to("tls@example.com").values)

    local function kind()
      local pipe = assert(io.popen(("LD_PRELOAD= openssl s_client -connect 127.0.0.1:%s </dev/null 2>/dev/null | LD_PRELOAD= openssl x509 -noout -text")
        :format(server.port)))
      local text = pipe:read "a"
      pipe:close()
      return text:find("id-ecPublicKey", 1, true) and "ec" or text:find("rsaEncryption", 1, true) and "rsa"
    end
    assert.equal("rsa", kind())
    install(server.folder, "ec")
    server:herald "reload"
    daemon.wait_for(function() return kind() == "ec" end, "the new certificate")
    assert.equal(202, server:trigger("receipt", { userId = "tls2@example.com", context = { number = 2 } }).status)

    install(server.folder, "other")
    assert(io.open(server.folder .. "/project/server.key", "w")):close()
    assert.not_equal(0, select(2, server:try_herald "reload"))
    assert.equal("ec", kind())
  end)
end)
