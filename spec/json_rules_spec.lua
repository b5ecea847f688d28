local json_rules = require "herald.json_rules"
local payload = require "herald.payload"

local function check(value, most) return json_rules.check(value, nil, most or 1000) end

describe("what JSON can say", function()
  it("is plain values, null, and tables of them", function()
    assert.is_nil(check { a = 1, b = { "x", true, payload.null }, c = payload.array {} })
  end)

  it("may hold one table in two places", function()
    local shared = { 1 }
    assert.is_nil(check { a = shared, b = shared })
  end)

  it("is told from the rest with its path", function()
    assert.equal("a[2].b: JSON cannot say a function", (check { a = { 1, { b = print } } }))
    assert.equal("a: JSON cannot say an object with a number as a name", (check { a = { [1.5] = 1 } }))
    assert.equal("a: JSON cannot say infinity", (check { a = math.huge }))
    local loop = {}
    loop.again = loop
    assert.equal("again: JSON cannot say a table that contains itself", (check(loop)))
    assert.equal("not-json", select(2, check { a = 0 / 0 }))
  end)

  it("has a size", function()
    assert.is_nil(check({ a = ("x"):rep(90) }, 100))
    local message, code = json_rules.check({ a = ("x"):rep(100) }, "body", 100)
    assert.equal("body: larger than 100 bytes", message)
    assert.equal("too-large", code)
  end)

  it("ends where one table stands in too many places", function()
    local tree = { 1 }
    for _ = 1, 50 do tree = { tree, tree } end
    assert.equal("too-large", select(2, check(tree)))
  end)
end)
