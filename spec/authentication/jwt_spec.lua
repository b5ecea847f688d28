-- endpoint.jwt: which tokens are let in, and which are not, however they are made.

local certificates = require "spec.support.certificates"
local folder = require "spec.support.folder"
local kit = require "herald.testing"
local project_folder = require "spec.support.project_folder"
local tokens = require "spec.support.tokens"

local SECRET = ("s"):rep(32)
local NOW = 1795600800 -- 2026-11-25T10:00:00Z
local JWKS = "https://login.example.com/jwks.json"

local function file(options)
  return ([[return endpoint { path = "/hooks/x", authenticate = endpoint.jwt { %s },
    handle = function(request) return { caller = request.caller, claims = request.claims } end }]]):format(options)
end

local function claims(more)
  local all = { sub = "jane", iss = "https://login.example.com", aud = "herald", exp = NOW + 300, iat = NOW }
  for name, value in pairs(more or {}) do all[name] = value end
  for name, value in pairs(all) do
    if value == "none" then all[name] = nil end
  end
  return all
end

describe("endpoint.jwt", function()
  local dir, engine

  local function open(options, files)
    local all = { ["herald.lua"] = "return {}", ["endpoints/x.lua"] = file(options) }
    for path, text in pairs(files or {}) do all[path] = text end
    dir = project_folder.make(all)
    engine = kit.engine { project = dir, now = "2026-11-25T10:00:00Z", secrets = { JWT = SECRET, OLD = ("o"):rep(32) } }
  end

  after_each(function()
    if engine then engine:close() end
    if dir then project_folder.remove(dir) end
    engine, dir = nil, nil
  end)

  local function send(token)
    return engine:request { path = "/hooks/x", body = "{}", headers = { Authorization = "Bearer " .. token } }
  end

  local function refused(token, why)
    local answer = send(token)
    assert.same({ 401, "authentication-failed" }, { answer.status, answer.code }, why)
    assert.matches(why, answer.body.detail, 1, true)
    assert.equal("Bearer", answer.headers["WWW-Authenticate"])
  end

  local function taken(token)
    local answer = send(token)
    assert.equal(200, answer.status, answer.text)
    return answer.body
  end

  describe("with a secret", function()
    it("lets in what the secret signed, and hands the claims on", function()
      open 'secret = secret "JWT"'
      local body = taken(tokens.with_secret(SECRET, claims { role = "shop" }))
      assert.same({ "jane", "shop" }, { body.caller, body.claims.role })
    end)

    it("takes either secret while they change", function()
      open 'secret = { secret "JWT", secret "OLD" }'
      taken(tokens.with_secret(SECRET, claims()))
      taken(tokens.with_secret(("o"):rep(32), claims()))
      refused(tokens.with_secret(("x"):rep(32), claims()), "signature is wrong")
    end)

    it("takes the algorithms that it names", function()
      open 'secret = secret "JWT", algorithms = { "HS384", "HS512" }'
      taken(tokens.with_secret(SECRET, claims(), { alg = "HS384" }))
      taken(tokens.with_secret(SECRET, claims(), { alg = "HS512" }))
      refused(tokens.with_secret(SECRET, claims(), { alg = "HS256" }), "not one of those allowed")
    end)

    it("refuses what is not signed, or not as it says", function()
      open 'secret = secret "JWT"'
      refused(tokens.unsigned({ alg = "none" }, claims()) .. ".", "no JWT")
      refused(tokens.with_secret(SECRET, claims(), { alg = "none" }), "not one of those allowed here (none)")
      refused(tokens.with_secret(SECRET, claims(), { alg = "hs256" }), "not one of those allowed")
      refused(tokens.with_secret(SECRET, claims(), { alg = "RS256" }), "not one of those allowed")
      refused(tokens.with_secret(SECRET, claims(), { alg = { "HS256" } }), "not one of those allowed")
      refused(tokens.with_secret(SECRET, claims(), { crit = { "b64" } }), "critical")
      local token = tokens.with_secret(SECRET, claims())
      refused(token:gsub("%.[^.]*%.", "." .. tokens.unsigned({}, claims { sub = "root" }):match "%.(.*)" .. "."), "signature is wrong")
      refused(token .. "x", "")
      for _, text in ipairs { "x", "a.b.c", "..", token .. ".x", ("a"):rep(8000), "e30.e30.e30" } do refused(text, "token") end
    end)

    it("asks for a token", function()
      open 'secret = secret "JWT"'
      local answer = engine:request { path = "/hooks/x", body = "{}", headers = { ["x-api-key"] = tokens.with_secret(SECRET, claims()) } }
      assert.same({ 401, "send a token as Authorization: Bearer TOKEN" }, { answer.status, answer.body.detail })
    end)

    it("keeps the token's times, with some leeway", function()
      open 'secret = secret "JWT", leeway = "10 seconds"'
      local function at(more) return tokens.with_secret(SECRET, claims(more)) end
      taken(at { exp = NOW - 9 })
      refused(at { exp = NOW - 10 }, "expired")
      taken(at { nbf = NOW + 10 })
      refused(at { nbf = NOW + 11 }, "not good yet")
      taken(at { iat = NOW + 10 })
      refused(at { iat = NOW + 11 }, "made in the future")
      refused(at { exp = "none" }, "no exp")
      refused(at { exp = tostring(NOW + 300) }, "exp is no number")
      local token = at()
      taken(token)
      engine:travel "6 minutes"
      refused(token, "expired")
    end)

    it("keeps to its issuer and audience", function()
      open 'secret = secret "JWT", issuer = "https://login.example.com", audience = "herald"'
      taken(tokens.with_secret(SECRET, claims()))
      taken(tokens.with_secret(SECRET, claims { aud = { "other", "herald" } }))
      refused(tokens.with_secret(SECRET, claims { aud = "heralds" }), "another audience")
      refused(tokens.with_secret(SECRET, claims { aud = { "other" } }), "another audience")
      refused(tokens.with_secret(SECRET, claims { aud = "none" }), "another audience")
      refused(tokens.with_secret(SECRET, claims { iss = "https://evil.example.com" }), "another issuer")
      refused(tokens.with_secret(SECRET, claims { iss = "none" }), "another issuer")
    end)
  end)

  describe("with keys in a file", function()
    local function set(...)
      return { ["endpoints/set.json"] = tokens.set { ... } }
    end

    it("lets in what one of them signed, by every algorithm", function()
      open('jwks = "endpoints/set.json"', set(tokens.jwk("rsa", { kid = "r" }), tokens.jwk("ec", { kid = "e" }), tokens.jwk("p384", { kid = "p" }),
        tokens.jwk("ed25519", { kid = "d" })))
      for _, case in ipairs { { "RS256", "rsa", "r" }, { "RS384", "rsa", "r" }, { "RS512", "rsa", "r" }, { "PS256", "rsa", "r" }, { "PS512", "rsa", "r" },
        { "ES256", "ec", "e" }, { "ES384", "p384", "p" }, { "EdDSA", "ed25519", "d" } } do
        local algorithm, key, kid = table.unpack(case)
        assert.equal("jane", taken(tokens.signed(algorithm, key, claims(), { kid = kid })).caller, algorithm)
        taken(tokens.signed(algorithm, key, claims()))
        local token = tokens.signed(algorithm, key, claims(), { kid = kid })
        refused(token:sub(1, -9) .. (token:sub(-8, -8) == "A" and "B" or "A") .. token:sub(-7), "signature is wrong")
      end
    end)

    it("takes no key for another, and no algorithm that is not the key's", function()
      open('jwks = "endpoints/set.json", algorithms = { "RS256", "ES256" }',
        set(tokens.jwk("rsa", { kid = "r", alg = "RS256" }), tokens.jwk("ec", { kid = "e" })))
      refused(tokens.signed("ES256", "ec", claims(), { kid = "r" }), "signature is wrong")
      refused(tokens.signed("RS256", "rsa", claims(), { kid = "e" }), "signature is wrong")
      refused(tokens.signed("RS256", "rsa", claims(), { kid = "x" }), "not one of the issuer's")
      refused(tokens.signed("PS256", "rsa", claims(), { kid = "r" }), "not one of those allowed")
      refused(tokens.signed("RS512", "rsa", claims(), { kid = "r" }), "not one of those allowed")
    end)

    it("takes no public key for a secret", function()
      open('jwks = "endpoints/set.json"', set(tokens.jwk("rsa", { kid = "r" })))
      for _, secret in ipairs { certificates.read "rsa.pub", tokens.jwk("rsa").n } do
        refused(tokens.with_secret(secret, claims(), { kid = "r" }), "not one of those allowed here (HS256)")
        refused(tokens.with_secret(secret, claims(), { kid = "r", alg = "RS256" }), "signature is wrong")
      end
    end)

    it("takes no key from the token", function()
      open('jwks = "endpoints/set.json"', set(tokens.jwk("ec", { kid = "e" })))
      refused(tokens.signed("RS256", "rsa", claims(), { jwk = tokens.jwk "rsa", jku = JWKS, kid = "r" }), "not one of the issuer's")
      refused(tokens.signed("RS256", "rsa", claims(), { jwk = tokens.jwk "rsa" }), "signature is wrong")
    end)

    it("uses no key that is for something else", function()
      open('jwks = "endpoints/set.json"', set(tokens.jwk("rsa", { kid = "r", use = "enc" }),
        tokens.jwk("ec", { kid = "e", key_ops = { "sign" } }), tokens.jwk("ed25519", { kid = "d" })))
      refused(tokens.signed("RS256", "rsa", claims(), { kid = "r" }), "not one of the issuer's")
      refused(tokens.signed("ES256", "ec", claims(), { kid = "e" }), "not one of the issuer's")
      taken(tokens.signed("EdDSA", "ed25519", claims(), { kid = "d" }))
    end)
  end)

  describe("with keys at an address", function()
    local asked, answer

    before_each(function()
      open(('jwks = %q'):format(JWKS))
      asked, answer = 0, { status = 200, body = tokens.set { tokens.jwk("rsa", { kid = "r" }) } }
      engine:answer_http(function(request)
        assert.equal(JWKS, request.url)
        asked = asked + 1
        return answer
      end)
    end)

    it("fetches them once", function()
      for _ = 1, 3 do taken(tokens.signed("RS256", "rsa", claims(), { kid = "r" })) end
      assert.equal(1, asked)
    end)

    it("looks for a new one once a minute at most", function()
      taken(tokens.signed("RS256", "rsa", claims(), { kid = "r" }))
      answer = { status = 200, body = tokens.set { tokens.jwk("rsa", { kid = "r" }), tokens.jwk("ec", { kid = "e" }) } }
      local token = tokens.signed("ES256", "ec", claims(), { kid = "e" })
      refused(token, "not one of the issuer's")
      assert.equal(1, asked)
      engine:travel "1 minute"
      taken(token)
      for _ = 1, 3 do refused(tokens.signed("ES256", "ec", claims(), { kid = "x" }), "not one of the issuer's") end
      assert.equal(2, asked)
    end)

    it("keeps them while the issuer is away, and forgets those that it withdraws", function()
      local token = tokens.signed("RS256", "rsa", claims { exp = NOW + 7200 }, { kid = "r" })
      taken(token)
      answer = { status = 500, body = "" }
      engine:travel "11 minutes"
      taken(token)
      assert.equal(2, asked)
      answer = { status = 200, body = tokens.set { tokens.jwk("ec", { kid = "e" }) } }
      engine:travel "11 minutes"
      refused(token, "not one of the issuer's")
    end)

    it("says 503 where there are none, and tries again soon", function()
      local token = tokens.signed("RS256", "rsa", claims(), { kid = "r" })
      for _, bad in ipairs { "<html>", "{}", '{"keys":{}}', '{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"}]}' } do
        answer = { status = 200, body = bad }
        local refusal = send(token)
        assert.same({ 503, "keys-unavailable", "1" }, { refusal.status, refusal.code, refusal.headers["Retry-After"] })
        engine:travel "5 seconds"
      end
      answer = { status = 200, body = tokens.set { tokens.jwk("rsa", { kid = "r" }) } }
      taken(token)
      assert.equal(5, asked)
    end)
  end)

  it("says what is wrong with its options", function()
    local function wrong(options, files)
      local all = { ["endpoints/x.lua"] = file(options) }
      for path, text in pairs(files or {}) do all[path] = text end
      return table.concat(folder.errors(all, { JWT = SECRET, SHORT = "short" }), "\n")
    end
    assert.matches("expected secret or jwks, one of the two", wrong "", 1, true)
    assert.matches("expected secret or jwks, one of the two", wrong 'secret = secret "JWT", jwks = "https://example.com/jwks"', 1, true)
    assert.matches("at least 32 bytes, got 5", wrong 'secret = secret "SHORT"', 1, true)
    assert.matches('"none" cannot be', wrong 'secret = secret "JWT", algorithms = { "none" }', 1, true)
    assert.matches('"RS256" cannot be', wrong 'secret = secret "JWT", algorithms = { "RS256" }', 1, true)
    assert.matches('"HS256" cannot be', wrong 'jwks = "https://example.com/jwks", algorithms = { "HS256" }', 1, true)
    assert.matches("expected an https address", wrong 'jwks = "http://example.com/jwks"', 1, true)
    assert.matches("there is no file keys.json", wrong 'jwks = "keys.json"', 1, true)
    assert.matches("no key in it can verify", wrong('jwks = "endpoints/k.json"', { ["endpoints/k.json"] = '{"keys":[]}' }), 1, true)
    assert.matches('did you mean "audience"', wrong 'secret = secret "JWT", audiance = "x"', 1, true)
  end)
end)
