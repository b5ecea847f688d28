-- once as scripts have it, beside trigger:once, on the test kit.
local projects = require "spec.support.note_project"

describe("once", function()
  local engine, close

  local function open(scripts)
    if close then close() end
    engine, close = projects.open(scripts)
  end

  after_each(function()
    if close then close() end
    close = nil
  end)

  local function call(context, options)
    return engine:trigger("note", { userId = "jane@example.com", context = context or {} }, options)
  end

  local function found(context, options)
    local before = #engine:delivered()
    local answer = call(context, options)
    assert.equal(202, answer.status, answer.text)
    return engine:delivered()[before + 1].subject
  end

  local ONCE = [[
    trigger.context.found = tostring(once("k", "1 day")) .. " " .. tostring(trigger:once("k", "1 day"))
    if trigger.context.refuse then trigger:reject "no" end]]

  it("is true the first time in each sandbox, apart from trigger:once", function()
    open { on_trigger = ONCE }
    assert.equal("true true", found())
    assert.equal("false false", found())
    assert.equal("true true", found({}, { sandbox = "dev" }))
    engine:travel "1 day"
    assert.equal("true true", found())
  end)

  it("goes with the call", function()
    open { on_trigger = ONCE }
    assert.equal("rejected-by-campaign", call({ refuse = true }).code)
    assert.equal("true true", found())
  end)

  it("goes with the request of an endpoint, and with an event", function()
    open {
      on_trigger = [[trigger.context.found = "x"]],
      on_event = [[
        local first = once("e", "1 day")
        if event.context.fail then error "no" end
        counter.add(first and "first" or "again")]],
      handle = [[
        local order = request:json()
        local said = { first = once("k", "1 day"), again = once("k", "1 day") }
        if order.fail then error "no" end
        return 200, said]],
    }
    assert.equal(500, engine:request({ path = "/hooks/note", json = { fail = true } }).status)
    assert.same({ first = true, again = false }, engine:request({ path = "/hooks/note", json = { fail = false } }).body)
    assert.same({ first = false, again = false }, engine:request({ path = "/hooks/note", json = { fail = false } }).body)
    found { fail = true }
    assert.is_nil(engine.store:kept("prod", "counter", "first", engine:now()))
    found()
    found()
    assert.equal(1, engine.store:kept("prod", "counter", "first", engine:now()).value)
    assert.equal(1, engine.store:kept("prod", "counter", "again", engine:now()).value)
  end)

  it("is for the whole project", function()
    open {
      on_trigger = [[trigger.context.found = tostring(once("k", "1 day"))]],
      handle = [[return 200, { first = once("k", "1 day") }]],
    }
    assert.equal("true", found())
    assert.is_false(engine:request({ path = "/hooks/note", json = {} }).body.first)
  end)

  it("is always true in a preview", function()
    open { on_trigger = ONCE }
    for _ = 1, 2 do assert.equal("true true", engine:preview("note", { context = {} }).subject) end
    assert.equal("true true", found())
  end)

  it("fails the call as the store does", function()
    open { on_trigger = ONCE }
    local real = engine.engine.store
    engine.engine.store = setmetatable({ once = function() return nil, "the database cannot be written; nothing was kept", "storage-unavailable" end }, {
      __index = function(_, name)
        return function(_, ...) return real[name](real, ...) end
      end,
    })
    local answer = call()
    engine.engine.store = real
    assert.same({ 503, "storage-unavailable" }, { answer.status, answer.code })
  end)

  it("says what is wrong", function()
    for script, expected in pairs {
      ["once()"] = "campaigns/note.lua:3: once: key: expected",
      ["once('k')"] = "note.lua:3: once: duration: ",
      ["once('k', 'soon')"] = "note.lua:3: once: duration: ",
    } do
      open { on_trigger = script }
      local answer = call()
      assert.equal("script-error", answer.code)
      assert.matches(expected, answer.body.detail, 1, true)
    end
  end)
end)
