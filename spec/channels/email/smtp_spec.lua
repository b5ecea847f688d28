local certificates = require "spec.support.certificates"
local channels = require "spec.support.channels"
local cjson = require "cjson"
local clock = require "herald.clock"
local crypto = require "herald.crypto"
local mail = require "spec.support.mail"
local process = require "spec.support.process"
local transfer = require "herald.transfer"

describe("the smtp provider", function()
  local smtp = channels.load "email/smtp"
  local servers = {}
  local client, tools

  before_each(function()
    client = transfer.new {}
    tools = channels.tools(clock.manual(1795946400000), client)
  end)

  after_each(function()
    client:close()
    for i = #servers, 1, -1 do
      servers[i]:stop()
      servers[i] = nil
    end
  end)

  local function start(...)
    local server = process.start { "/usr/bin/python3", "spec/support/smtp_server.py", ... }
    servers[#servers + 1] = server
    return server, "smtp://127.0.0.1:" .. server:line()
  end

  local function surface(url, more)
    local settings = { url = url, timeout = "5 seconds" }
    for name, value in pairs(more or {}) do settings[name] = value end
    return channels.surface(smtp, settings)
  end

  local function message(more)
    local fields = {
      id = "00000000000000a1", address = "jane@example.com", date = 1795946400000, from = "Shop <shop@example.com>",
      subject = "Grüße", text = "Hello Jane", html = "<p>Hello Jane</p>",
    }
    for name, value in pairs(more or {}) do fields[name] = value end
    return fields
  end

  it("sends a message and keeps the server's answer", function()
    local server, url = start()
    local outcome = smtp.send(surface(url), message(), tools)
    assert.same({ state = "sent", code = "250", answer = "2.0.0 Ok: queued as 0001" }, outcome)
    local got = cjson.decode(server:line())
    assert.equal("shop@example.com", got.from)
    assert.same({ "jane@example.com" }, got.to)
    local read = mail.read(crypto.unbase64(got.data))
    assert.equal("Grüße", read.header.subject)
    assert.matches("00000000000000a1", read.header["message-id"], 1, true)
  end)

  it("takes the envelope's sender from the surface where it says so", function()
    local server, url = start()
    assert.equal("sent", smtp.send(surface(url, { envelope_from = "bounces@example.com" }), message(), tools).state)
    assert.equal("bounces@example.com", cjson.decode(server:line()).from)
  end)

  it("fails without a sender", function()
    local outcome = smtp.send(surface "smtp://127.0.0.1:9", message { from = false }, tools)
    assert.equal("failed", outcome.state)
    assert.equal("no-sender", outcome.code)
  end)

  it("tells what is final from what may work later", function()
    local _, url = start()
    local function outcome(address) return smtp.send(surface(url), message { address = address }, tools) end
    local hard = outcome "reject-550@example.com"
    assert.same({ "bounced", "hard", "5.1.1" }, { hard.state, hard.reason, hard.code })
    assert.matches("no such user here", hard.answer, 1, true)
    local soft = outcome "fail-554@example.com"
    assert.same({ "bounced", "soft", "5.7.1" }, { soft.state, soft.reason, soft.code })
    assert.same({ "retry", "4.1.1" }, { outcome("reject-451@example.com").state, outcome("reject-451@example.com").code })
  end)

  it("asks for a retry when the server cannot be reached or refuses the login", function()
    local server, url = start()
    server:stop()
    local outcome = smtp.send(surface(url), message(), tools)
    assert.same({ "retry", "connect" }, { outcome.state, outcome.code })
    local _, guarded = start("--tls", "starttls", "--certificate", certificates.path "rsa.crt", "--key", certificates.path "rsa.key",
      "--user", "shop", "--password", "right")
    local refused = smtp.send(surface(guarded, { user = "shop", password = "wrong", tls = "required", ca_file = certificates.path "ca.crt" }),
      message(), tools)
    assert.same({ "retry", "auth" }, { refused.state, refused.code })
    assert.is_nil(refused.answer:find("wrong", 1, true))
  end)
end)
