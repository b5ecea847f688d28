local crypto = require "herald.crypto"
local keys = require "spec.support.certificates"

local hex = crypto.hex

describe("herald.crypto", function()
  it("hashes as FIPS 180-4 says", function()
    assert.equal("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", crypto.sha256_hex "abc")
    assert.equal("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", hex(crypto.sha256 ""))
  end)

  it("authenticates as RFC 4231 says", function()
    assert.equal("b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
      hex(crypto.hmac_sha256(("\x0b"):rep(20), "Hi There")))
    assert.equal("60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
      hex(crypto.hmac_sha256(("\xaa"):rep(131), "Test Using Larger Than Block-Size Key - Hash Key First")))
    assert.equal(32, #crypto.hmac_sha256("", ""))
  end)

  it("compares length and bytes", function()
    assert.is_true(crypto.equal("a\0b", "a\0b"))
    assert.is_false(crypto.equal("a\0b", "a\0c"))
    assert.is_false(crypto.equal("ab", "abc"))
    assert.is_true(crypto.equal("", ""))
  end)

  it("writes and reads hex and base64", function()
    for len = 0, 70 do
      local bytes = crypto.random(len)
      assert.equal(bytes, crypto.unhex(hex(bytes)))
      assert.equal(bytes, crypto.unhex(hex(bytes):upper()))
      assert.equal(bytes, crypto.unbase64(crypto.base64(bytes)))
      assert.equal(bytes, crypto.unbase64url(crypto.base64url(bytes)))
    end
    assert.equal("Zm9vYg==", crypto.base64 "foob")
    assert.equal("-_8", crypto.base64url "\xfb\xff")
    assert.equal("\xfb\xff", crypto.unbase64url "-_8=")
  end)

  it("refuses what is not hex or base64", function()
    for _, text in ipairs { "a", "0g", "0x", " 00" } do
      assert.same({ n = 3, nil, "not hex", "invalid" }, table.pack(crypto.unhex(text)))
    end
    for _, text in ipairs { "A", "AA", "AAA", "AAAA=", "A===", "====", "AA==A", "Zm9v\n", "-_8=", "AB==", "AA=A" } do
      assert.is_nil((crypto.unbase64(text)), text)
    end
    for _, text in ipairs { "A", "+/8", "AA=", "AAA==", "AB" } do
      assert.is_nil((crypto.unbase64url(text)), text)
    end
  end)

  it("makes version 4 UUIDs, each another", function()
    local seen = {}
    for _ = 1, 1000 do
      local uuid = crypto.uuid()
      assert.matches("^%x+%-%x%x%x%x%-4%x%x%x%-[89ab]%x%x%x%-%x+$", uuid)
      assert.equal(36, #uuid)
      assert.is_nil(seen[uuid])
      seen[uuid] = true
    end
  end)

  it("encrypts as NIST's test case 16 says", function()
    local key = crypto.unhex "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"
    local text = crypto.unhex("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525"
      .. "b16aedf5aa0de657ba637b39")
    local associated = crypto.unhex "feedfacedeadbeeffeedfacedeadbeefabaddad2"
    local nonce = crypto.unhex "cafebabefacedbaddecaf888"
    local sealed = crypto.aes_gcm_encrypt(key, text, associated, nonce)
    assert.equal(nonce, sealed:sub(1, 12))
    assert.equal("76fc6ece0f4e1768cddf8853bb2d551b", hex(sealed:sub(-16)))
    assert.equal(text, crypto.aes_gcm_decrypt(key, sealed, associated))
  end)

  it("refuses whatever was altered, at every byte", function()
    local key = crypto.random(16)
    local sealed = crypto.aes_gcm_encrypt(key, "secret", "for me")
    for i = 1, #sealed do
      local altered = sealed:sub(1, i - 1) .. string.char(sealed:byte(i) ~ 1) .. sealed:sub(i + 1)
      assert.is_nil((crypto.aes_gcm_decrypt(key, altered, "for me")))
    end
    assert.is_nil((crypto.aes_gcm_decrypt(key, sealed, "for you")))
    assert.is_nil((crypto.aes_gcm_decrypt(crypto.random(16), sealed, "for me")))
    assert.is_nil((crypto.aes_gcm_decrypt(key, sealed:sub(1, 27))))
    assert.equal("", crypto.aes_gcm_decrypt(key, crypto.aes_gcm_encrypt(key, "")))
    assert.has_error(function() crypto.aes_gcm_encrypt("short", "x") end)
    assert.has_error(function() crypto.aes_gcm_encrypt(key, "x", "", "short") end)
  end)

  it("signs a token with a secret, as jwt.io's example", function()
    assert.equal("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ."
      .. "SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c",
      crypto.jwt('{"sub":"1234567890","name":"John Doe","iat":1516239022}', "your-256-bit-secret", "HS256"))
  end)

  it("signs tokens that openssl verifies", function()
    for algorithm, name in pairs { RS256 = "rsa", ES256 = "ec" } do
      local token = crypto.jwt('{"iss":"herald"}', keys.read(name .. ".key"), algorithm, "key-1")
      local head, claims, signature = token:match "^([^.]+)%.([^.]+)%.([^.]+)$"
      assert.equal('{"alg":"' .. algorithm .. '","typ":"JWT","kid":"key-1"}', crypto.unbase64url(head))
      assert.equal('{"iss":"herald"}', crypto.unbase64url(claims))
      assert.is_true(keys.verifies(name, head .. "." .. claims, crypto.unbase64url(signature), algorithm))
      assert.is_false(keys.verifies(name, head .. "." .. claims .. "x", crypto.unbase64url(signature), algorithm))
    end
  end)

  it("signs many with one parsed key", function()
    local key = assert(crypto.key(keys.read "rsa.key"))
    assert.equal("RS256", key:algorithm())
    assert.equal(crypto.sign_rs256(keys.read "rsa.key", "x"), crypto.sign_rs256(key, "x"))
    key:close()
    key:close()
    assert.has_error(function() crypto.sign_rs256(key, "x") end)
  end)

  it("says what is wrong with a key", function()
    local nothing, message, code = crypto.key "-----BEGIN NOTHING-----"
    assert.is_nil(nothing)
    assert.matches("not a private key", message)
    assert.equal("invalid", code)
    assert.is_nil((crypto.sign_rs256(keys.read "ec.key", "x")))
    assert.is_nil((crypto.jwt("{}", keys.read "ec.key", "RS256")))
    assert.is_nil((crypto.jwt("{}", keys.read "rsa.crt", "RS256")))
    assert.is_nil((crypto.jwt("{}", "secret", "HS256", 'kid"')))
    assert.has_error(function() crypto.jwt("{}", "", "HS256") end)
    assert.has_error(function() crypto.jwt("{}", "secret", "none") end)
    assert.has_error(function() crypto.random(-1) end)
    assert.has_error(function() crypto.sha256 {} end)
  end)

  it("authenticates with longer hashes, as RFC 4231 4.3 says", function()
    assert.equal("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843", hex(crypto.hmac("sha256", "Jefe", "what do ya want for nothing?")))
    assert.equal("af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649",
      hex(crypto.hmac("sha384", "Jefe", "what do ya want for nothing?")))
    assert.matches("^164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554", hex(crypto.hmac("sha512", "Jefe", "what do ya want for nothing?")))
    assert.has_error(function() crypto.hmac("md5", "a", "b") end)
  end)

  -- RFC 8037 appendix A.4
  it("verifies Ed25519", function()
    local key = assert(crypto.public_key { kty = "OKP", crv = "Ed25519", x = crypto.unbase64url "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" })
    local text = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc"
    local signature = crypto.unbase64url "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
    assert.is_true(key:verify("EdDSA", text, signature))
    assert.is_false(key:verify("EdDSA", text .. ".", signature))
    assert.is_false(key:verify("ES256", text, signature))
    assert.is_false(key:verify("none", text, signature))
    for _, wrong in ipairs { "", "x", signature .. "x", signature:sub(1, -2), ("\0"):rep(64) } do assert.is_false(key:verify("EdDSA", text, wrong)) end
    key:close()
    key:close()
    assert.has_error(function() key:verify("EdDSA", text, signature) end)
  end)

  it("makes no public key of anything else", function()
    local number = ("\1"):rep(256)
    for _, jwk in ipairs {
      {}, { kty = "oct" }, { kty = "OKP", crv = "Ed25519", x = "short" }, { kty = "OKP", crv = "X25519", x = ("x"):rep(32) },
      { kty = "RSA", n = number:sub(1, 255), e = "\1\0\1" }, { kty = "RSA", n = number, e = "" }, { kty = "RSA", n = number, e = "\1" },
      { kty = "RSA", n = number, e = "\2" }, { kty = "RSA", n = number:rep(5), e = "\3" }, { kty = "RSA", n = "", e = "\3" },
      { kty = "EC", crv = "P-256", x = ("x"):rep(32), y = ("y"):rep(32) }, { kty = "EC", crv = "P-256", x = ("\0"):rep(32), y = ("\0"):rep(32) },
      { kty = "EC", crv = "P-192", x = ("x"):rep(24), y = ("y"):rep(24) }, { kty = "EC", crv = "P-384", x = ("x"):rep(32), y = ("y"):rep(32) },
    } do
      local key, message, code = crypto.public_key(jwk)
      assert.is_nil(key)
      assert.matches("^not a public key", message)
      assert.equal("invalid", code)
    end
    assert.has_error(function() crypto.public_key { kty = "RSA", n = number } end)
    assert.has_error(function() crypto.public_key "x" end)
  end)
end)
