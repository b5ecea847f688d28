-- What the journal keeps of a trigger, and of a call that was refused.
local folders = require "spec.support.project_folder"
local ids = require "herald.ids"
local kit = require "herald.testing"
local record = require "herald.journal.record"

local CAMPAIGN = [[return campaign {
  id = "note", channel = "email", surface = "mail", namespace = "email", message = { subject = "{{context.found}}", text = "x" },
  on_trigger = function(trigger)
%s
  end,
}]]

describe("the journal", function()
  local dir, engine

  local function start(on_trigger, settings)
    dir = folders.make {
      ["herald.lua"] = "return { " .. (settings or "") .. " }",
      ["surfaces/mail.lua"] = [[return surface { name = "mail", channel = "email", provider = "capture", from = "x@example.com" }]],
      ["campaigns/note.lua"] = CAMPAIGN:format(on_trigger),
    }
    engine = kit.engine { project = dir, now = "2026-02-01T00:00:00Z" }
    return engine
  end

  after_each(function()
    if engine then engine:close() end
    if dir then folders.remove(dir) end
    dir, engine = nil, nil
  end)

  local function trigger(context, more)
    return engine:trigger("note", { userId = "jane@example.com", context = context or {}, profile = more and more.profile })
  end

  local function row(answer)
    return engine.store:journal({ since = 0, after = ids.parse(answer.messages[1].id) - 1, limit = 1 })[1]
  end

  it("keeps each step with its file and line, also of a call in tail position", function()
    start [[    if not trigger:once("hello", "1 day") then return trigger:skip "again" end
    trigger:delay "2 hours"
    return trigger:via("email", "mail")]]
    local first = row(trigger())
    assert.equal(1, first.generation)
    assert.same({
      { "once", "campaigns/note.lua:4", "hello", true }, { "delay", "campaigns/note.lua:5", "2 hours" },
      { "via", "campaigns/note.lua:6", "email", "mail" },
    }, record.decode(first.record).steps)
    assert.same({ { "once", "campaigns/note.lua:4", "hello", false }, { "skip", "campaigns/note.lua:4", "again" } },
      record.decode(row(trigger()).record).steps)
  end)

  it("keeps what was asked and answered, with its characters", function()
    start [[    local answer = http.get("https://user:word@shop.example.com/q?token=1", { headers = { Authorization = "Bearer x" } })
    trigger.context.found = answer:json().word .. (trigger.profile.level or "")
    http.post("https://shop.example.com/p", { body = "a" })]]
    engine:save_profile("email", "jane@example.com", { level = "gold", total = kit.json "10.50" })
    engine:answer_http(function(request)
      if request.method == "POST" then return nil, "no way", "unreachable" end
      return { status = 200, headers = { x = "y" }, body = '{"word":"tea","price":9.90}\xff' and '{"word":"tea","price":9.90}' }
    end)
    local text = row(trigger()).record
    local kept = record.decode(text)
    assert.same({ "http", "profile", "http" }, { kept.tape[1].kind, kept.tape[2].kind, kept.tape[3].kind })
    assert.equal("GET shop.example.com/q", kept.tape[1].words)
    assert.same({ n = 1, { status = 200, headers = { x = "y" }, body = '{"word":"tea","price":9.90}' } }, kept.tape[1].answers)
    assert.same({ n = 1, '{"level":"gold","total":10.50}' }, kept.tape[2].answers)
    assert.same({ n = 3, nil, "no way", "unreachable" }, kept.tape[3].answers)
    assert.is_nil(text:find("Bearer", 1, true))
    assert.is_nil(text:find("token", 1, true))
  end)

  it("keeps the context as it came, where the script changed it, and nothing where there is nothing to say", function()
    start [[    if trigger.context.n then trigger.context.found = "x" end]]
    assert.equal("", row(trigger { other = 1 }).record)
    local kept = record.decode(row(trigger { n = kit.json "1.50" }).record)
    assert.equal('{"n":1.50}', kept.context)
    assert.same({}, kept.tape)
  end)

  it("masks by rule before it writes", function()
    start([[    trigger.context.found = http.get("https://shop.example.com/q"):json().name .. trigger.profile.name]],
      [[journal = { mask = { "context.password", "context.people.name", "profile.*", "http.body.name" } }]])
    engine:answer_http(function() return { status = 200, body = '{"name":"Jane","n":1.50}' } end)
    local answer = trigger({ password = "hush", people = { { name = "Joe", n = 1 } }, later = 1 }, { profile = { name = "Doe" } })
    local text = row(answer).record
    for _, secret in ipairs { "hush", "Joe", "Jane", "Doe" } do assert.is_nil(text:find(secret, 1, true), secret) end
    local kept = record.decode(text)
    assert.same({ "context.password", "context.people.name", "http.body.name" }, kept.masked)
    assert.equal('{"later":1,"password":"[masked]","people":[{"n":1,"name":"[masked]"}]}', kept.context)
    assert.equal('{"name":"[masked]","n":1.50}', kept.tape[1].answers[1].body)
  end)

  it("keeps no answer that is longer than it may be, and says so", function()
    start [[    http.get "https://shop.example.com/q"]]
    engine:answer_http(function() return { status = 200, body = ("x"):rep(70000) } end)
    local kept = record.decode(row(trigger()).record)
    assert.equal("too long", kept.tape[1].lost)
    assert.is_nil(kept.tape[1].answers)
  end)

  it("is nothing while it is off", function()
    start('    if trigger.context.no then trigger:reject "no" end trigger:delay "1 hour"', "journal = { on = false }")
    assert.is_nil(row(trigger()).record)
    assert.equal(400, trigger({ no = true }).status)
    assert.same({}, engine.store:refusals { user_id = "jane@example.com", campaign = "note", since = 0, limit = 9 })
  end)

  it("keeps its records for its time, the messages for theirs", function()
    start('    if trigger.context.no then return trigger:reject "no" end trigger:skip "x"', 'journal = { keep = "2 days" }')
    local answer = trigger()
    trigger { no = true }
    local now = engine:now()
    engine.store:prune { before = now - 1000, journal_before = now, limit = 1000 }
    assert.truthy(row(answer).record)
    assert.equal(1, #engine.store:refusals { user_id = "jane@example.com", campaign = "note", since = 0, limit = 9 })
    engine.store:prune { before = now - 1000, journal_before = now + 1000, limit = 1000 }
    assert.is_nil(row(answer).record)
    assert.equal("skipped", row(answer).state)
    assert.equal(0, #engine.store:refusals { user_id = "jane@example.com", campaign = "note", since = 0, limit = 9 })
  end)
end)

describe("the trace of refused calls", function()
  local dir, engine

  before_each(function()
    dir = folders.make {
      ["herald.lua"] = "return {}",
      ["surfaces/mail.lua"] = [[return surface { name = "mail", channel = "email", provider = "capture", from = "x@example.com" }]],
      ["campaigns/note.lua"] = CAMPAIGN:format [[
    if trigger.context.boom then error("the secret is " .. trigger.context.boom) end
    return trigger:reject("not for " .. trigger.context.why)]],
    }
    engine = kit.engine { project = dir, now = "2026-02-01T00:00:00Z" }
  end)
  after_each(function()
    engine:close()
    folders.remove(dir)
  end)

  local function traces(campaign)
    return engine.store:refusals { user_id = "jane@example.com", campaign = campaign or "note", since = 0, limit = 1000 }
  end

  it("says who, what for, when, why and where", function()
    engine:trigger("note", { userId = "jane@example.com", context = { why = "you" } }, { requestId = "r-1" })
    local trace = traces()[1]
    trace.id = nil
    assert.same({
      at = engine:now(), campaign = "note", user_id = "jane@example.com", namespace = "email", request_id = "r-1", by = "spec",
      code = "rejected-by-campaign", reason = "not for you", place = "campaigns/note.lua:5", left_out = 0,
    }, trace)
  end)

  it("keeps a script's error by its place alone", function()
    engine:trigger("note", { userId = "jane@example.com", context = { boom = "hush" } })
    local trace = traces()[1]
    assert.same({ "script-error", "campaigns/note.lua:4" }, { trace.code, trace.place })
    assert.is_nil(trace.reason)
  end)

  it("has the calls that no campaign saw, and each recipient of them", function()
    engine:trigger("nope", { recipients = { { userId = "jane@example.com", namespace = "email" }, { userId = "joe@example.com", namespace = "email" } } })
    assert.equal("campaign-not-found", traces("nope")[1].code)
    engine:trigger("note", { recipients = { { userId = "joe@example.com", context = { why = "x" } }, { userId = "jane@example.com" } } })
    assert.equal("another recipient of the call was refused", traces()[1].reason)
    engine:trigger("note", { userId = "jane@example.com", namespace = "phone" })
    assert.equal("namespace-mismatch", traces()[1].code)
  end)

  it("writes no more than so many at once, and says how many it left out", function()
    for _ = 1, 230 do engine:trigger("note", { userId = "jane@example.com", context = { why = "x" } }) end
    assert.equal(200, #traces())
    engine:travel "1 second"
    engine:trigger("note", { userId = "jane@example.com", context = { why = "x" } })
    assert.equal(201, #traces())
    assert.equal(30, traces()[1].left_out)
  end)
end)
