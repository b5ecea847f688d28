local command = require "spec.support.command"
local payload = require "herald.payload"

describe("check", function()
  local folder
  before_each(function()
    folder = command.folder()
    command.run("init", folder)
  end)
  after_each(function() command.remove(folder) end)

  it("names the file and the field of what is wrong, and fails", function()
    command.write(folder .. "/campaigns/bad.lua", 'return campaign { id = "bad", chanel = "email" }')
    local exit, out = command.run("check", "--project", folder)
    assert.equal(1, exit)
    assert.matches("campaigns/bad.lua", out, 1, true)
    assert.matches("chanel", out, 1, true)
  end)

  it("prints the same as JSON", function()
    command.write(folder .. "/campaigns/bad.lua", "return campaign {")
    local exit, out = command.run("check", "--json", "--project", folder)
    assert.equal(1, exit)
    local body = assert(payload.parse(out)):value(1)
    assert.is_true(#body.errors > 0)
    exit, out = command.run("check", "--json", "--project", folder .. "/campaigns/none")
    assert.equal(1, exit, out)
  end)

  it("warns of a campaign that is over and passes", function()
    command.write(folder .. "/campaigns/over.lua", [[return campaign { id = "over", title = "Over", channel = "email", surface = "transactional",
      namespace = "email", ends = "2020-01-01T00:00:00Z", message = { subject = "Over", text = "Over" } }]])
    local exit, out = command.run("check", "--project", folder)
    assert.equal(0, exit, out)
    assert.matches("warning  campaigns/over.lua:%d+: ends: 2020%-01%-01T00:00:00Z is past", out)
  end)

  it("prints empty lists as lists", function()
    local exit, out = command.run("check", "--json", "--project", folder)
    assert.equal(0, exit)
    assert.matches('"errors":[]', out, 1, true)
    command.write(folder .. "/campaigns/bad.lua", "return campaign {")
    assert.matches('"warnings":[]', select(2, command.run("check", "--json", "--project", folder)), 1, true)
  end)

  it("makes no data folder", function()
    command.run("check", "--project", folder)
    assert.is_nil(io.open(folder .. "/data"))
  end)
end)
