-- limit as scripts have it, on the test kit.
local projects = require "spec.support.note_project"

describe("limit", function()
  local engine, close

  local function open(scripts)
    if close then close() end
    engine, close = projects.open(scripts)
  end

  after_each(function()
    if close then close() end
    close = nil
  end)

  local function found(options)
    local before = #engine:delivered()
    local answer = engine:trigger("note", { userId = "jane@example.com", context = {} }, options)
    assert.equal(202, answer.status, answer.text)
    return engine:delivered()[before + 1].subject
  end

  local TAKE = [[
    local taken, retry = limit.take("k", 2, "1 hour")
    trigger.context.found = tostring(taken) .. " " .. tostring(retry)]]

  it("lets so many through within any span of its duration", function()
    open { on_trigger = TAKE }
    assert.equal("true nil", found())
    engine:travel "30 minutes"
    assert.equal("true nil", found())
    engine:travel "20 minutes"
    assert.equal("false 600000", found())
    assert.equal("true nil", found { sandbox = "dev" })
    engine:travel "10 minutes"
    assert.equal("true nil", found())
    assert.equal("false 1800000", found())
  end)

  it("holds two durations for one key", function()
    open { on_trigger = [[
      trigger.context.found = tostring(limit.take("k", 1, "1 minute")) .. " " .. tostring(limit.take("k", 3, "1 day"))]] }
    assert.equal("true true", found())
    assert.equal("false true", found())
    engine:travel "1 minute"
    assert.equal("true true", found())
    engine:travel "1 minute"
    assert.equal("true false", found())
  end)

  it("takes nothing in a preview, and says what it would do", function()
    open { on_trigger = TAKE }
    for _ = 1, 3 do assert.equal("true nil", engine:preview("note", { context = {} }).subject) end
    found()
    found()
    assert.equal("false 3600000", engine:preview("note", { context = {} }).subject)
  end)

  it("says what is wrong", function()
    for script, expected in pairs {
      ["limit.take('k')"] = "campaigns/note.lua:3: limit.take: most: expected a whole number from 1 to 1000000",
      ["limit.take('k', 0, '1 hour')"] = "note.lua:3: limit.take: most: expected",
      ["limit.take('k', 1, 'soon')"] = "note.lua:3: limit.take: duration: ",
      ["limit.take('k', 1)"] = "note.lua:3: limit.take: duration: ",
      ["limit.take('', 1, '1 hour')"] = "note.lua:3: limit.take: key: expected",
    } do
      open { on_trigger = script }
      local answer = engine:trigger("note", { userId = "jane@example.com" })
      assert.equal("script-error", answer.code)
      assert.matches(expected, answer.body.detail, 1, true)
    end
  end)
end)
