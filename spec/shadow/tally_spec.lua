local tallies = require "herald.shadow.tally"

describe("the tally of a shadow run", function()
  it("adds up what workers told, and keeps a few examples", function()
    local tally = tallies.new()
    for worker = 1, 3 do
      local more = tallies.new()
      more.compared, more.differing, more.fields.delay, more.fields["context.x"] = 10, 4, 3, 1
      for index = 1, 4 do more.examples[index] = worker .. "-" .. index end
      tallies.add(tally, more)
    end
    assert.same({ 30, 12, 0, { delay = 9, ["context.x"] = 3 } }, { tally.compared, tally.differing, tally.dropped, tally.fields })
    assert.equal(10, #tally.examples)
    assert.equal("3-2", tally.examples[10])
  end)

  it("grows no further than a bound, however many names there are and however long", function()
    local map = {}
    for index = 1, 200 do tallies.count(map, "context.field" .. index) end
    tallies.count(map, ("x"):rep(101))
    tallies.count(map, "context.field1", 5)
    assert.equal(6, map["context.field1"])
    assert.equal(101, map["(others)"])
    local names = 0
    for _ in pairs(map) do names = names + 1 end
    assert.equal(101, names)
  end)

  it("remembers that a campaign was left alone", function()
    local tally, more = tallies.new(), tallies.new()
    more.is_left = true
    tallies.add(tally, more)
    tallies.add(tally, tallies.new())
    assert.is_true(tally.is_left)
  end)
end)
