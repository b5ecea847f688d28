-- What scripts reach over HTTP in production: real requests to a server on this machine, which the settings allow or do not.
local fake = require "spec.support.fake"
local outsides = require "herald.outside"
local transfer = require "herald.transfer"

describe("the world outside of scripts", function()
  local client, server

  setup(function()
    client = transfer.new {}
    server = fake.start("http", client)
  end)

  teardown(function()
    server:stop()
    client:close()
  end)

  local function ask(url, allow, response)
    local settings = { http = { allow = allow or {}, verify = true }, limits = { http = { response = response or 1000 } } }
    local outside = outsides.new { dir = ".", settings = settings }
    return outside.http { url = url, method = "GET", headers = {}, timeout_ms = 5000 }
  end

  local function port() return server.url:match ":(%d+)$" end

  it("is refused addresses of private networks, however they are written", function()
    server:requests()
    for _, host in ipairs { "127.0.0.1", "localhost", "2130706433", "0177.0.0.1", "0x7f.1", "127.1", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0" } do
      local answer, message, code = ask(("http://%s:%s/x"):format(host, port()))
      assert.is_nil(answer)
      assert.equal("forbidden-address", code, host)
      assert.matches("http.allow", message, 1, true)
    end
    for _, host in ipairs { "169.254.169.254", "10.0.0.1", "192.168.0.1", "[fd00::1]", "[fe80::1]" } do
      assert.equal("forbidden-address", select(3, ask(("http://%s/latest"):format(host))), host)
    end
    assert.same({}, server:requests())
  end)

  it("reaches what the project allows, and keeps its connections for it", function()
    assert.equal(200, ask(server.url .. "/a", { "127.0.0.1:" .. port() }).status)
    assert.equal(200, ask(server.url .. "/a", { "127.0.0.0/8" }).status)
    assert.equal(200, ask("http://localhost:" .. port() .. "/a", { "localhost" }).status)
    assert.equal("forbidden-address", select(3, ask(server.url .. "/a", { "127.0.0.1:1" })))
    assert.equal("forbidden-address", select(3, ask(server.url .. "/a", { "localhost" })))
  end)

  it("ends an answer that is too large", function()
    server:will_answer { status = 200, body = ("x"):rep(100000) }
    local answer, message, code = ask(server.url .. "/a", { "127.0.0.1" }, 5000)
    assert.is_nil(answer)
    assert.equal("response-too-large", code)
    assert.matches("larger than 5000 bytes.*limits.http.response", message)
  end)
end)
