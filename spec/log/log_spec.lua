local clock = require "herald.clock"
local log = require "herald.log"

describe("a log", function()
  local path
  before_each(function() path = os.tmpname() end)
  after_each(function() os.remove(path) end)

  local function line(format, fields)
    assert(io.open(path, "w")):close()
    local opened = log.open { path = path, format = format, level = "info", clock = clock.manual(0) }
    opened:info("hello", fields)
    opened:close()
    local file = assert(io.open(path))
    local text = file:read "l"
    file:close()
    return text
  end

  it("has numbers and booleans as such in JSON, and everything else as strings", function()
    local text = line("json", { number = 5, share = 0.5, yes = true, text = "5", endless = 1 / 0 })
    for _, part in ipairs { '"number":5', '"share":0.5', '"yes":true', '"text":"5"', '"endless":"inf"' } do
      assert.is_truthy(text:find(part, 1, true), part .. " in " .. text)
    end
  end)

  it("quotes in logfmt what needs it alone", function()
    assert.equal("time=1970-01-01T00:00:00.000Z level=info msg=hello a=5", line("logfmt", { a = 5 }))
    assert.matches('a="x y"$', line("logfmt", { a = "x y" }))
  end)
end)
