local command = require "spec.support.command"

local PROJECT = {
  ["herald.lua"] = "return {}",
  ["surfaces/mail.lua"] = 'return surface { name = "mail", channel = "email", provider = "capture", from = "Shop <shop@example.com>" }',
  ["campaigns/note.lua"] = [[
local campaign = require "campaign"
return campaign {
  id = "note", title = "Note", channel = "email", surface = "mail", namespace = "email",
  message = { subject = "Hi", text = "Hi" },
  on_trigger = function(trigger)
    if trigger.profile.blocked then
      trigger:skip "blocked"
    end
  end,
}
]],
  ["spec/a_spec.lua"] = [[
local kit = require "herald.testing"
describe("a", function()
  it("sends", function()
    local engine <close> = kit.engine()
    engine:trigger("note", { userId = "jane@example.com" })
    assert.golden(engine:delivered()[1], "note")
  end)
end)
]],
  ["spec/golden/note.txt"] = "campaign: note\nsurface: mail\nchannel: email\nto: jane@example.com\nfrom: Shop <shop@example.com>\nsubject: Hi\ntext: Hi\n",
  ["spec/deep/b_spec.lua"] = 'describe("b", function() it("says", function() print "from b" end) it("counts", function() assert.equal(1, 1) end) end)\n',
  ["spec/helper.lua"] = "error 'no spec'",
}

describe("herald test", function()
  local folder

  before_each(function()
    folder = command.folder()
    for path, text in pairs(PROJECT) do command.write(folder .. "/" .. path, text) end
  end)
  after_each(function() command.remove(folder) end)

  local function test(...)
    return command.run("test", "--project", folder, ...)
  end

  local function write(path, text)
    command.write(folder .. "/" .. path, text)
  end

  local function read(path)
    local file = io.open(folder .. "/" .. path, "rb")
    local text = file and file:read "a"
    if file then file:close() end
    return text
  end

  it("runs every spec file and tells them in their order", function()
    local exit, out, err = test()
    assert.equal("", err)
    assert.equal(0, exit)
    assert.equal("spec/a_spec.lua: 1 passed\nspec/deep/b_spec.lua: 2 passed\n  | from b\n3 cases in 2 files: 3 passed",
      (out:gsub(" %([%d.]+ seconds, %d at once%)\n$", "")))
  end)

  it("tells them in their order however long each takes", function()
    write("spec/a_spec.lua", [[
      local clock = require "herald.clock"
      it("is slow", function()
        local ends = clock.monotonic() + 700
        repeat until clock.monotonic() > ends
      end)]])
    local _, out = test("--jobs", "2")
    assert.matches("^spec/a_spec.lua: 1 passed\nspec/deep/b_spec.lua", out)
  end)

  it("runs those that are named, and cases whose name fits", function()
    local exit, out = test("spec/deep")
    assert.equal(0, exit)
    assert.matches("2 cases in 1 files", out)
    exit, out = test("--filter", "counts")
    assert.equal(0, exit)
    assert.matches("1 cases in 2 files: 1 passed", out)
    exit, out = test("--", "--filter-out=counts")
    assert.equal(0, exit)
    assert.matches("2 cases in 2 files", out)
  end)

  it("fails where a case fails, and shows it", function()
    write("spec/c_spec.lua", 'describe("c", function() it("adds", function() assert.equal(3, 1 + 1) end) end)')
    local exit, out = test()
    assert.equal(1, exit)
    assert.matches("  FAILED c adds (spec/c_spec.lua:1)\n    spec/c_spec.lua:1: Expected objects to be equal.", out, 1, true)
    assert.matches("4 cases in 3 files: 3 passed, 1 failed", out)
  end)

  it("has an error for a file that is no Lua, and goes on", function()
    write("spec/c_spec.lua", "it(")
    local exit, out = test()
    assert.equal(1, exit)
    assert.matches("spec/c_spec.lua: 0 passed, 1 errors", out, 1, true)
    assert.matches("spec/deep/b_spec.lua: 2 passed", out, 1, true)
  end)

  it("has an error for a file whose process dies", function()
    write("spec/c_spec.lua", 'it("fine", function() end) it("dies", function() io.popen("kill -KILL $PPID"):close() while true do end end)')
    local exit, out = test "spec/c_spec.lua"
    assert.equal(1, exit)
    assert.matches("spec/c_spec.lua: 1 passed, 1 errors", out, 1, true)
    assert.matches('its process was ended by the signal 9, in the case "dies"', out, 1, true)
  end)

  it("has an error for a file that does not end", function()
    write("spec/c_spec.lua", 'it("turns", function() while true do end end)')
    local exit, out = test("spec/c_spec.lua", "spec/deep", "--time-limit", "10 seconds")
    assert.equal(1, exit)
    assert.matches('did not end within 10 seconds, in the case "turns"', out, 1, true)
    assert.matches("spec/deep/b_spec.lua: 2 passed", out, 1, true)
  end)

  it("writes TAP and JUnit, into a file too", function()
    local _, out = test("-o", "tap")
    assert.matches("^TAP version 13\nok 1 %- spec/a_spec.lua: a sends\n", out)
    local exit, plain = test("-o", "junit", "--output-file", folder .. "/report.xml")
    assert.equal(0, exit)
    assert.matches("3 cases in 2 files", plain)
    assert.matches('<testsuites tests="3" failures="0"', read "report.xml", 1, true)
    assert.equal(1, (test("-o", "junit", "--output-file", folder .. "/none/report.xml")))
  end)

  it("updates golden files when it is told, and names those that nobody uses", function()
    write("spec/golden/note.txt", "old\n")
    write("spec/golden/other.txt", "old\n")
    local exit, out, err = test()
    local _
    assert.equal(1, exit)
    assert.matches("+ subject: Hi", out, 1, true)
    assert.matches("spec/golden/other.txt is used by no spec", err, 1, true)
    exit, _, err = test "--update"
    assert.equal(0, exit)
    assert.matches("wrote spec/golden/note.txt", err, 1, true)
    assert.equal(PROJECT["spec/golden/note.txt"], read "spec/golden/note.txt")
    assert.equal("old\n", read "spec/golden/other.txt")
    exit, _, err = test "spec/a_spec.lua"
    assert.same({ 0, "" }, { exit, err })
  end)

  it("shows the lines that ran, and fails below the least", function()
    local exit, out = test "--coverage"
    assert.equal(0, exit)
    assert.matches("campaigns/note.lua +%d+/%d+ +%d+ %%%s+7\n", out)
    local percent = tonumber(out:match "([%d.]+) %% of the lines ran")
    assert.is_true(percent > 50 and percent < 100)
    assert.equal(0, (test("--coverage-least", "50")))
    local code, _, err = test("--coverage-least", "100")
    assert.equal(1, code)
    assert.matches("have to cover 100 %", err, 1, true)
  end)

  it("refuses what it cannot do", function()
    assert.equal(2, (test("--jobs", "0")))
    assert.equal(2, (test("--time-limit", "soon")))
    assert.equal(2, (test("--coverage-least", "101")))
    local exit, _, err = test "spec/none"
    assert.equal(1, exit)
    assert.matches("there are no specs in .*/spec/none: a spec is a file whose name ends in _spec.lua", err)
    exit, _, err = test("--filter", "nothing has this name")
    assert.equal(1, exit)
    assert.matches("no case was run", err)
    exit, _, err = command.run("test", "--project", folder .. "/spec")
    assert.equal(1, exit)
    assert.matches("is no project folder", err)
  end)
end)
