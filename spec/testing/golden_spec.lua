local command = require "spec.support.command"
local process = require "herald.process"

local build = os.getenv "HERALD_BUILD" or "build/dev"

local SPEC = [[
local kit = require "herald.testing"
it("is kept", function() assert.golden({ to = "jane@example.com", subject = "%s", text = "a\r\nb" }, "note") end)
]]

describe("assert.golden", function()
  local folder

  before_each(function() folder = command.folder() end)
  after_each(function() command.remove(folder) end)

  local function run(subject, mode)
    command.write(folder .. "/spec/deep/x_spec.lua", SPEC:format(subject))
    local ended = assert(process.run {
      command = { build .. "/run-busted", "-C", folder, "spec/deep/x_spec.lua" }, environment = { HERALD_GOLDEN = mode or "compare" },
    })
    return ended.exit, ended.output
  end

  local function golden()
    local file = io.open(folder .. "/spec/golden/note.txt", "rb")
    local text = file and file:read "a"
    if file then file:close() end
    return text
  end

  it("fails where there is nothing to compare with, and says how to make it", function()
    local exit, output = run "Hi"
    assert.equal(1, exit)
    assert.matches("x_spec.lua:2: there is no spec/golden/note.txt; look at the message and keep it with: herald test --update", output, 1, true)
    assert.is_nil(golden())
  end)

  it("is written when that is asked for, once and after a change", function()
    assert.equal(0, (run("Hi", "update")))
    assert.equal("to: jane@example.com\nsubject: Hi\ntext: |-\n  a\n  b\n", golden())
    assert.equal(0, (run "Hi"))
    assert.equal(0, (run("Hello", "update")))
    assert.matches("subject: Hello", golden())
  end)

  it("shows the lines that differ, and changes nothing", function()
    run("Hi", "update")
    local exit, output = run "Hello"
    assert.equal(1, exit)
    assert.matches("- subject: Hi\n+ subject: Hello\n", output, 1, true)
    assert.matches("1 failure / 0 errors", output, 1, true)
    assert.matches("subject: Hi", golden())
  end)

  it("takes a file whose lines end by CRLF", function()
    command.write(folder .. "/spec/golden/note.txt", "to: jane@example.com\r\nsubject: Hi\r\ntext: |-\r\n  a\r\n  b\r\n")
    assert.equal(0, (run "Hi"))
  end)

  it("refuses what is no message, and names that leave the folder", function()
    require("herald.testing")
    assert.error_matches(function() assert.golden(nil, "note") end, "expected a message, got nil; was anything delivered?")
    assert.error_matches(function() assert.golden({}, "../note") end, "expected a name")
  end)
end)
