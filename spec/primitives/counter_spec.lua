-- counter as scripts have it, on the test kit.
local projects = require "spec.support.note_project"

describe("counter", function()
  local engine, close

  local function open(scripts)
    if close then close() end
    engine, close = projects.open(scripts)
  end

  after_each(function()
    if close then close() end
    close = nil
  end)

  local function found(context, options)
    local before = #engine:delivered()
    local answer = engine:trigger("note", { userId = "jane@example.com", context = context or {} }, options)
    assert.equal(202, answer.status, answer.text)
    return engine:delivered()[before + 1].subject
  end

  it("adds one unless told, and gives the sum", function()
    open { on_trigger = [[trigger.context.found = table.concat({
      counter.get "c", counter.add "c", counter.add("c", 10), counter.add("c", -4), counter.add("c", 0), counter.get "c" }, " ")]] }
    assert.equal("0 1 11 7 7 7", found())
    assert.equal("7 8 18 14 14 14", found())
    assert.equal("0 1 11 7 7 7", found({}, { sandbox = "dev" }))
  end)

  it("begins again when the time of its first addition is over", function()
    open { on_trigger = [[trigger.context.found = counter.add("c", 1, { ttl = "1 hour" })]] }
    assert.equal("1", found())
    engine:travel "40 minutes"
    assert.equal("2", found())
    engine:travel "20 minutes"
    assert.equal("1", found())
  end)

  it("counts each recipient of a call, its events and its requests", function()
    open { on_trigger = [[counter.add "c"]], on_event = [[counter.add "c"]], handle = [[return 200, { n = counter.add("c") }]] }
    local recipients = {}
    for n = 1, 20 do recipients[n] = { userId = n .. "@example.com", context = {} } end
    assert.equal(202, engine:trigger("note", { recipients = recipients }).status)
    assert.equal(41, engine:request { path = "/hooks/note", json = {} }.body.n)
  end)

  it("adds nothing in a preview", function()
    open { on_trigger = [[trigger.context.found = counter.add("c", 5)]] }
    assert.equal("5", engine:preview("note", { context = {} }).subject)
    assert.equal("5", found())
    assert.equal("10", engine:preview("note", { context = {} }).subject)
    assert.equal("10", found())
  end)

  it("says what is wrong", function()
    for script, expected in pairs {
      ["counter.add()"] = "campaigns/note.lua:3: counter.add: key: expected a text",
      ["counter.add('c', 1.5)"] = "note.lua:3: counter.add: n: expected a whole number",
      ["counter.add('c', '1')"] = "note.lua:3: counter.add: n: expected a whole number",
      ["counter.add('c', 1, { ttl = 'x' })"] = "note.lua:3: counter.add: ttl: ",
      ["counter.add('c', math.maxinteger) counter.add('c', 1)"] = "note.lua:3: counter.add: n: the counter would leave the integers",
    } do
      open { on_trigger = script }
      local answer = engine:trigger("note", { userId = "jane@example.com" })
      assert.equal("script-error", answer.code)
      assert.matches(expected, answer.body.detail, 1, true)
    end
  end)
end)
