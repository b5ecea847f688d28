local diff = require "herald.testing.diff"

local function text(...)
  return table.concat({ ... }, "\n") .. "\n"
end

describe("the difference of two texts", function()
  it("is nothing where they are the same", function()
    assert.equal("", diff.lines(text("a", "b"), text("a", "b")))
  end)

  it("is marked, with what is around it", function()
    local a, b = text("1", "2", "3", "4", "5", "6", "7", "8"), text("1", "2", "3", "four", "5", "6", "7", "8")
    assert.equal("  …\n  2\n  3\n- 4\n+ four\n  5\n  6", diff.lines(a, b))
  end)

  it("shows lines that are new or gone alone", function()
    assert.equal("  a\n+ b\n  c", diff.lines(text("a", "c"), text("a", "b", "c")))
    assert.equal("  a\n- b\n  c", diff.lines(text("a", "b", "c"), text("a", "c")))
    assert.equal("- a\n+ b", diff.lines("a", "b"))
  end)

  it("keeps what both have, between changes", function()
    assert.equal("- a\n  x\n  y\n+ b", diff.lines(text("a", "x", "y"), text("x", "y", "b")))
  end)

  it("is cut where it is long", function()
    local a, b = {}, {}
    for index = 1, 200 do a[index], b[index] = "a" .. index, "b" .. index end
    local shown = diff.lines(text(table.unpack(a)), text(table.unpack(b)))
    assert.matches("… and 320 lines more$", shown)
    assert.equal(80, select(2, shown:gsub("\n", "")))
  end)
end)
