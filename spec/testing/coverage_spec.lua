local bytecode = require "herald.testing.bytecode"
local budget = require "herald.budget"
local coverage = require "herald.testing.coverage"
local kit = require "herald.testing"
local project_folder = require "spec.support.project_folder"

local CAMPAIGN = [[
local campaign = require "campaign"
local names = require "lib.names"

return campaign {
  id = "note", title = "Note", channel = "email", surface = "mail", namespace = "email", context = { n = "integer" },
  message = { subject = "x", text = "x" },
  on_trigger = function(trigger)
    if trigger.context.n > 1 then
      trigger:skip "many"
      return
    else
      trigger.context.name = names.of(trigger)
    end
    local function never()
      return 1
    end
    -- a comment
  end,
  on_event = function(event)
    local ok, kind = pcall(function()
      return event.kind
    end)
    return ok and kind
  end,
}
]]

local FILES = {
  ["herald.lua"] = "return {}",
  ["surfaces/mail.lua"] = 'return surface { name = "mail", channel = "email", provider = "capture", from = "Shop <shop@example.com>" }',
  ["campaigns/note.lua"] = CAMPAIGN,
  ["lib/names.lua"] = "local M = {}\n\nfunction M.of(trigger)\n  return trigger.recipient.userId\nend\n\nfunction M.unused()\n  return 1\nend\n\nreturn M\n",
}

local function sorted(set)
  local list = {}
  for line in pairs(set) do list[#list + 1] = line end
  table.sort(list)
  return list
end

describe("the lines that can run", function()
  it("are those of every function in the file", function()
    local source = "local a = 1\n\nlocal function f(...)\n  return a + ...\nend\n\nreturn function()\n  return f\nend\n"
    assert.same({ 1, 4, 5, 8, 9 }, (function()
      local lines = sorted(assert(bytecode.lines(source, "x.lua")))
      for index = #lines, 1, -1 do
        if lines[index] == 3 then table.remove(lines, index) end -- where the closure is made: the versions of Lua differ
      end
      return lines
    end)())
  end)

  it("are found where the distances between them are long", function()
    local parts = { "local a = 1" }
    for index = 1, 300 do parts[#parts + 1] = ("\n"):rep(index % 7 * 60) .. "a = a + 1" end
    local lines = sorted(assert(bytecode.lines(table.concat(parts, "\n"), "x.lua")))
    local number, expected = 1, { 1 }
    for index = 1, 300 do
      number = number + index % 7 * 60 + 1
      expected[#expected + 1] = number
    end
    assert.same(expected, lines)
  end)

  it("agree with what the debug library says of a function", function()
    local source = "local t = {\n a = 1,\n b = { 2, 3 },\n}\nfor i = 1, 3 do\n  t[i] = i\nend\nwhile false do\n t = nil\nend\nreturn t\n"
    local active = debug.getinfo(load(source, "@x.lua"), "L").activelines
    assert.same(sorted(active), sorted(bytecode.lines(source, "x.lua")))
  end)

  it("are none of a file that is no Lua", function()
    assert.is_nil(bytecode.lines("return return", "x.lua"))
  end)
end)

describe("coverage", function()
  local dir

  setup(function() dir = project_folder.make(FILES) end)
  teardown(function() project_folder.remove(dir) end)

  local function ran(...)
    local traced = coverage.start(dir)
    local engine <close> = kit.engine { project = dir }
    for _, n in ipairs { ... } do engine:trigger("note", { userId = "jane@example.com", context = { n = n } }) end
    return coverage.stop(traced)
  end

  local function row(rows, path)
    for _, each in ipairs(rows) do
      if each.path == path then return each end
    end
  end

  it("tells the lines that never ran, of functions that were never made too", function()
    local rows, percent = coverage.sum(dir, { ran(1) })
    assert.equal("9-10, 15", row(rows, "campaigns/note.lua").never_ran)
    assert.equal("8", row(rows, "lib/names.lua").never_ran)
    assert.is_true(percent > 70 and percent < 100)
    assert.is_nil(row(rows, "surfaces/mail.lua"))
  end)

  it("sums what several processes saw", function()
    local rows = coverage.sum(dir, { ran(1), ran(2) })
    assert.equal("15", row(rows, "campaigns/note.lua").never_ran)
  end)

  it("is of nothing where nothing ran", function()
    local rows, percent = coverage.sum(dir, {})
    assert.equal(0, percent)
    assert.equal(0, row(rows, "lib/names.lua").covered)
  end)

  it("leaves the bounds of a script as they are", function()
    budget.trace { ["x.lua"] = { [1] = 0 } }
    local function loop() while true do pcall(error) end end
    local _, _, code = budget.run({ instructions = 100000 }, loop)
    budget.trace(nil)
    assert.equal("budget-exceeded", code)
  end)

  it("allocates nothing for the lines it counts", function()
    local lines = { ["x.lua"] = { [1] = 0 } }
    local f = load("for _ = 1, 10000 do local a = 1\nlocal b = 2 end", "@x.lua")
    budget.trace(lines)
    local ok, message = budget.run({ memory = 4096 }, f)
    budget.trace(nil)
    assert.is_true(ok, message)
    assert.is_true(lines["x.lua"][1] >= 10000)
    assert.is_nil(lines["x.lua"][2])
  end)

  it("ends", function()
    local lines = { ["x.lua"] = { [1] = 0 } }
    local f = load("return 1", "@x.lua")
    budget.trace(lines)
    budget.run({}, f)
    budget.trace(nil)
    budget.run({}, f)
    assert.equal(1, lines["x.lua"][1])
    assert.error_matches(function() budget.trace(7) end, "table or nil expected")
  end)
end)
