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

  it("warns of TLS files that are not there", function()
    command.write(folder .. "/herald.lua", 'return { tls = { certificate = "cert.pem", key = "/nonexistent/key.pem" } }')
    command.write(folder .. "/cert.pem", "x")
    local exit, out = command.run("check", "--project", folder)
    assert.equal(0, exit)
    assert.matches("warning  herald.lua: tls.key: there is no file /nonexistent/key.pem", out, 1, true)
    assert.is_nil(out:find("tls.certificate", 1, true))
  end)

  it("lists the findings with their place, and fails on warnings when told to be strict", function()
    command.write(folder .. "/surfaces/spare.lua", 'return surface { name = "spare", channel = "email", provider = "capture", from = "a@example.com" }')
    local exit, out = command.run("check", "--project", folder)
    assert.equal(0, exit, out)
    assert.matches("warning  surfaces/spare.lua:1:25: no campaign, via or failover names the surface \"spare\"; .-%[surface%-unused%]", out)
    exit, out = command.run("check", "--json", "--strict", "--project", folder)
    assert.equal(1, exit)
    local found = assert(payload.parse(out)):value(1).findings[1]
    assert.same({ "surface-unused", "warning", "surfaces/spare.lua", 1, 25 }, { found.code, found.level, found.file, found.line, found.column })
    assert.matches("delete the file", found.advice, 1, true)
  end)

  it("lets a comment allow a finding of the review", function()
    command.write(folder .. "/campaigns/plain.lua", [[-- check: allow title-missing
return campaign { id = "plain", channel = "email", surface = "transactional", namespace = "email", message = { subject = "x", text = "x" } }]])
    local exit, out = command.run("check", "--strict", "--project", folder)
    assert.equal(0, exit, out)
  end)

  it("makes no data folder", function()
    command.run("check", "--project", folder)
    assert.is_nil(io.open(folder .. "/data"))
  end)
end)
