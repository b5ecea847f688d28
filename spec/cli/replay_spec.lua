local command = require "spec.support.command"
local payload = require "herald.payload"

describe("replay and why on the command line", function()
  local folder
  before_each(function()
    folder = command.folder()
    command.run("init", folder)
    local exit, _, err = command.run("trigger", "welcome", "--user", "jane@example.com", "--context", "link=https://example.com/go",
      "--context", "firstName=Jane", "--project", folder)
    assert(exit == 0, err)
  end)
  after_each(function() command.remove(folder) end)

  local function change(path, from, to)
    local file = assert(io.open(path))
    local text = file:read "a"
    file:close()
    local changed, count = text:gsub(from, to)
    assert(count > 0, "nothing to change in " .. path)
    command.write(path, changed)
  end

  it("says that nothing differs, and exits with 0", function()
    local exit, out, err = command.run("replay", "--since", "1h", "--project", folder)
    assert.same({ 0, "1 trigger replayed, none differs\n", "" }, { exit, out, err })
    exit, out = command.run("replay", "--since", "1h", "--live", "--project", folder)
    assert.same({ 0, "1 trigger replayed, none differs\n" }, { exit, out })
    exit, out = command.run("replay", "--since", "1h", "--campaign", "other", "--project", folder)
    assert.equal(0, exit)
    assert.matches("^no trigger was accepted since 20", out)
  end)

  it("shows what differs, and exits with 1", function()
    change(folder .. "/campaigns/welcome.lua", 'subject *= *"[^"]*"', 'subject = "Changed"')
    local exit, out = command.run("replay", "--since", "1h", "--project", folder)
    assert.equal(1, exit)
    assert.matches("welcome  jane@example.com\n    message.subject\n      %- [^\n]+\n      %+ Changed\n" ..
      "1 trigger replayed, 1 differs\n +1  message.subject\n$", out)
    exit, out = command.run("replay", "--since", "1h", "--project", folder, "--json")
    local body = payload.parse(out):value(1)
    assert.same({ 1, 1, 1, "Changed" }, { exit, body.replayed, body.differing, body.triggers[1].differences[1].new })
  end)

  it("runs another folder's code against this store", function()
    local other = command.folder()
    command.run("init", other)
    change(other .. "/campaigns/welcome.lua", 'subject *= *"[^"]*"', 'subject = "Other"')
    local exit, out = command.run("replay", "--since", "1h", "--project", other, "--data", folder .. "/data")
    assert.equal(1, exit)
    assert.matches("+ Other", out, 1, true)
    local err
    exit, out, err = command.run("replay", "--since", "1h", "--project", other)
    assert.equal(1, exit)
    assert.equal("", out)
    assert.matches("say with --data which data folder holds the triggers", err, 1, true)
    command.remove(other)
  end)

  it("says what it does not understand", function()
    assert.equal(2, (command.run("replay", "--since", "soon", "--project", folder)))
    assert.equal(2, (command.run("replay", "--project", folder)))
    assert.equal(2, (command.run("why", "--project", folder)))
    assert.equal(2, (command.run("why", "0123456789abcdef", "--user", "x", "--project", folder)))
  end)

  it("why tells a message's story, and a user's", function()
    local _, out = command.run("tail", "--once", "--json", "--project", folder)
    local id = out:match '"id":"(%x+)"'
    local exit
    exit, out = command.run("why", id, "--payload", "--project", folder)
    assert.equal(0, exit)
    assert.matches("^" .. id .. "  welcome  jane@example.com  sent\n", out)
    assert.matches("It brought context.firstName, context.link.\n", out, 1, true)
    assert.matches('context      {"firstName":"Jane","link":"https://example.com/go"}', out, 1, true)
    exit, out = command.run("why", "--user", "jane@example.com", "--campaign", "welcome", "--since", "1h", "--project", folder)
    assert.equal(0, exit)
    assert.matches("message " .. id .. ": sent", out, 1, true)
    assert.equal(1, (command.run("why", "0000000000000001", "--project", folder)))
  end)
end)
