local outcome = require "herald.outcome"

describe("a provider's outcome", function()
  it("is read as it is", function()
    local given = { state = "bounced", code = "5.1.1", answer = "no such user", reason = "hard", provider_id = "p", retry_after_ms = 1500 }
    assert.same(given, outcome.read(given))
  end)

  it("is none without a state that is known", function()
    for _, given in ipairs { {}, { state = "gone" }, { state = true }, { state = {} }, "sent", 5, false } do
      assert.is_nil(outcome.read(given))
    end
    assert.is_nil(outcome.read(nil))
  end)

  it("leaves out what is not as described, so that what was sent stays sent", function()
    local given = { state = "sent", code = {}, answer = function() end, provider_id = 0.5, reason = true, retry_after_ms = "soon" }
    assert.same({ state = "sent" }, outcome.read(given))
    assert.equal("250", outcome.read({ state = "sent", code = 250 }).code)
  end)

  it("keeps waits finite and ahead", function()
    local function wait(value) return outcome.read({ state = "retry", retry_after_ms = value }).retry_after_ms end
    assert.is_nil(wait(-1e300))
    assert.is_nil(wait(0 / 0))
    assert.equal(7 * 24 * 3600 * 1000, wait(math.huge))
    assert.equal(0, wait(0.5))
  end)

  it("cuts long texts between characters", function()
    local answer = outcome.read({ state = "failed", answer = ("ü"):rep(5000000) }).answer
    assert.equal(2000, #answer)
    assert.equal(1999, #outcome.read({ state = "failed", answer = "x" .. ("ü"):rep(2000) }).answer)
    assert.equal(64, #outcome.read({ state = "failed", code = ("9"):rep(100) }).code)
  end)

  it("asks no metatable", function()
    local given = setmetatable({}, { __index = function() error "asked" end })
    assert.is_nil(outcome.read(given))
  end)
end)
