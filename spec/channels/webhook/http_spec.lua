local channels = require "spec.support.channels"
local clock = require "herald.clock"
local crypto = require "herald.crypto"
local fake = require "spec.support.fake"
local transfer = require "herald.transfer"

describe("the webhook's http provider", function()
  local http, webhook = channels.load "webhook/http", channels.load "webhook/init"
  local client, server, tools

  setup(function()
    client = transfer.new {}
    server = fake.start("http", client)
    tools = channels.tools(clock.manual(1795946400000), client)
  end)

  teardown(function()
    server:stop()
    client:close()
  end)

  local function surface(more)
    local settings = { url = server.url .. "/in", timeout = "2 seconds" }
    for name, value in pairs(more or {}) do settings[name] = value end
    return channels.surface(http, settings)
  end

  local function send(message, where)
    message.id, message.address = "00000000000000a1", "42"
    where = where or surface()
    return http.send(where, webhook.prepare(message, where), tools)
  end

  it("posts JSON to the surface's url", function()
    local outcome = send { body = '{"order":7}' }
    assert.same({ state = "sent", code = "200", answer = "ok" }, outcome)
    local request = server:requests()[1]
    assert.equal("POST", request.method)
    assert.equal("/in", request.path)
    assert.equal('{"order":7}', request.body)
    assert.equal("application/json", request.headers["content-type"])
    assert.equal("00000000000000a1", request.headers["idempotency-key"])
  end)

  it("uses the message's own method, url and headers", function()
    send({ method = "PUT", url = server.url .. "/other?x=1", headers = { ["X-One"] = "m" }, body = "{}" },
      surface { headers = { ["X-One"] = "s", ["X-Two"] = "s" } })
    local request = server:requests()[1]
    assert.equal("PUT", request.method)
    assert.equal("/other?x=1", request.path)
    assert.equal("m", request.headers["x-one"])
    assert.equal("s", request.headers["x-two"])
  end)

  it("signs what it sends", function()
    send({ body = '{"a":1}' }, surface { hmac_secret = "shared", hmac_header = "X-Signature" })
    local headers = server:requests()[1].headers
    assert.equal("1795946400", headers["x-herald-timestamp"])
    assert.equal("sha256=" .. crypto.hex(crypto.hmac_sha256("shared", '1795946400.{"a":1}')), headers["x-signature"])
  end)

  for status, state in pairs {
    [201] = "sent", [204] = "sent", [301] = "failed", [400] = "failed", [404] = "failed", [410] = "failed", [422] = "failed",
    [408] = "retry", [425] = "retry", [429] = "retry", [500] = "retry", [502] = "retry", [503] = "retry",
  } do
    it(("takes %d as %s"):format(status, state), function()
      server:will_answer { status = status }
      local outcome = send { body = "{}" }
      assert.equal(state, outcome.state)
      assert.equal(tostring(status), outcome.code)
    end)
  end

  it("waits as long as it is told to, and keeps little of a long answer", function()
    server:will_answer { status = 503, headers = { ["Retry-After"] = "120" }, body = ("é"):rep(1000) }
    local outcome = send { body = "{}" }
    assert.equal(120000, outcome.retry_after_ms)
    assert.is_true(#outcome.answer < 320)
    assert.is_truthy(utf8.len(outcome.answer))
  end)

  it("gives up at once where the url can never work", function()
    for _, url in ipairs { "http://[::1/", "http://127.0.0.1:99999/", "http://a b/", "http://user:pass@127.0.0.1/" } do
      local outcome = send { body = "{}", url = url }
      assert.equal("failed", outcome.state, url)
      assert.equal("invalid-request", outcome.code, url)
    end
  end)

  it("takes a scheme in any letters", function()
    assert.equal("sent", send({ body = "{}", url = (server.url:gsub("^http", "HTTP")) .. "/in" }).state)
  end)

  it("tries again when nobody answers, and refuses what is no url", function()
    assert.equal("retry", send({ body = "{}", url = "http://127.0.0.1:1/" }).state)
    assert.same({ "failed", "invalid-url" }, { send({ url = "file:///etc/passwd" }).state, send({ url = "x" }).code })
  end)
end)
