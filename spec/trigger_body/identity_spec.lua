local trigger_body = require "herald.trigger_body"

describe("what names a recipient", function()
  it("has bounds of length", function()
    assert.is_nil(trigger_body.identity_problem(("n"):rep(64), ("u"):rep(512)))
    assert.equal("userId: longer than 512 bytes", trigger_body.identity_problem("email", ("u"):rep(513)))
    assert.equal("namespace: longer than 64 bytes", trigger_body.identity_problem(("n"):rep(65), "u"))
  end)

  it("is UTF-8", function()
    assert.is_nil(trigger_body.identity_problem("email", "jür€n@example.com"))
    for _, text in ipairs { "\xff", "a\xc3", "\xed\xa0\x80", "\xc0\x80" } do
      assert.equal("userId: expected UTF-8", trigger_body.identity_problem("email", text))
      assert.equal("namespace: expected UTF-8", trigger_body.identity_problem(text, "u"))
    end
  end)
end)
