local identity = require "herald.identity"

describe("what names a recipient", function()
  it("has bounds of length", function()
    assert.is_nil(identity.check(("n"):rep(64), ("u"):rep(512)))
    assert.equal("userId: longer than 512 bytes", identity.check("email", ("u"):rep(513)))
    assert.equal("namespace: longer than 64 bytes", identity.check(("n"):rep(65), "u"))
  end)

  it("is UTF-8", function()
    assert.is_nil(identity.check("email", "jür€n@example.com"))
    for _, text in ipairs { "\xff", "a\xc3", "\xed\xa0\x80", "\xc0\x80" } do
      assert.equal("userId: expected UTF-8", identity.check("email", text))
      assert.equal("namespace: expected UTF-8", identity.check(text, "u"))
    end
  end)
end)
