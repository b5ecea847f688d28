local rate_limit = require "herald.rate_limit"

describe("the rate of a key", function()
  it("lets a second's worth through at once, and then what the time brings", function()
    local limit = rate_limit.new { per_second = 2 }
    assert.is_true(limit:take("shop", 0))
    assert.is_true(limit:take("shop", 0))
    local taken, seconds = limit:take("shop", 0)
    assert.is_false(taken)
    assert.equal(1, seconds)
    assert.is_true(limit:take("shop", 500))
    assert.is_false((limit:take("shop", 500)))
    assert.is_true(limit:take("shop", 60000))
    assert.is_true(limit:take("shop", 60000))
    assert.is_false((limit:take("shop", 60000)))
  end)

  it("is each key's own", function()
    local limit = rate_limit.new { per_second = 1 }
    assert.is_true(limit:take("shop", 0))
    assert.is_true(limit:take("other", 0))
    assert.is_false((limit:take("shop", 0)))
  end)

  it("is shared by the workers, and says how long to wait", function()
    local limit = rate_limit.new { per_second = 1, workers = 4 }
    assert.is_true(limit:take("shop", 0))
    assert.same({ false, 4 }, { limit:take("shop", 0) })
    assert.same({ false, 2 }, { limit:take("shop", 2000) })
  end)

  it("is not upset by a clock that goes back", function()
    local limit = rate_limit.new { per_second = 1 }
    assert.is_true(limit:take("shop", 5000))
    assert.same({ false, 1 }, { limit:take("shop", 0) })
    assert.is_true(limit:take("shop", 1000))
  end)
end)
