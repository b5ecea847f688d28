-- kv as scripts have it, on the test kit.
local payload = require "herald.payload"
local projects = require "spec.support.note_project"

describe("kv", function()
  local engine, close

  local function open(scripts)
    if close then close() end
    engine, close = projects.open(scripts)
  end

  after_each(function()
    if close then close() end
    close = nil
  end)

  -- What trigger.context.found is after the script, in the templates' own words.
  local function found(context, options)
    local before = #engine:delivered()
    local answer = engine:trigger("note", { userId = "jane@example.com", context = context }, options)
    assert.equal(202, answer.status, answer.text)
    return engine:delivered()[before + 1].subject
  end

  local function detail(script, context)
    open { on_trigger = script }
    local answer = engine:trigger("note", { userId = "jane@example.com", context = context or {} })
    assert.equal("script-error", answer.code)
    return answer.body.detail
  end

  it("gives back exactly what was kept", function()
    open { on_trigger = [[
      if trigger.context.value ~= nil then kv.set("k", trigger.context.value) end
      kv.set("copy", { of = kv.get "k" })
      trigger.context.found = kv.get "copy".of]] }
    for _, value in ipairs {
      "text", "", "ünï\0\n\"", true, false, 5, 9007199254740993, math.mininteger, 0.1, 1e300, 2.5, payload.array {}, {},
      { a = { 1, 2, { b = "c" } }, d = payload.null },
    } do
      engine:trigger("note", { userId = "jane@example.com", context = { value = value } })
      local row = engine.store:kept("prod", "kv", "k", engine:now())
      assert.equal(payload.encode(value), row.value)
      assert.equal('{"of":' .. payload.encode(value) .. "}", engine.store:kept("prod", "kv", "copy", engine:now()).value)
    end
  end)

  it("is there in the next call, the event and the endpoint", function()
    open {
      on_trigger = [[kv.set("seen", "trigger") trigger.context.found = tostring(kv.get "event")]],
      on_event = [[kv.set("event", event.kind .. " after " .. kv.get "seen")]],
      handle = [[return 200, { seen = kv.get "seen", event = kv.get "event" }]],
    }
    assert.equal("nil", found {})
    assert.equal("sent after trigger", found {})
    assert.same({ seen = "trigger", event = "sent after trigger" }, engine:request { path = "/hooks/note", json = {} }.body)
  end)

  it("forgets when the time is over, by the engine's clock", function()
    open { on_trigger = [[
      if trigger.context.set then kv.set("k", 1, { ttl = "1 hour" }) end
      trigger.context.found = tostring(kv.get "k")]] }
    assert.equal("1", found { set = true })
    engine:travel "59 minutes 59 seconds"
    assert.equal("1", found {})
    engine:travel "1 second"
    assert.equal("nil", found {})
  end)

  it("adds, replaces, swaps and deletes, and says what it did", function()
    open { on_trigger = [[
      local said = {}
      local function say(...) said[#said + 1] = table.concat({ ... }, "=") end
      local function word(done, there) say(tostring(done), there ~= nil and tostring(there) or nil) end
      word(kv.replace("k", 0))
      word(kv.add("k", 1, { ttl = "1 day" }))
      word(kv.add("k", 2))
      word(kv.replace("k", 3))
      word(kv.swap("k", 1, 4))
      word(kv.swap("k", 3, { b = 1, a = 2 }))
      word(kv.swap("k", { a = 2, b = 1 }, 5))
      word(kv.swap("l", nil, 6))
      word(kv.swap("l", nil, 7))
      word(kv.delete "k")
      word(kv.delete "k")
      trigger.context.found = table.concat(said, " ")]] }
    assert.equal("false true false=1 true false=3 true true true false=6 true false", found {})
  end)

  it("belongs to the call's sandbox, in its events too", function()
    open { on_trigger = [[trigger.context.found = tostring(kv.get "k") kv.set("k", "there")]], on_event = [[kv.set("event", 1)]] }
    assert.equal("nil", found {})
    assert.equal("nil", found({}, { sandbox = "dev" }))
    assert.equal("there", found({}, { sandbox = "dev" }))
    assert(engine.store:kept("dev", "kv", "event", engine:now()))
    assert.is_true(engine.store:forget_kept("dev", "kv", "event", engine:now()))
    engine:trigger("note", { userId = "jane@example.com", context = {} }, { sandbox = "later" })
    assert(engine.store:kept("later", "kv", "event", engine:now()))
    assert.is_nil(engine.store:kept("dev", "kv", "event", engine:now()))
  end)

  it("keeps what was written by a call that is refused", function()
    open { on_trigger = [[kv.set("k", 1) trigger:reject "no"]] }
    assert.equal("rejected-by-campaign", engine:trigger("note", { userId = "jane@example.com" }).code)
    assert.equal("1", engine.store:kept("prod", "kv", "k", engine:now()).value)
  end)

  it("answers in a preview and changes nothing", function()
    open { on_trigger = [[
      if trigger.context.set then kv.set("k", 1) end
      trigger.context.found = table.concat({ tostring(kv.add("k", 2)), tostring(kv.add("l", 2)), tostring(kv.swap("k", 1, 3)),
        tostring(kv.replace("l", 2)), tostring(kv.delete "k"), tostring(kv.set("k", 9)), tostring(kv.get "k") }, " ")]] }
    engine.store:kv_set { sandbox = "prod", key = "k", value = "1", now = engine:now(), most_keys = 10 }
    assert.equal("false true true false true true 1", engine:preview("note", { context = {} }).subject)
    assert.equal("1", engine.store:kept("prod", "kv", "k", engine:now()).value)
    assert.is_nil(engine.store:kept("prod", "kv", "l", engine:now()))
  end)

  it("says what is wrong, with its line and without the key and the value", function()
    for script, expected in pairs {
      ["kv.get(5)"] = "campaigns/note.lua:3: kv.get: key: expected a text that is not empty",
      ["kv.get ''"] = "note.lua:3: kv.get: key: expected a text",
      ["kv.get 'a\\0'"] = "note.lua:3: kv.get: key: expected UTF-8",
      ["kv.get '\\xff'"] = "note.lua:3: kv.get: key: expected UTF-8",
      ["kv.get(('k'):rep(513))"] = "note.lua:3: kv.get: key: 513 bytes; limits.kv.key is 512",
      ["kv.set('k')"] = "note.lua:3: kv.set: value: missing; kv.delete takes a key away",
      ["kv.set('k', print)"] = "the global 'print' is not set",
      ["kv.set('k', { a = { error } })"] = "note.lua:3: kv.set: value.a[1]: JSON cannot say a function",
      ["kv.set('k', 0/0)"] = "note.lua:3: kv.set: value: JSON cannot say NaN",
      ["local t = {} t.t = t kv.set('k', t)"] = "note.lua:3: kv.set: value.t: JSON cannot say a table that contains itself",
      ["kv.set('k', { [5] = 1 })"] = "note.lua:3: kv.set: value: JSON cannot say an object with a number",
      ["kv.set('k', { '\\xff' })"] = "note.lua:3: kv.set: value: a text in it is not UTF-8",
      ["kv.set('k', ('x'):rep(64000))"] = "note.lua:3: kv.set: value: larger than 64000 bytes",
      ["kv.set('k', 1, { tll = '1 day' })"] = "note.lua:3: kv.set: unknown option 'tll'",
      ["kv.set('k', 1, { ttl = 'soon' })"] = "note.lua:3: kv.set: ttl: ",
      ["kv.set('k', 1, { ttl = 0 })"] = "note.lua:3: kv.set: ttl: expected from a millisecond to 100 years",
      ["kv.set('k', 1, '1 day')"] = "note.lua:3: kv.set: options: expected a table",
      ["kv.add('k', 1, { ttl = true })"] = "note.lua:3: kv.add: ttl: ",
      ["kv.swap('k', error, 1)"] = "note.lua:3: kv.swap: expected: JSON cannot say a function",
      ["kv.swap('k', 1)"] = "note.lua:3: kv.swap: value: missing",
      ["kv.get = 1"] = "note.lua:3: kv.get cannot be set",
    } do
      assert.matches(expected, detail(script), 1, true)
    end
  end)

  it("keeps a value of the largest size", function()
    open { on_trigger = [[kv.set("k", ("x"):rep(63998)) trigger.context.found = #kv.get "k"]] }
    assert.equal("63998", found {})
  end)

  it("is bounded by the settings", function()
    open { settings = "{ limits = { kv = { key = '4 bytes', value = '10 bytes', keys = 2 } } }", on_trigger = [[
      local said = {}
      for _, write in ipairs {
        function() kv.set("a", 1) end, function() kv.set("b", 1) end, function() kv.set("c", 1) end, function() counter.add "c" end,
        function() limit.take("c", 1, "1 day") end, function() kv.set("abcde", 1) end, function() kv.set("a", "123456789") end,
      } do
        local ok, message = pcall(write)
        said[#said + 1] = ok and "done" or message:match ": (.*)$"
      end
      trigger.context.found = table.concat(said, "; ")]] }
    local full = "the sandbox keeps as many keys as it may"
    assert.equal(table.concat({
      "done", "done", "kv.set: " .. full, "counter.add: " .. full, "limit.take: " .. full,
      "kv.set: key: 5 bytes; limits.kv.key is 4", "kv.set: value: larger than 10 bytes",
    }, "; "), found {})
  end)

  it("fails the call as the store does, where the script does not catch it", function()
    open { settings = "{ limits = { kv = { keys = 1 } } }", on_trigger = [[
      kv.set(trigger.context.key, 1)
      if trigger.context.more then
        local ok, message = pcall(kv.set, "more", 1)
        if trigger.context.more == "raise" then error(message) end
        if trigger.context.more == "other" then error "another thing" end
      end]], handle = [[kv.set("more", 1) return 204]] }
    local function call(context)
      return engine:trigger("note", { userId = "jane@example.com", context = context })
    end
    assert.equal(202, call { key = "first" }.status)
    local refused = call { key = "second" }
    assert.same({ 503, "storage-unavailable" }, { refused.status, refused.code })
    assert.equal("kv.set: the sandbox keeps as many keys as it may", refused.body.detail)
    assert.is_nil(refused.execution_id)
    assert.equal(202, call { key = "first", more = "caught" }.status)
    assert.equal("storage-unavailable", call { key = "first", more = "raise" }.code)
    assert.equal("script-error", call { key = "first", more = "other" }.code)
    assert.equal(2, #engine:delivered())
    local answer = engine:request { path = "/hooks/note", json = {} }
    assert.same({ 503, "storage-unavailable", "1" }, { answer.status, answer.code, answer.headers["Retry-After"] })
  end)

  it("is answered 503 where the store cannot be read", function()
    open { on_trigger = [[kv.get "k"]] }
    local real = engine.engine.store
    engine.engine.store = setmetatable({ kept = function() return nil, "the database cannot be read", "storage-unavailable" end }, {
      __index = function(_, name)
        return function(_, ...) return real[name](real, ...) end
      end,
    })
    local answer = engine:trigger("note", { userId = "jane@example.com" })
    engine.engine.store = real
    assert.same({ 503, "storage-unavailable" }, { answer.status, answer.code })
    assert.matches("kv.get: the database cannot be read", answer.body.detail, 1, true)
  end)

  it("is not there while files are loaded", function()
    local project = require "herald.project"
    for _, script in ipairs { 'kv.set("k", 1)', 'counter.add "k"', 'limit.take("k", 1, "1 day")', 'once("k", "1 day")' } do
      local _, errors = project.load { files = { ["campaigns/x.lua"] = script } }
      assert.matches("campaigns/x.lua:1: %w+%.?%w*: only while on_trigger", tostring(errors))
    end
  end)
end)
