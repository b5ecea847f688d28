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

local function sink(...)
  local server, port = serve("spec/support/http_sink.py", ...)
  return "http://127.0.0.1:" .. port, server
end

local function seen(server)
  local request = cjson.decode(server:line())
  request.body = crypto.unbase64(request.body)
  return request
end

describe("herald.transfer over HTTP", function()
  local client

  before_each(function() client = transfer.new {} end)

  after_each(function()
    client:close()
    for i = #servers, 1, -1 do
      servers[i]:stop()
      servers[i] = nil
    end
  end)

  local function fails(code, options)
    local response, message, got = client:http(options)
    assert.is_nil(response)
    assert.equal(code, got, message)
    return message
  end

  it("sends method, headers and body, and returns the answer", function()
    local url, server = sink("--header", "X-Answer: one", "--header", "X-Answer: two")
    local response = assert(client:http { url = url .. "/echo?a=1", method = "PUT", headers = { ["X-Key"] = "v w", Empty = "" },
      body = "a\0b" })
    assert.equal(200, response.status)
    assert.equal("a\0b", response.body)
    assert.equal("one, two", response.headers["x-answer"])
    local request = seen(server)
    assert.equal("PUT", request.method)
    assert.equal("/echo?a=1", request.path)
    assert.equal("v w", request.headers["x-key"])
    assert.equal("", request.headers.empty)
    assert.equal("a\0b", request.body)
    assert.is_nil(request.headers.expect)
    assert.is_nil(request.headers["content-type"])
    assert.matches("^Herald/", request.headers["user-agent"])
  end)

  it("chooses the method by the body", function()
    local url, server = sink()
    for _, case in ipairs { { "GET" }, { "POST", nil, "x" }, { "DELETE", "DELETE" }, { "HEAD", "HEAD" }, { "POST", "POST" }, { "PATCH",
      "PATCH", "y" } } do
      assert(client:http { url = url, method = case[2], body = case[3] })
      local request = seen(server)
      assert.equal(case[1], request.method)
      assert.equal(case[3] or "", request.body)
      assert.equal(case[1] == "POST" and #(case[3] or "") .. "" or request.headers["content-length"], request.headers["content-length"])
    end
  end)

  it("returns every status as an answer, and follows no redirect", function()
    local url, server = sink()
    for _, status in ipairs { 201, 302, 400, 404, 429, 500, 503 } do
      assert.equal(status, client:http({ url = url .. "/status/" .. status }).status)
    end
    local response = client:http { url = url .. "/redirect" }
    assert.equal(302, response.status)
    assert.equal("/echo", response.headers.location)
    assert.equal(204, client:http({ url = url .. "/status/204" }).status)
    server:stop()
  end)

  it("uses one connection again for 1,000 requests, one after the other", function()
    local url, server = sink()
    local connections = {}
    for i = 1, 1000 do
      assert.equal(tostring(i), client:http({ url = url, body = tostring(i) }).body)
      connections[seen(server).connection] = true
    end
    assert.same({ true }, connections)
  end)

  it("opens no more connections at once than it may", function()
    client:close()
    client = transfer.new { connections = 3 }
    local url, server = sink()
    local done = 0
    for _ = 1, 100 do
      loop.spawn(function()
        assert(client:http { url = url })
        done = done + 1
      end)
    end
    loop.run_until_idle()
    assert.equal(100, done)
    local connections = {}
    for _ = 1, 100 do connections[seen(server).connection] = true end
    assert.equal(3, #connections)
  end)

  it("gives up at the deadline", function()
    local url = sink()
    assert.matches("^http://127.0.0.1:%d+: ", fails("timeout", { url = url .. "/hang", timeout_ms = 50 }))
    assert.equal(200, client:http({ url = url .. "/echo" }).status)
  end)

  it("counts the deadline from when a request leaves the queue", function()
    client:close()
    client = transfer.new { connections = 1 }
    local url = sink()
    local codes = {}
    for i = 1, 3 do
      loop.spawn(function() codes[i] = select(3, client:http { url = url .. "/hang", timeout_ms = 30 }) end)
    end
    loop.spawn(function() codes[4] = assert(client:http { url = url }).status end)
    loop.run_until_idle()
    assert.same({ "timeout", "timeout", "timeout", 200 }, codes)
  end)

  it("says when nobody answers", function()
    local url, server = sink()
    server:stop()
    fails("connect", { url = url })
    fails("connect", { url = "http://name.invalid/", timeout_ms = 10000 })
  end)

  it("says when the other side breaks off or talks nonsense", function()
    local function scripted(...) return ("http://127.0.0.1:%d/"):format(select(2, serve("spec/support/scripted_server.py", ...))) end
    fails("connect", { url = scripted "head" })
    fails("connect", { url = scripted "reset" })
    fails("connect", { url = scripted("head", "send:HTTP/1.1 200 OK\\r\\nContent-Length: 10\\r\\n\\r\\nshort") })
    fails("connect", { url = scripted("head", "send:HTTP/1.1 200 OK\\r\\nContent-Le") })
    fails("protocol", { url = scripted("head", "send:220 mail.example ESMTP\\r\\n") })
    fails("protocol", { url = scripted("head", "send:\\x00\\x01\\x02\\r\\n\\r\\n") })
    fails("protocol", { url = scripted("head", "send:HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\nzz\\r\\n") })
    fails("timeout", { url = scripted("head", "send:HTTP/1.1 200 OK\\r\\nContent-Length: 10\\r\\n\\r\\nshort", "hang"), timeout_ms = 50 })
    fails("timeout", { url = scripted "hang", timeout_ms = 50 })
  end)

  it("ends the answer's head anew after an interim one", function()
    local _, port = serve("spec/support/scripted_server.py", "head",
      "send:HTTP/1.1 103 Early Hints\\r\\nX-A: early\\r\\n\\r\\nHTTP/1.1 200 OK\\r\\nX-B: b\\r\\nContent-Length: 2\\r\\n\\r\\nok")
    local response = assert(client:http { url = ("http://127.0.0.1:%d/"):format(port) })
    assert.equal(200, response.status)
    assert.same({ ["x-b"] = "b", ["content-length"] = "2" }, response.headers)
  end)

  it("bounds the answer", function()
    local url = sink()
    assert.equal(1 << 20, #client:http({ url = url .. "/big/1048576" }).body)
    assert.matches("larger than 1048576", fails("too-large", { url = url .. "/big/1048577" }))
    assert.equal(10, #client:http({ url = url .. "/big/10", response_most = 10 }).body)
    fails("too-large", { url = url .. "/big/11", response_most = 10 })
  end)

  it("sends nothing that a value could break out of", function()
    local url, server = sink()
    for _, headers in ipairs {
      { ["X-A"] = "a\r\nX-B: b" }, { ["X-A"] = "a\nb" }, { ["X-A"] = "a\0b" }, { ["X-A\r\nX-B"] = "b" }, { ["X A"] = "b" },
      { [""] = "b" }, { ["X-A:"] = "b" },
      { ["Content-Length"] = "5" }, { ["transfer-encoding"] = "chunked" }, { Connection = "close" }, { ["X-A"] = ("x"):rep(16385) },
    } do
      fails("invalid-request", { url = url, headers = headers })
    end
    for _, bad in ipairs {
      "", "x", "/path", "ftp://127.0.0.1/", "file:///etc/passwd", "smtp://127.0.0.1/", "gopher://127.0.0.1/", "http://",
      url .. "/a b", url .. "/\r\nX: y",
      "http://user:password@127.0.0.1/", "http://user@127.0.0.1/", "http://127.0.0.1:99999/",
    } do
      fails("invalid-request", { url = bad })
    end
    fails("invalid-request", { url = url, method = "GET / HTTP/1.1\r\nX:" })
    fails("invalid-request", { url = url, method = "" })
    server:stop()
    assert.is_nil(server:line())
  end)

  it("checks certificates", function()
    local url = sink("--certificate", certificates.path "rsa.crt", "--key", certificates.path "rsa.key"):gsub("http:", "https:")
    fails("tls", { url = url })
    fails("tls", { url = url, ca_file = certificates.path "other-ca.crt" })
    fails("tls", { url = url, ca_file = "/nonexistent" })
    assert.equal(200, client:http({ url = url, ca_file = certificates.path "ca.crt" }).status)
    fails("tls", { url = url })
    assert.equal(200, client:http({ url = url, verify = false }).status)
    local other = sink("--certificate", certificates.path "other.crt", "--key", certificates.path "other.key"):gsub("http:", "https:")
    fails("tls", { url = other, ca_file = certificates.path "ca.crt" })
    local plain = sink():gsub("http:", "https:")
    fails("tls", { url = plain, ca_file = certificates.path "ca.crt" })
  end)

  it("speaks HTTP/2 where it is offered, many requests on one connection", function()
    local server, port = process.listen({ "nghttpd", "-a", "127.0.0.1", "--echo-upload", "{port}", certificates.path "ec.key",
      certificates.path "ec.crt" },
      { errors = "/dev/null" })
    servers[#servers + 1] = server
    local url = ("https://127.0.0.1:%d/"):format(port)
    local bodies = {}
    for i = 1, 200 do
      loop.spawn(function()
        bodies[i] = assert(client:http { url = url, body = "body " .. i, ca_file = certificates.path "ca.crt", http2 = true }).body
      end)
    end
    loop.run_until_idle()
    for i = 1, 200 do assert.equal("body " .. i, bodies[i]) end
    fails("tls", { url = url, http2 = true })
  end)

  it("can be cancelled by closing the client", function()
    local url = sink()
    local codes = {}
    for i = 1, 30 do
      loop.spawn(function() codes[i] = select(3, client:http { url = url .. "/hang" }) end)
    end
    loop.poll()
    client:close()
    client:close()
    loop.run_until_idle()
    assert.equal(30, #codes)
    for i = 1, 30 do assert.equal("cancelled", codes[i]) end
    assert.has_error(function() client:http { url = url } end, "calling 'http' on bad self (the client is closed)")
  end)

  it("can be closed by the one who got an answer", function()
    local url = sink()
    local codes = {}
    for i = 1, 5 do
      loop.spawn(function() codes[i] = select(3, client:http { url = url .. "/hang" }) end)
    end
    loop.spawn(function()
      assert(client:http { url = url })
      client:close()
    end)
    loop.run_until_idle()
    assert.same({ "cancelled", "cancelled", "cancelled", "cancelled", "cancelled" }, codes)
  end)

  it("raises for what is misused", function()
    for _, options in ipairs { {}, { url = 5 }, { url = "x\0y" }, { url = "x", headers = "y" }, { url = "x", headers = { "y" } },
      { url = "x", headers = { y = 5 } },
      { url = "x", timeout_ms = 0 }, { url = "x", timeout_ms = "1" }, { url = "x", follow = true }, { url = "x", http2 = 1 },
      { url = "x", body = {} },
      { url = "x", verify = "no" }, { url = "x", response_most = -1 } } do
      assert.has_error(function() client:http(options) end)
    end
    assert.has_error(function() client:http() end)
    assert.has_error(function() client.http {} end)
    assert.has_error(function() transfer.new { connections = 0 } end)
    assert.has_error(function() transfer.new { pool = 5 } end)
  end)
end)
