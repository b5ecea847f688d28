local places = require "herald.places"

local SOURCE = [==[
-- campaign { id = "in a comment" }
local campaign = require "campaign"
local other = { message = 1 }
--[[ campaign {
} ]]
return campaign {
  id = "x", -- }
  title = [[
    }, two lines ]],
  message = {
    subject = "a } \" b", ["html"] = f("x", { y = 1 }),
    attachments = {
      { name = "x",
        data = 5 },
      { name = "y" },
    },
  },
  on_trigger = function(t)
    local z = { message = { subject = 4 } }
    if z == 4 then return end
    for _ = 1, 2 do end
    repeat until true
  end,
  ends = "x",
}
]==]

describe("the place of a field", function()
  local lines = places.lines_of(SOURCE, "campaign")

  it("is the line that it begins in", function()
    assert.equal(6, lines[""])
    assert.equal(7, lines["id"])
    assert.equal(8, lines["title"])
    assert.equal(11, lines["message.subject"])
    assert.equal(11, lines["message.html"])
    assert.equal(14, lines["message.attachments[1].data"])
    assert.equal(15, lines["message.attachments[2].name"])
  end)

  it("is not confused by functions, strings and comments", function()
    assert.equal(18, lines["on_trigger"])
    assert.equal(24, lines["ends"])
    assert.is_nil(lines["z"])
  end)

  it("for a missing field is the line of what it is missing from", function()
    local faults = { { file = "a.lua", path = "message.text" }, { file = "a.lua", path = "surface" }, { file = "b.lua", path = "id" } }
    places.fill(faults, { ["a.lua"] = SOURCE }, "campaign")
    assert.equal(10, faults[1].line)
    assert.equal(6, faults[2].line)
    assert.is_nil(faults[3].line)
  end)

  it("survives text that is no Lua", function()
    assert.same({}, places.lines_of("campaign", "campaign"))
    assert.equal(1, places.lines_of('campaign { "unfinished', "campaign")[""])
    assert.equal(1, places.lines_of("campaign { [[ unfinished", "campaign")[""])
    assert.equal(1, places.lines_of("campaign { a = } } } ) end", "campaign")["a"])
  end)
end)
