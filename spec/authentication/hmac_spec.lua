-- endpoint.hmac with the time in the signature: good for a while, and once.

local crypto = require "herald.crypto"
local kit = require "herald.testing"
local project_folder = require "spec.support.project_folder"

local NOW = 1795600800 -- 2026-11-25T10:00:00Z
local OPTIONS = 'header = "X-Sign", secret = { secret "NEW", secret "OLD" }, timestamp_header = "X-Time", tolerance = "1 minute"'

local function file(path, options)
  return ([[return endpoint { path = %q, authenticate = endpoint.hmac { %s }, handle = function(request)
    local status = request.header and tonumber(request:header "x-answer")
    if status == 0 then error "boom" end
    return status or 200, { caller = request.caller or "nobody" }
  end }]]):format(path, options)
end

describe("endpoint.hmac", function()
  local dir, engine

  local function open(options, more)
    local files = { ["herald.lua"] = "return {}", ["endpoints/x.lua"] = file("/hooks/{id}", options) }
    for path, text in pairs(more or {}) do files[path] = text end
    dir = project_folder.make(files)
    engine = kit.engine { project = dir, now = "2026-11-25T10:00:00Z", secrets = { NEW = "new", OLD = "old" } }
  end

  after_each(function()
    engine:close()
    project_folder.remove(dir)
  end)

  local function sign(time, body, key, hash)
    return crypto.hex(crypto.hmac(hash or "sha256", key or "new", ("%s.%s"):format(time, body)))
  end

  local function send(signature, time, more)
    local request = { path = "/hooks/1", body = "{}", headers = { ["X-Sign"] = signature, ["X-Time"] = tostring(time) } }
    for name, value in pairs(more or {}) do
      if name == "answer" then request.headers["X-Answer"] = tostring(value) else request[name] = value end
    end
    return engine:request(request)
  end

  it("takes a signature once, however it is spelt and wherever it goes", function()
    open(OPTIONS)
    local signature = sign(NOW, "{}")
    assert.equal(200, send(signature, NOW).status)
    for _, spelt in ipairs { signature, signature:upper(), "sha256=" .. signature } do
      for _, path in ipairs { "/hooks/1", "/hooks/2", "/ajo/hooks/1", "/hooks/1/", "/hooks/1?x=1" } do
        local answer = send(spelt, NOW, { path = path })
        assert.same({ 401, "X-Sign: this signature was used before" }, { answer.status, answer.body.detail })
      end
    end
    assert.equal(200, send(sign(NOW + 1, "{}"), NOW + 1).status)
  end)

  it("remembers it as long as it is good", function()
    open(OPTIONS)
    local time = NOW + 60
    local signature = sign(time, "{}")
    assert.equal(200, send(signature, time).status)
    engine:travel "2 minutes"
    assert.matches("used before", send(signature, time).body.detail, 1, true)
    engine:travel "1 ms"
    assert.matches("too far from now", send(signature, time).body.detail, 1, true)
  end)

  it("gives it back where the endpoint failed, for the sender will try again", function()
    open(OPTIONS)
    local signature = sign(NOW, "{}")
    assert.equal(500, send(signature, NOW, { answer = 0 }).status)
    assert.equal(503, send(signature, NOW, { answer = 503 }).status)
    assert.equal(404, send(signature, NOW, { answer = 404 }).status)
    assert.equal(401, send(signature, NOW).status)
  end)

  it("does not remember what was not signed", function()
    open(OPTIONS)
    local signature = sign(NOW, "{}")
    assert.equal(401, send(sign(NOW, "{}", "wrong"), NOW).status)
    assert.equal(401, send(signature, NOW + 1).status)
    assert.equal(401, send(signature, NOW, { body = "{ }" }).status)
    assert.equal(200, send(signature, NOW).status)
  end)

  it("takes it again where replay is allowed", function()
    open(OPTIONS .. ', replay = "allowed"')
    local signature = sign(NOW, "{}")
    for _ = 1, 2 do assert.equal(200, send(signature, NOW).status) end
  end)

  it("refuses a time that is none, or too far away", function()
    open(OPTIONS)
    for _, time in ipairs { "", "x", "1e9", "0x10", "-1", "99999999999999999999", NOW + 61, NOW - 61, NOW .. " " .. NOW } do
      assert.equal(401, send(sign(time, "{}"), time).status, time)
    end
    assert.equal(401, engine:request { path = "/hooks/1", body = "{}", headers = { ["X-Sign"] = sign(NOW, "{}") } }.status)
  end)

  it("takes what either secret signed", function()
    open(OPTIONS)
    assert.equal(200, send(sign(NOW, "{}", "old"), NOW).status)
    assert.equal(200, send(sign(NOW, "{}", "new"), NOW).status)
  end)

  it("knows longer hashes, and base64", function()
    open 'header = "X-Sign", secret = secret "NEW", algorithm = "sha512", encoding = "base64"'
    local signature = crypto.base64(crypto.hmac("sha512", "new", "{}"))
    assert.equal(200, send(signature).status)
    assert.equal(401, send(crypto.base64(crypto.hmac("sha256", "new", "{}"))).status)
  end)

  it("may stand beside another way to be known", function()
    open(OPTIONS, { ["endpoints/y.lua"] = [[return endpoint { path = "/either", authenticate = {
      endpoint.hmac { header = "X-Sign", secret = secret "NEW" }, endpoint.key "trigger" },
      handle = function(request) return 200, { caller = request.caller or "nobody" } end }]] })
    assert.equal("nobody", send(crypto.hex(crypto.hmac_sha256("new", "{}")), NOW, { path = "/either", anonymous = true }).body.caller)
    assert.equal("local", engine:request { path = "/either", body = "{}" }.body.caller)
    local refused = engine:request { path = "/either", body = "{}", anonymous = true }
    assert.equal(401, refused.status)
    assert.matches("X-Sign: expected the HMAC-SHA-256 of the body (hex); or send a key", refused.body.detail, 1, true)
    local key = engine.engine.keys:create { name = "reader", scopes = { "read" }, by = "spec", now = engine:now() }
    assert.equal(403, engine:request { path = "/either", body = "{}", headers = { ["x-api-key"] = key } }.status)
  end)
end)
