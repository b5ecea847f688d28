local campaign = require "herald.campaign"
local clock = require "herald.clock"
local folder = require "spec.support.folder"
local lifecycle = require "herald.lifecycle"
local payload = require "herald.payload"
local store = require "herald.store"
local window = require "herald.window"

local NOW = window.parse "2026-11-23T10:00:00Z"

describe("lifecycle", function()
  local engine, time

  local function open(files, activation)
    local all = { ["herald.lua"] = ("return { activation = %q }"):format(activation or "reviewed") }
    for path, text in pairs(files or { ["campaigns/x.lua"] = folder.campaign() }) do all[path] = text end
    engine.project = folder.good(all)
    return engine.project
  end

  before_each(function()
    time = clock.manual(NOW)
    engine = { store = assert(store.open { path = ":memory:", clock = time }), clock = time }
  end)

  after_each(function() engine.store:close() end)

  local function import(files, activation)
    return assert(lifecycle.import(engine, open(files, activation), "spec"))
  end

  local function record(id) return assert(engine.store:campaign(id or "hello")) end

  local function shown(id)
    local found = record(id)
    local live = found.live and campaign.from_version(engine.store:version(found.id, found.live), engine.project)
    return lifecycle.status(found, live, time:now())
  end

  -- Brings the campaign "hello" into a status.
  local function make(status)
    import { ["campaigns/x.lua"] = folder.campaign {
      starts = status == "scheduled" and '"2026-12-01T00:00:00Z"' or nil, ends = status == "completed" and '"2026-11-24T00:00:00Z"' or nil,
    } }
    if status == "draft" then return end
    assert(lifecycle.activate(engine, "hello", "spec"))
    if status == "paused" then assert(lifecycle.pause(engine, "hello", "spec")) end
    if status == "stopped" or status == "archived" then assert(lifecycle.stop(engine, "hello", "spec")) end
    if status == "archived" then assert(lifecycle.archive(engine, "hello", "spec")) end
    if status == "completed" then time:set(window.parse "2026-11-24T00:00:00Z") end
    assert.equal(status, shown())
  end

  -- What each step makes of each status; false: refused. A live campaign has no draft version here.
  local EXPECTED = {
    draft     = { activate = "live", pause = false, resume = false, stop = false, archive = false, delete = "gone" },
    live      = { activate = false, pause = "paused", resume = false, stop = "stopped", archive = false, delete = false },
    scheduled = { activate = false, pause = "paused", resume = false, stop = "stopped", archive = false, delete = false },
    paused    = { activate = false, pause = false, resume = "live", stop = "stopped", archive = false, delete = false },
    completed = { activate = false, pause = false, resume = false, stop = false, archive = "archived", delete = false },
    stopped   = { activate = false, pause = false, resume = false, stop = false, archive = "archived", delete = false },
    archived  = { activate = false, pause = false, resume = false, stop = false, archive = false, delete = false },
  }

  for status, steps in pairs(EXPECTED) do
    for step, result in pairs(steps) do
      it(("%s a %s campaign: %s"):format(step, status, result or "refused"), function()
        make(status)
        local before = engine.store:campaign "hello"
        local done, message, code = lifecycle[step](engine, "hello", "spec")
        if not result then
          assert.is_nil(done)
          assert.equal("conflict", code)
          assert.is_string(message)
          assert.same(before, engine.store:campaign "hello")
        elseif result == "gone" then
          assert.is_truthy(done)
          assert.is_nil((engine.store:campaign "hello"))
        else
          assert.equal(result, done.status)
          assert.equal(result, record().status)
        end
      end)
    end

    it(("duplicates a %s campaign"):format(status), function()
      make(status)
      local copy = assert(lifecycle.duplicate(engine, "hello", "spec"))
      assert.equal("hello-copy", copy.id)
      assert.equal("draft", copy.status)
      assert.equal("hello-copy-2", assert(lifecycle.duplicate(engine, "hello", "spec")).id)
    end)
  end

  it("says what to do instead", function()
    make "stopped"
    local _, message = lifecycle.resume(engine, "hello", "spec")
    assert.equal("campaign hello is stopped; to resume it, it has to be paused; a stopped campaign is final: duplicate it to go on", message)
  end)

  it("knows no campaign that is not there", function()
    import()
    for _, step in ipairs { "activate", "pause", "resume", "stop", "archive", "delete", "duplicate", "review" } do
      local done, _, code = lifecycle[step](engine, "nobody", "spec")
      assert.is_nil(done)
      assert.equal("not-found", code, step)
    end
  end)

  describe("by the clock", function()
    it("is scheduled before its start and live from it on", function()
      make "scheduled"
      time:set(window.parse "2026-12-01T00:00:00Z" - 1)
      assert.equal("scheduled", shown())
      time:advance(1)
      assert.equal("live", shown())
    end)

    it("is completed from its end on", function()
      import { ["campaigns/x.lua"] = folder.campaign { ends = '"2026-11-24T00:00:00Z"' } }
      assert(lifecycle.activate(engine, "hello", "spec"))
      time:set(window.parse "2026-11-24T00:00:00Z" - 1)
      assert.equal("live", shown())
      time:advance(1)
      assert.equal("completed", shown())
    end)

    it("goes on when a version with a later end is activated", function()
      make "completed"
      import { ["campaigns/x.lua"] = folder.campaign { ends = '"2027-01-01T00:00:00Z"' } }
      assert(lifecycle.activate(engine, "hello", "spec"))
      assert.equal("live", shown())
    end)
  end)

  describe("a review", function()
    it("blocks what has errors, and says which", function()
      import { ["campaigns/x.lua"] = folder.campaign { message = '{ subject = "{{context.system}}", text = "x" }' } }
      local done, message, code, errors = lifecycle.activate(engine, "hello", "spec")
      assert.is_nil(done)
      assert.equal("review-failed", code)
      assert.matches("found 1 to correct", message)
      assert.equal("context-system", errors[1].code)
      assert.equal("draft", record().status)
    end)

    it("lets warnings pass", function()
      import { ["campaigns/x.lua"] = folder.campaign { title = false } }
      assert.equal(1, #lifecycle.review(engine, "hello").warnings)
      assert.equal("live", lifecycle.activate(engine, "hello", "spec").status)
    end)

    it("takes a past end as an error of a version that was never live, and as a warning of one that was", function()
      local over, going_on = { ends = '"2026-11-24T00:00:00Z"' }, { ends = '"2027-01-01T00:00:00Z"' }
      import({ ["campaigns/x.lua"] = folder.campaign(over) }, "automatic")
      time:set(window.parse "2026-11-25T00:00:00Z")
      assert.same({}, lifecycle.review(engine, "hello").errors)
      import({ ["campaigns/x.lua"] = folder.campaign(going_on) }, "automatic")
      assert.equal("live", shown())
      assert.same({ "hello" }, import({ ["campaigns/x.lua"] = folder.campaign(over) }, "automatic").activated)
      assert.equal("completed", shown())
      local result = import({ ["campaigns/y.lua"] = folder.campaign { id = '"late"', ends = '"2026-11-24T00:00:00Z"' } }, "automatic")
      assert.equal("already-ended", result.refused.late[1].code)
      assert.equal("review-failed", select(3, lifecycle.activate(engine, "late", "spec")))
    end)

    it("is of the version that is asked for", function()
      make "live"
      local first = record().live
      import { ["campaigns/x.lua"] = folder.campaign { title = false } }
      assert.equal(1, #lifecycle.review(engine, "hello").warnings)
      assert.equal(0, #lifecycle.review(engine, "hello", first).warnings)
      assert.equal("not-found", select(3, lifecycle.review(engine, "hello", ("0"):rep(64))))
    end)
  end)

  describe("an import", function()
    it("makes drafts of what is new, and nothing live where people review", function()
      local result = import()
      assert.same({ "hello" }, result.created)
      assert.same({}, result.activated)
      assert.equal("draft", record().status)
      assert.equal("file", record().origin)
      assert.equal("spec", record().created_by)
    end)

    it("puts live what passes its review where activation is automatic", function()
      local result = import({
        ["campaigns/x.lua"] = folder.campaign(),
        ["campaigns/y.lua"] = folder.campaign { id = '"bad"', message = '{ subject = "{{nothing}}", text = "x" }' },
      }, "automatic")
      assert.same({ "hello" }, result.activated)
      assert.equal("live", record().status)
      assert.equal("draft", record("bad").status)
      assert.equal("name-unknown", result.refused.bad[1].code)
    end)

    it("changes nothing when nothing changed", function()
      import(nil, "automatic")
      local before, revision = record(), engine.store:revision()
      local result = import(nil, "automatic")
      assert.same({ created = {}, updated = {}, activated = {}, drafts = {}, refused = {}, ignored = {}, gone = {} }, result)
      assert.same(before, record())
      assert.equal(revision, engine.store:revision())
    end)

    it("puts a changed file beside the live version", function()
      make "live"
      local first = record().live
      local result = import { ["campaigns/x.lua"] = folder.campaign { title = '"Changed"' } }
      assert.same({ "hello" }, result.updated)
      assert.equal(first, record().live)
      assert.is_string(record().draft)
      assert.equal("live", record().status)
      assert(lifecycle.activate(engine, "hello", "spec"))
      assert.not_equal(first, record().live)
      assert.is_nil(record().draft)
      assert.equal("Changed", payload.parse(engine.store:version("hello", record().live).definition):value(1).title)
    end)

    it("keeps a pause where activation is automatic", function()
      import(nil, "automatic")
      assert(lifecycle.pause(engine, "hello", "spec"))
      local first = record().live
      import({ ["campaigns/x.lua"] = folder.campaign { title = '"Changed"' } }, "automatic")
      assert.equal("paused", record().status)
      assert.not_equal(first, record().live)
    end)

    it("leaves stopped and archived campaigns alone", function()
      make "stopped"
      local before = record()
      local result = import({ ["campaigns/x.lua"] = folder.campaign { title = '"Changed"' } }, "automatic")
      assert.same({ "hello" }, result.ignored)
      assert.same(before, record())
    end)

    it("says whose file is gone while it runs, and whose draft waits", function()
      make "live"
      local other = { ["campaigns/y.lua"] = folder.campaign { id = '"other"' } }
      local result = import(other)
      assert.same({ "hello" }, result.gone)
      assert.same({ "other" }, result.drafts)
      assert.equal("live", shown())
      assert(lifecycle.stop(engine, "hello", "spec"))
      assert.same({}, import(other).gone)
    end)

    it("of a rollback puts live again what was live before, and nothing else", function()
      make "live"
      local first = record().live
      import { ["campaigns/x.lua"] = folder.campaign { title = '"Second"' } }
      assert(lifecycle.activate(engine, "hello", "spec"))
      open { ["campaigns/x.lua"] = folder.campaign(), ["campaigns/y.lua"] = folder.campaign { id = '"never"' } }
      local result = assert(lifecycle.import(engine, engine.project, "spec", { is_rollback = true }))
      assert.same({ "hello" }, result.activated)
      assert.same({ "never" }, result.drafts)
      assert.equal(first, record().live)
      assert.is_nil(record().draft)
    end)

    it("of a rollback takes away a draft that the earlier files do not have", function()
      make "live"
      local first = record().live
      import { ["campaigns/x.lua"] = folder.campaign { title = '"Second"' } }
      open()
      local result = assert(lifecycle.import(engine, engine.project, "spec", { is_rollback = true }))
      assert.same({}, result.activated)
      assert.same({}, result.drafts)
      assert.equal(first, record().live)
      assert.is_nil(record().draft)
    end)

    it("keeps every version, so that what was accepted can finish", function()
      make "live"
      local first = record().live
      import { ["campaigns/x.lua"] = folder.campaign { message = '{ subject = "New", text = "New" }' } }
      assert(lifecycle.activate(engine, "hello", "spec"))
      local old = assert(campaign.from_version(engine.store:version("hello", first), engine.project))
      assert.equal("Hello", old.definition.message.subject.source)
      assert.equal(2, #engine.store:versions "hello")
    end)
  end)

  describe("a definition from the API", function()
    local function data(title)
      return {
        id = "from-api", title = title or "From the API", channel = "email", surface = "mail", namespace = "email",
        message = { subject = "Hi", text = "Hi" },
      }
    end

    it("becomes a draft, and live after its review", function()
      open()
      local saved = assert(lifecycle.save(engine, data(), "jane"))
      assert.is_true(saved.campaign_created)
      assert.equal("draft", saved.status)
      assert.equal("api", saved.origin)
      assert.equal("jane", saved.created_by)
      assert.equal("live", lifecycle.activate(engine, "from-api", "jane").status)
    end)

    it("becomes a draft beside the live version when it changes", function()
      open()
      assert(lifecycle.save(engine, data(), "jane"))
      local live = assert(lifecycle.activate(engine, "from-api", "jane")).live
      local saved = assert(lifecycle.save(engine, data "Changed", "jane"))
      assert.is_falsy(saved.campaign_created)
      assert.equal(live, saved.live)
      assert.is_string(saved.draft)
    end)

    it("is refused with every error", function()
      open()
      local saved, message, code, errors = lifecycle.save(engine, { id = "x", channel = "email" }, "jane")
      assert.is_nil(saved)
      assert.equal("definition-invalid", code)
      assert.matches("not valid", message)
      assert.is_true(#errors >= 2)
    end)

    it("does not change what is written in a file, or is final", function()
      make "live"
      local copy = data()
      copy.id = "hello"
      assert.equal("conflict", select(3, lifecycle.save(engine, copy, "jane")))
      assert(lifecycle.save(engine, data(), "jane"))
      assert(lifecycle.activate(engine, "from-api", "jane"))
      assert(lifecycle.stop(engine, "from-api", "jane"))
      assert.equal("conflict", select(3, lifecycle.save(engine, data "Changed", "jane")))
    end)
  end)

  describe("a copy", function()
    it("of a file's campaign is the API's to change, until a file defines it", function()
      make "live"
      local copy = assert(lifecycle.duplicate(engine, "hello", "spec", "other"))
      assert.equal("api", copy.origin)
      local data = { id = "other", title = "Changed", channel = "email", surface = "mail", namespace = "email",
        message = { subject = "Hi", text = "Hi" } }
      assert.not_equal(copy.draft, assert(lifecycle.save(engine, data, "jane")).draft)
      import { ["campaigns/x.lua"] = folder.campaign(), ["campaigns/y.lua"] = folder.campaign { id = '"other"' } }
      local _, message, code = lifecycle.save(engine, data, "jane")
      assert.equal("conflict", code)
      assert.matches("written in a file", message)
    end)

    it("takes the id that it is told, when that is free and valid", function()
      make "live"
      assert.equal("other", lifecycle.duplicate(engine, "hello", "spec", "other").id)
      assert.equal("conflict", select(3, lifecycle.duplicate(engine, "hello", "spec", "other")))
      assert.equal("invalid-request", select(3, lifecycle.duplicate(engine, "hello", "spec", "a b")))
    end)

    it("keeps what the script does", function()
      import { ["campaigns/x.lua"] = folder.campaign { on_trigger = "function() return 'ran' end" } }
      local copy = assert(lifecycle.duplicate(engine, "hello", "spec"))
      local built = assert(campaign.from_version(engine.store:version(copy.id, copy.draft), engine.project))
      assert.equal("ran", built.on_trigger())
      assert.equal("live", lifecycle.activate(engine, "hello-copy", "spec").status)
    end)

    it("of a copy with the longest id is still an id", function()
      local long = ("x"):rep(64)
      import { ["campaigns/x.lua"] = folder.campaign { id = ("%q"):format(long) } }
      assert.equal(("x"):rep(59) .. "-copy", assert(lifecycle.duplicate(engine, long, "spec")).id)
    end)
  end)

  it("writes every step into the audit log, with who and when", function()
    import()
    time:advance(1000)
    assert(lifecycle.activate(engine, "hello", "jane"))
    assert(lifecycle.pause(engine, "hello", "john"))
    assert(lifecycle.resume(engine, "hello", "john"))
    assert(lifecycle.stop(engine, "hello", "jane"))
    assert(lifecycle.archive(engine, "hello", "jane"))
    local seen = {}
    for _, row in ipairs(assert(engine.store:audit { campaign = "hello" })) do seen[row.action] = row end
    for step, by in pairs { activate = "jane", pause = "john", resume = "john", stop = "jane", archive = "jane" } do
      assert.equal(by, seen[step].by, step)
      assert.equal(NOW + 1000, seen[step].at)
    end
    assert.is_string(payload.parse(seen.activate.detail):value(1).version)
  end)

  it("tells its steps", function()
    local steps = lifecycle.steps()
    assert.same({ "paused" }, steps.resume.from)
    assert.equal("stopped", steps.stop.to)
  end)
end)
