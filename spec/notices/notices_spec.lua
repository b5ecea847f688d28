local clock = require "herald.clock"
local notices = require "herald.notices"

describe("notices", function()
  local time, lines, told

  before_each(function()
    time, lines = clock.manual(0), {}
    told = notices.new { clock = time, log = { warn = function(_, text, fields)
      lines[#lines + 1] = ("%s %s %s"):format(text, fields.n, fields.left_out or "-")
    end } }
  end)

  it("are written once in ten seconds for each kind, with how many were left out", function()
    for n = 1, 5 do told:warn("away", "mail 421", { n = n }) end
    told:warn("away", "mail 450", { n = 6 })
    time:advance(10000)
    told:warn("away", "mail 421", { n = 7 })
    time:advance(10000)
    told:warn("away", "mail 421", { n = 8 })
    assert.same({ "away 1 -", "away 6 -", "away 7 4", "away 8 -" }, lines)
  end)

  it("do not keep kinds without end", function()
    for n = 1, 5000 do told:warn("away", "kind " .. n, { n = n }) end
    assert.is_true(told.count <= 1000)
  end)
end)
