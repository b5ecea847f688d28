-- Endpoints of the project and events on the built daemon: over sockets and TLS, in several workers, and after a crash.

local certificates = require "spec.support.certificates"
local crypto = require "herald.crypto"
local daemon = require "spec.support.daemon"
local process = require "spec.support.process"
local sink = require "spec.support.sink"
local tokens = require "spec.support.tokens"

local ECHO = [[return campaign {
  id = "echo", channel = "email", surface = "mail", namespace = "email", message = { subject = "echo", text = "[{{context.number}}]" },
  on_event = function(event)
    if event.kind ~= "clicked" then return end
    event:trigger("receipt", { recipients = { { userId = "heard@example.com", namespace = "email", context = { number = event.context.number + 1 },
      channelData = { emailAddress = "heard@example.com" } } } })
  end,
}]]

local SIGNED = [[return endpoint { path = "/hooks/signed", handle = function() return 200, { status = "taken" } end,
  authenticate = endpoint.hmac { header = "X-Sign", secret = secret "HOOK", timestamp_header = "X-Time" } }]]

describe("the daemon's endpoints", function()
  local mail, server, issuer

  setup(function()
    mail = sink.start()
    issuer = process.start { "/usr/bin/python3", "spec/support/http_sink.py", "--answer", "/jwks", "200",
      tokens.set { tokens.jwk("ec", { kid = "e" }) } }
    server = daemon.start {
      values = { SMTP = mail.url, ISSUER = "http://127.0.0.1:" .. issuer:line():match "%d+" },
      arguments = { "--workers", "2" }, environment = { HOOK = "shared" },
      files = {
        ["herald.lua"] = 'return { listen = "127.0.0.1:0", activation = "automatic", http = { allow = { "127.0.0.1" } }, limits = { body_time = "1 second" } }',
        ["campaigns/echo.lua"] = ECHO, ["endpoints/signed.lua"] = SIGNED,
        ["endpoints/small.lua"] = [[return endpoint { path = "/hooks/small", body = "1 kB", authenticate = endpoint.none,
          handle = function(request) return 200, { bytes = #request.body } end }]],
        ["endpoints/others.lua"] = [[return endpoint { method = "ANY", path = "/hooks/{rest...}", authenticate = endpoint.none,
          handle = function(request) return 200, { bytes = #request.body, rest = request.params.rest } end }]],
        ["endpoints/token.lua"] = [[return endpoint { path = "/hooks/token", authenticate = endpoint.jwt { jwks = "@ISSUER@/jwks" },
          handle = function(request) return 200, { caller = request.caller } end }]],
      },
    }
  end)
  teardown(function()
    server:close()
    issuer:stop()
    mail:close()
  end)

  local function post(path, body, options)
    options = options or {}
    options.method, options.body, options.key = "POST", body, false
    return server:curl(path, options)
  end

  local function misbehave(way)
    return (process.run({ "/usr/bin/python3", "spec/support/misbehave.py", tostring(server.port), server.key, way }, { errors = "output" }):match "%S+")
  end

  it("take bodies up to their own limit, however these come", function()
    assert.equal(1000, post("/hooks/small", ("x"):rep(1000)).json.bytes)
    assert.same({ 413, "body-too-large" }, { post("/hooks/small", ("x"):rep(1001)).status, post("/ajo/hooks/small", ("x"):rep(1001)).code })
    local chunked = { ["Transfer-Encoding"] = "chunked" }
    assert.equal(1000, post("/hooks/small", ("x"):rep(1000), { headers = chunked }).json.bytes)
    assert.equal(413, post("/hooks/small", ("x"):rep(1001), { headers = chunked }).status)
    assert.equal(5000, post("/hooks/other", ("x"):rep(5000)).json.bytes)
    assert.same({ "413", "413", "408" }, { misbehave "hook-announced", misbehave "hook-streamed", misbehave "hook-slow" })
  end)

  it("answer HEAD without a body, and OPTIONS", function()
    local head = server:curl("/hooks/a/b", { key = false, arguments = { "-I" } })
    assert.equal(200, head.status)
    assert.is_nil(head.text:find("{", 1, true)) -- curl puts the head there
    assert.equal("a/b", server:curl("/hooks/a/b", { key = false }).json.rest)
    local options = server:curl("/messages/0000000000000001/events", { method = "OPTIONS", key = false })
    assert.same({ 204, "POST, OPTIONS" }, { options.status, options.headers.allow })
  end)

  it("take a signature once, in whichever worker, and after a crash", function()
    local time = tostring(os.time())
    local headers = { ["X-Sign"] = crypto.hex(crypto.hmac_sha256("shared", time .. ".{}")), ["X-Time"] = time }
    local function statuses(count)
      local seen = {}
      for _ = 1, count do
        local status = post("/hooks/signed", "{}", { headers = headers }).status
        seen[status] = (seen[status] or 0) + 1
      end
      return seen
    end
    assert.same({ [200] = 1, [401] = 5 }, statuses(6))
    server:stop "KILL"
    server:launch()
    assert.same({ [401] = 3 }, statuses(3))
  end)

  it("know tokens by the keys that their issuer publishes", function()
    local claims = { sub = "jane", exp = os.time() + 60 }
    local function status(token) return post("/hooks/token", "{}", { headers = { Authorization = "Bearer " .. token } }) end
    assert.equal("jane", status(tokens.signed("ES256", "ec", claims, { kid = "e" })).json.caller)
    assert.equal(401, status(tokens.signed("RS256", "rsa", claims, { kid = "r" })).status)
  end)

  it("take an event once, on disk when it is answered", function()
    local answer = server:trigger("echo", { userId = "jane@example.com", context = { number = 41 } })
    local execution = server:curl("/im/executions/unitary/" .. answer.json.executionId).json
    local id = (execution.recipients or execution.messages)[1]
    id = id.messageId or id.id
    mail:message_to "jane@example.com"
    server:drain()
    local report = { kind = "clicked", id = "c-1", details = { link = "https://example.com" } }
    local function send() return server:curl("/messages/" .. id .. "/events", { method = "POST", body = report }) end
    assert.is_true(send().json.recorded)
    assert.is_false(send().json.recorded)
    assert.same({ "42" }, mail:message_to("heard@example.com").values)
    server:stop "KILL"
    server:launch()
    assert.is_false(send().json.recorded)
    assert.equal(1, server:curl("/campaigns/echo/reports/global").json.totals.clicks)
    assert.equal(1, #server:curl("/messages?userId=heard@example.com").json.messages)
  end)
end)

describe("the daemon with a CA for its clients", function()
  local mail, server

  setup(function()
    mail = sink.start()
    server = daemon.start {
      values = { SMTP = mail.url }, scheme = "https", ca = certificates.path "ca.crt", arguments = { "--workers", "1" },
      files = {
        ["herald.lua"] = ([[return { listen = "127.0.0.1:0", activation = "automatic", tls = { certificate = %q, key = %q, client_ca = %q } }]]):format(
          certificates.path "rsa.crt", certificates.path "rsa.key", certificates.path "ca.crt"),
        ["endpoints/partner.lua"] = [[return endpoint { method = "GET", path = "/partner", authenticate = endpoint.mtls { names = { "partner.example.com" } },
          handle = function(request) return 200, { caller = request.caller } end }]],
      },
    }
  end)
  teardown(function()
    server:close()
    mail:close()
  end)

  local function get(certificate, key)
    return server:curl("/partner", { key = false, arguments = certificate and
      { "--cert", certificates.path(certificate .. ".crt"), "--key", certificates.path(key .. ".key") } or {} })
  end

  it("lets in whoever has a certificate of the right name", function()
    assert.equal("partner.example.com", get("partner.example.com", "ec").json.caller)
    local other = get("stranger.example.com", "ec")
    assert.equal(401, other.status)
    assert.matches('the name "stranger.example.com"', other.json.detail:gsub("certificate's name", "name"), 1, true)
    assert.equal(0, get("other", "other").status)
    assert.equal(0, get().status)
  end)
end)
