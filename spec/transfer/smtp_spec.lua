local certificates = require "spec.support.certificates"
local cjson = require "cjson"
local crypto = require "herald.crypto"
local loop = require "herald.loop"
local process = require "spec.support.process"
local transfer = require "herald.transfer"

local servers = {}

local function serve(...)
  local server = process.start { "/usr/bin/python3", ... }
  servers[#servers + 1] = server
  return server, math.tointeger(tonumber(server:line()))
end

local function mail_server(...)
  local server, port = serve("spec/support/smtp_server.py", ...)
  return "smtp://127.0.0.1:" .. port, server
end

local function scripted(...)
  return ("smtp://127.0.0.1:%d"):format(select(2, serve("spec/support/scripted_server.py", ...)))
end

local function taken(server)
  local mail = cjson.decode(server:line())
  mail.data = crypto.unbase64(mail.data)
  return mail
end

local DATA = "From: shop@example.com\r\nSubject: Hello\r\n\r\nA line\r\n.\r\n..two dots\r\n.end\r\n"
local TLS = { "--certificate", certificates.path "rsa.crt", "--key", certificates.path "rsa.key" }
local LOGIN = { "--user", "jane", "--password", "pass word" }

local EHLO = { "send:220 ready\\r\\n", "line", "send:250-hello\\r\\n250 PIPELINING\\r\\n" }
local ENVELOPE = { "line", "line", "line", "send:250 ok\\r\\n250 ok\\r\\n354 go\\r\\n", "data", "send:250 taken\\r\\n" }

local function words(...)
  local all = {}
  for _, list in ipairs { ... } do table.move(list, 1, #list, #all + 1, all) end
  return table.unpack(all)
end

describe("herald.transfer over SMTP", function()
  local client

  before_each(function() client = transfer.new {} end)

  after_each(function()
    client:close()
    for i = #servers, 1, -1 do
      servers[i]:stop()
      servers[i] = nil
    end
  end)

  local function mail(url, more)
    local request = { url = url, from = "shop@example.com", to = { "jane@example.com" }, data = DATA, ca_file = certificates.path "ca.crt" }
    for name, value in pairs(more or {}) do request[name] = value end
    return client:smtp(request)
  end

  local function fails(code, url, more)
    local answer, message, got, reply = mail(url, more)
    assert.is_nil(answer)
    assert.equal(code, got, message)
    return message, reply
  end

  it("hands over the message, byte for byte, and returns the reply", function()
    local url, server = mail_server()
    local answer = assert(mail(url, { helo = "herald.example.com" }))
    assert.equal(250, answer.code)
    assert.equal("2.0.0 Ok: queued as 0001", answer.answer)
    local got = taken(server)
    assert.equal("shop@example.com", got.from)
    assert.same({ "jane@example.com" }, got.to)
    assert.equal(DATA, got.data)
    assert.equal("herald.example.com", got.helo)
    assert.is_false(got.tls)
  end)

  it("takes several recipients, the null reverse-path and a long message", function()
    local url, server = mail_server()
    local data = "Subject: Long\r\n\r\n" .. (("."):rep(70) .. "\r\n"):rep(20000)
    assert(mail(url, { from = "", to = { "a@example.com", "b@example.com" }, data = data }))
    local got = taken(server)
    assert.equal("<>", got.from)
    assert.same({ "a@example.com", "b@example.com" }, got.to)
    assert.equal(crypto.hex(crypto.sha256(data)), got.sha256)
  end)

  it("uses one connection again for 300 messages, one after the other", function()
    local url, server = mail_server()
    for i = 1, 300 do
      assert(mail(url, { data = "Subject: " .. i .. "\r\n\r\n" }))
      local got = taken(server)
      assert.equal(1, got.session)
      assert.equal("Subject: " .. i .. "\r\n\r\n", got.data)
    end
  end)

  it("opens no more connections at once than it may", function()
    client:close()
    client = transfer.new { connections = 3 }
    local url, server = mail_server()
    local done = 0
    for _ = 1, 60 do
      loop.spawn(function()
        assert(mail(url))
        done = done + 1
      end)
    end
    loop.run_until_idle()
    assert.equal(60, done)
    local sessions = {}
    for _ = 1, 60 do sessions[taken(server).session] = true end
    assert.equal(3, #sessions)
  end)

  it("speaks TLS from the start and by STARTTLS", function()
    local implicit, implicit_server = mail_server("--tls", "implicit", words(TLS))
    assert(mail((implicit:gsub("^smtp", "smtps"))))
    assert.is_true(taken(implicit_server).tls)
    local url, server = mail_server("--tls", "starttls", words(TLS))
    for _, tls in ipairs { "required", "opportunistic" } do
      assert(mail(url, { tls = tls }))
      assert.is_true(taken(server).tls)
    end
    client:close()
    client = transfer.new {}
    assert(mail(url, { tls = "none" }))
    assert.is_false(taken(server).tls)
  end)

  it("checks the certificate where TLS is required, not where it is opportunistic", function()
    local implicit = mail_server("--tls", "implicit", words(TLS)):gsub("^smtp", "smtps")
    fails("tls", implicit, { ca_file = certificates.path "other-ca.crt", tls = "opportunistic" })
    local url, server = mail_server("--tls", "starttls", words(TLS))
    fails("tls", url, { ca_file = certificates.path "other-ca.crt", tls = "required" })
    assert(mail(url, { ca_file = certificates.path "other-ca.crt", tls = "opportunistic" }))
    assert.is_true(taken(server).tls)
    local other = mail_server("--tls", "starttls", "--certificate", certificates.path "other.crt", "--key", certificates.path "other.key")
    fails("tls", other, { tls = "required" })
  end)

  it("sends nothing where TLS is required and not offered", function()
    local url, server = mail_server()
    fails("tls", url, { tls = "required" })
    assert(mail(url, { tls = "opportunistic" }))
    assert.is_false(taken(server).tls)
  end)

  it("logs in by what the server offers", function()
    for _, mechanism in ipairs { "PLAIN", "LOGIN" } do
      local url, server = mail_server("--tls", "starttls", "--mechanisms", mechanism, words(TLS, LOGIN))
      assert(mail(url, { user = "jane", password = "pass word", tls = "required" }))
      local got = taken(server)
      assert.equal("jane", got.user)
      assert.equal(mechanism, got.mechanism)
    end
  end)

  it("says when the login is refused, without the password", function()
    local url = mail_server("--tls", "starttls", words(TLS, LOGIN))
    local message = fails("auth", url, { user = "jane", password = "wrong-secret", tls = "required" })
    assert.is_nil(message:find("wrong-secret", 1, true))
    fails("rejected", url, { tls = "required" })
  end)

  it("shows a password to nobody without TLS, unless it is told to", function()
    local url, server = mail_server(words(LOGIN))
    fails("tls", url, { user = "jane", password = "pass word" })
    fails("tls", url, { user = "jane", password = "pass word", tls = "opportunistic" })
    assert(mail(url, { user = "jane", password = "pass word", tls = "none" }))
    assert.equal("jane", taken(server).user)
  end)

  it("returns the reply that refuses, and goes on with the next message", function()
    local url, server = mail_server()
    for _, case in ipairs { { "reject-550", 550 }, { "reject-451", 451 }, { "fail-554", 554 }, { "fail-452", 452 } } do
      local message, reply = fails("rejected", url, { to = { case[1] .. "@example.com" } })
      assert.equal(case[2], reply)
      assert.matches(("^%d %d%%.[17]%%.1 "):format(case[2], case[2] // 100), message)
      if case[1]:find "^fail" then taken(server) end
    end
    local message = fails("rejected", url, { to = { "jane@example.com", "reject-550@example.com" } })
    assert.matches("<reject%-550@example.com>: no such user here", message)
    assert(mail(url))
    assert.same({ "jane@example.com" }, taken(server).to)
  end)

  it("keeps the connection when a recipient is refused", function()
    for _, option in ipairs { "--pipelining", "--size=1000" } do
      local url, server = mail_server(option)
      for _, to in ipairs { { "jane@example.com" }, { "a@example.com", "b@example.com" } } do
        assert(mail(url, { to = to }))
        assert.equal(1, taken(server).session)
        fails("rejected", url, { to = { "reject-550@example.com" } })
        fails("rejected", url, { to = { "jane@example.com", "reject-450@example.com" } })
        fails("rejected", url, { to = { "fail-554@example.com" } })
        assert.equal(1, taken(server).session)
      end
    end
  end)

  it("sends a whole envelope at once where the server pipelines, and one command after the other elsewhere", function()
    local server, port = serve("spec/support/scripted_server.py", words(EHLO, ENVELOPE))
    local answer = assert(mail("smtp://127.0.0.1:" .. port, { helo = "herald" }))
    assert.equal("taken", answer.answer)
    for _, line in ipairs { "EHLO herald", "MAIL FROM:<shop@example.com>", "RCPT TO:<jane@example.com>", "DATA" } do
      assert.equal(line .. "\r\n", cjson.decode(server:line()))
    end
    local url, other = mail_server()
    assert(mail(url))
    assert.equal(DATA, taken(other).data)
  end)

  it("sends nobody an empty message when DATA is accepted for nobody", function()
    local url = scripted(words(EHLO, { "line", "line", "line", "send:250 ok\\r\\n550 5.1.1 nobody\\r\\n354 go\\r\\n", "data",
      "send:554 no recipients\\r\\n", "line", "send:250 reset\\r\\n" }, ENVELOPE))
    local message = fails("rejected", url)
    assert.equal("550 5.1.1 nobody", message)
    assert(mail(url))
  end)

  it("sends over another connection what one that was idle lost", function()
    for _, goodbye in ipairs { "reset", "send:421 4.4.2 idle\\r\\n" } do
      local url = scripted(words(EHLO, ENVELOPE, { goodbye }))
      for _ = 1, 3 do assert(mail(url)) end
    end
    local url = scripted(words(EHLO, ENVELOPE, { "line", "line", "line", "send:421 4.4.2 idle\\r\\n" }))
    for _ = 1, 3 do assert(mail(url)) end
  end)

  it("says when the connection is lost behind the message", function()
    local url = scripted(words(EHLO, ENVELOPE, { "line", "line", "line", "send:250 ok\\r\\n250 ok\\r\\n354 go\\r\\n", "data" }))
    assert(mail(url))
    fails("connect", url)
  end)

  it("goes on with everything else while a server hangs", function()
    local good = mail_server()
    local refusing = scripted(words(EHLO, { "line", "line", "line", "send:550 no\\r\\n550 no\\r\\n503 no\\r\\n", "hang" }))
    local order = {}
    local function try(name, ...)
      local request = table.pack(...)
      loop.spawn(function()
        mail(table.unpack(request))
        order[#order + 1] = name
      end)
    end
    try("hangs", scripted "hang", { timeout_ms = 700 })
    fails("rejected", refusing)
    try("goes on", good)
    try("goes on", good)
    client:http { url = "http" .. good:sub(5), timeout_ms = 200 }
    loop.run_until_idle()
    assert.same({ "goes on", "goes on", "hangs" }, order)
  end)

  it("takes nothing from before TLS for something from behind it", function()
    local url = scripted("send:220 ready\\r\\n", "line", "send:250-hello\\r\\n250 STARTTLS\\r\\n", "line", "send:220 go\\r\\n250 hello\\r\\n", "hang")
    fails("protocol", url, { tls = "required" })
    fails("protocol", url)
  end)

  it("sends nothing in the clear where STARTTLS is offered and fails", function()
    local url = scripted("send:220 ready\\r\\n", "line", "send:250-hello\\r\\n250 STARTTLS\\r\\n", "line", "send:454 not now\\r\\n", "hang")
    fails("tls", url)
    fails("tls", (scripted("send:220 ready\\r\\n", "line", "send:250-hello\\r\\n250 STARTTLS\\r\\n", "line", "send:220 go\\r\\n", "send:what?", "hang")))
  end)

  it("reads authorities again when their file has changed, and says what is wrong with them", function()
    local url = mail_server("--tls", "starttls", words(TLS))
    local path = os.tmpname()
    local function write(text)
      local file = assert(io.open(path, "w"))
      file:write(text)
      file:close()
    end
    write(certificates.read "other-ca.crt")
    local message = fails("tls", url, { tls = "required", ca_file = path })
    assert.matches("not correctly signed by the trusted CA", message)
    write(certificates.read "ca.crt" .. "\n")
    assert(mail(url, { tls = "required", ca_file = path }))
    os.remove(path)
    assert.matches(path, fails("tls", mail_server("--tls", "starttls", words(TLS)), { tls = "required", ca_file = path }), 1, true)
  end)

  it("finds a server by its name, and checks that its certificate is for it", function()
    local url, server = mail_server("--tls", "starttls", words(TLS))
    assert(mail((url:gsub("127%.0%.0%.1", "localhost")), { tls = "required" }))
    assert.is_true(taken(server).tls)
    fails("tls", (url:gsub("127%.0%.0%.1", "127.1")), { tls = "required" })
  end)

  it("takes long replies, not endless ones", function()
    local greeting = ("220-" .. ("x"):rep(1000) .. "\\r\\n"):rep(50) .. "220 ready\\r\\n"
    assert(mail(scripted("send:" .. greeting, words({ "line", "send:250-hello\\r\\n250 PIPELINING\\r\\n" }, ENVELOPE))))
    fails("protocol", scripted("send:220 " .. ("x"):rep(5000), "hang"))
    fails("protocol", scripted("send:" .. ("220-x\\r\\n"):rep(200), "hang"))
  end)

  it("sends addresses outside of ASCII to servers that take them", function()
    local url, server = mail_server "--pipelining"
    assert(mail(url, { to = { "jäne@example.com" } }))
    assert.same({ "jäne@example.com" }, taken(server).to)
    local _, reply = fails("rejected", scripted(words(EHLO, { "hang" })), { to = { "jäne@example.com" } })
    assert.equal(553, reply)
    fails("invalid-request", url, { to = { "j\xE4ne@example.com" } })
  end)

  it("ends every line by CRLF, so that no server finds an end inside of the message", function()
    local url, server = mail_server()
    assert(mail(url, { data = "Subject: x\n\n\n.\nMAIL FROM:<>" }))
    assert.equal("Subject: x\r\n\r\n\r\n.\r\nMAIL FROM:<>\r\n", taken(server).data)
  end)

  it("counts the time from when a message leaves the queue", function()
    client:close()
    client = transfer.new { connections = 1 }
    local url = scripted "hang"
    local codes = {}
    for i = 1, 3 do
      loop.spawn(function() codes[i] = select(3, mail(url, { timeout_ms = 60 })) end)
    end
    loop.run_until_idle()
    assert.same({ "timeout", "timeout", "timeout" }, codes)
  end)

  it("says when a message is larger than the server takes", function()
    local url = mail_server("--size", "1000")
    local _, reply = fails("rejected", url, { data = ("x"):rep(2000) .. "\r\n" })
    assert.equal(552, reply)
  end)

  it("joins the lines of a reply", function()
    local url = scripted("send:220 ready\\r\\n", "line", "send:250 hello\\r\\n", "line",
      "send:550-5.7.1 first\\r\\n550-5.7.1 second\\r\\n550 5.7.1 third\\r\\n", "line")
    local message, reply = fails("rejected", url)
    assert.equal(550, reply)
    assert.equal("550 5.7.1 first 5.7.1 second 5.7.1 third", message)
  end)

  it("says when nobody answers, or not in time", function()
    local url, server = mail_server()
    server:stop()
    fails("connect", url)
    fails("connect", "smtp://name.invalid", { timeout_ms = 10000 })
    fails("timeout", scripted "hang", { timeout_ms = 50 })
    fails("timeout", scripted("send:220 ready\\r\\n", "line", "send:250 hello\\r\\n", "hang"), { timeout_ms = 50 })
  end)

  it("says when the other side breaks off or talks nonsense", function()
    fails("connect", scripted "reset")
    fails("connect", scripted("send:220 ready\\r\\n", "line"))
    fails("connect", scripted("send:220 ready\\r\\n", "line", "send:250 hello\\r\\n", "line", "send:250 ok\\r\\n", "line",
      "send:250 ok\\r\\n", "line", "send:354 go\\r\\n", "data"))
    fails("protocol", scripted "send:HTTP/1.1 400 Bad Request\\r\\n\\r\\n")
    fails("protocol", scripted("send:HTTP/1.1 400 Bad Request\\r\\n\\r\\n", "hang"))
    local _, reply = fails("rejected", scripted("send:421 4.3.2 closing\\r\\n"))
    assert.equal(421, reply)
  end)

  it("sends nothing that a value could break out of", function()
    local url, server = mail_server()
    for _, more in ipairs {
      { from = "a@example.com>\r\nDATA" }, { from = "a b@example.com" }, { to = { "a@example.com\nRSET" } }, { to = { "" } },
      { to = { "<a@example.com>" } }, { to = { ("a"):rep(400) .. "@example.com" } }, { helo = "a b" }, { helo = "a\r\nRSET" },
      { helo = "a/b" },
      { url = "http://127.0.0.1/" }, { url = "smtp://user:pass@127.0.0.1/" }, { url = "smtp://127.0.0.1 /" }, { url = "127.0.0.1:25" },
    } do
      fails("invalid-request", url, more)
    end
    server:stop()
    assert.is_nil(server:line())
  end)

  it("can be cancelled by closing the client", function()
    local url = scripted "hang"
    local codes = {}
    for i = 1, 12 do
      loop.spawn(function() codes[i] = select(3, mail(url)) end)
    end
    loop.poll()
    client:close()
    loop.run_until_idle()
    assert.equal(12, #codes)
    for _, code in ipairs(codes) do assert.equal("cancelled", code) end
  end)

  it("can be closed by whoever gets a result", function()
    local url = mail_server "--pipelining"
    local codes = {}
    for i = 1, 12 do
      loop.spawn(function()
        codes[i] = select(3, mail(url)) or "done"
        client:close()
      end)
    end
    loop.run_until_idle()
    table.sort(codes)
    assert.equal("cancelled", codes[1])
    assert.equal("done", codes[12])
  end)

  it("raises for what is misused", function()
    for _, more in ipairs { { url = 5 }, { to = "a@example.com" }, { to = {} }, { to = { 5 } }, { to = { "a\0b" } }, { from = {} },
      { data = 5 }, { tls = "maybe" }, { timeout_ms = 0 }, { port = 25 } } do
      assert.has_error(function() mail("smtp://127.0.0.1:9", more) end)
    end
    assert.has_error(function() client:smtp { url = "smtp://127.0.0.1", from = "a@example.com", to = { "b@example.com" } } end)
    client:close()
    assert.has_error(function() mail "smtp://127.0.0.1:9" end, "calling 'smtp' on bad self (the client is closed)")
  end)
end)
