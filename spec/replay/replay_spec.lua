-- Recorded triggers against unchanged and changed code, on a store in a file as the daemon has it.
-- HERALD_SCALE: 10000 triggers, not 2000.
local clock = require "herald.clock"
local engines = require "herald.engine"
local folders = require "spec.support.project_folder"
local lifecycle = require "herald.lifecycle"
local log = require "herald.log"
local payload = require "herald.payload"
local project = require "herald.project"
local replay = require "herald.replay"
local store = require "herald.store"
local transfer = require "herald.transfer"
local window = require "herald.window"

local COUNT = os.getenv "HERALD_SCALE" and 10000 or 2000
local NOW = window.parse "2026-02-01T00:00:00Z"

local CAMPAIGN = [[return campaign {
  id = "order", channel = "email", surface = "mail", namespace = "email", context = { n = "integer", total = "number" },
  message = { subject = "Order {{context.n}}", text = "{{context.total}} for {{profile.name}}, {{context.region}}",
    headers = { ["X-Region"] = "{{context.region}}" } },
  on_trigger = function(trigger)
    local n = trigger.context.n
    if n % 10 == 0 then return trigger:skip "tenth" end
    if n % 7 == 0 then trigger:delay "2 hours" end
    if n % 5 == 0 then trigger.context.region = http.get("https://shop.example.com/region?n=" .. n):json().region end
    if n % 3 == 0 and not trigger:once("third-" .. n % 9, "1 day") then return trigger:skip "seen" end
    if n % 11 == 0 then trigger.context.level = trigger.profile.level end
  end,
}]]

local FILES = {
  ["herald.lua"] = 'return { activation = "automatic" }',
  ["surfaces/mail.lua"] = [[return surface { name = "mail", channel = "email", provider = "capture", from = "x@example.com" }]],
  ["campaigns/order.lua"] = CAMPAIGN,
}

local function load(files, settings)
  local all = {}
  for path, text in pairs(FILES) do all[path] = text end
  for path, text in pairs(files or {}) do all[path] = text end
  if settings then all["herald.lua"] = "return { activation = 'automatic', " .. settings .. " }" end
  local loaded, faults = project.load({ files = all }, { share = os.getenv "HERALD_SOURCE" })
  return assert(loaded, faults and tostring(faults[1]))
end

describe("a replay", function()
  local dir, client, path

  local function engine_on(opened, loaded, http)
    return engines.new {
      store = opened, clock = clock.manual(NOW), transfer = client, project = loaded, data = dir, log = log.open { level = "error" },
      outside = { sleep = function() end, http = http or function() error "a replay asks nobody" end },
    }
  end

  -- Triggers as the daemon accepts them; what is recorded stays in the file.
  local function record(count, files, settings)
    local opened = assert(store.open { path = path, clock = clock.manual(NOW) })
    local loaded = load(files, settings)
    local engine = engine_on(opened, loaded, function(request)
      return { status = 200, headers = {}, body = ('{"region":"r%d"}'):format(tonumber(request.url:match "%d+$") % 4) }
    end)
    assert(lifecycle.import(engine, loaded, "spec"))
    opened:save_profile { namespace = "email", user_id = "u1@example.com", attributes = '{"level":10.50,"name":"Jane"}', at = NOW }
    for first = 1, count, 20 do
      local list = {}
      for n = first, math.min(first + 19, count) do
        list[#list + 1] = ('{"type":"aep","namespace":"email","userId":"u%d@example.com","context":{"n":%d,"total":%d.50}}'):format(n % 50, n, n)
      end
      local status, answer = engine:unitary(
        ('{"requestId":"r%d","campaignId":"order","recipients":[%s]}'):format(first, table.concat(list, ",")), { name = "spec", sandbox = "prod" })
      assert(status == 202, payload.encode(answer))
    end
    opened:close()
  end

  local function run(files, settings, options)
    local opened <close> = assert(store.open { path = path, clock = clock.manual(NOW), readonly = true })
    local engine = engine_on(opened, load(files, settings))
    local find = options and options.live and replay.from_live(engine) or replay.from_project(engine)
    return assert(replay.run(engine, { since = options and options.since or NOW - 1000, find = find, most = 100000 }))
  end

  local function changed(from, to)
    local first, last = CAMPAIGN:find(from, 1, true)
    return { ["campaigns/order.lua"] = CAMPAIGN:sub(1, first - 1) .. to .. CAMPAIGN:sub(last + 1) }
  end

  before_each(function()
    dir, client = folders.make { ["x"] = "" }, transfer.new {}
    path = dir .. "/herald.db"
  end)
  after_each(function()
    client:close()
    folders.remove(dir)
  end)

  it(("finds no difference in unchanged code, and in changed code the triggers that reach the line: %d triggers"):format(COUNT), function()
    record(COUNT)
    local before = clock.monotonic()
    local report = run()
    local took = clock.monotonic() - before
    assert.same({ COUNT, 0, 0 }, { report.replayed, report.differing, report.not_comparable })
    assert.is_true(took < 60000, "took " .. took .. " ms")

    local reached = {}
    for n = 1, COUNT do
      if n % 10 ~= 0 and n % 7 == 0 then reached[n] = true end
    end
    report = run(changed('trigger:delay "2 hours"', 'trigger:delay "3 hours"'))
    local found = 0
    for _, trigger in ipairs(report.differences) do
      assert.same({ { field = "delay", old = "2 h", new = "3 h", place = "campaigns/order.lua:8" } }, trigger.differences)
      found = found + 1
    end
    local expected = 0
    for n in pairs(reached) do
      -- A third that was seen before is skipped behind the delay.
      local is_seen = n % 3 == 0 and n > 9
      if not is_seen then expected = expected + 1 end
    end
    assert.equal(expected, found)
  end)

  it("shows each field that differs, in the message too, with its characters", function()
    record(33)
    local report = run(changed('{{context.total}} for', '{{context.total}} EUR for'))
    assert.same({ ["message.text"] = report.differing }, report.fields)
    assert.equal("1.50 for Jane, ", report.differences[1].differences[1].old)
    assert.equal("1.50 EUR for Jane, ", report.differences[1].differences[1].new)
    report = run(changed("trigger.context.level = trigger.profile.level", "trigger.context.level = 'gold'"))
    assert.same({ ["context.level"] = 2 }, report.fields)
    assert.same({ field = "context.level", new = '"gold"' }, report.differences[1].differences[1])
  end)

  it("says that changed code asks something new, whatever it catches", function()
    record(20)
    local report = run(changed("region?n=", "area?n="))
    assert.same({ question = 2 }, report.fields)
    assert.equal("asks something new: http GET shop.example.com/area", report.differences[1].differences[1].new)
    report = run(changed('if n % 10 == 0', 'pcall(http.get, "https://shop.example.com/new") if n % 10 == 0'))
    assert.same({ question = 20 }, report.fields)
  end)

  it("says what a script's error, a rule and an end would have refused", function()
    record(2)
    assert.same({ old = "sent", new = 'refused: context.n: expected string, got number', field = "decision" },
      run(changed('n = "integer"', 'n = "string"')).differences[1].differences[1])
    assert.equal("refused: the campaign has ended",
      run(changed('context = {', 'ends = "2026-01-01T00:00:00Z", context = {')).differences[1].differences[1].new)
    assert.matches("^script error: campaigns/order.lua:7: ",
      run(changed('return trigger:skip "tenth"', 'end error "no" if false then')).differences[1].differences[1].new)
    assert.equal("the project has no such campaign", run(changed('"order"', '"other"')).differences[1].differences[1].new)
  end)

  it("runs against the live version, and from a time on", function()
    record(3)
    assert.same({ 3, 0 }, { run(nil, nil, { live = true }).replayed, run(nil, nil, { live = true }).differing })
    assert.equal(0, run(nil, nil, { since = NOW + 1 }).replayed)
  end)

  it("compares what does not depend on masked values, and says what it cannot compare", function()
    local settings = [[journal = { mask = { "context.total", "http.body.region" } }]]
    record(20, nil, settings)
    local report = run(nil, settings)
    assert.same({ 20, 0, 0 }, { report.replayed, report.differing, report.not_comparable })
    assert.is_true(report.masked > 0)
    report = run(changed("Order {{context.n}}", "{{context.n}} {{context.total}}"), settings)
    assert.equal("1 [masked]", report.differences[1].differences[1].new)
  end)

  it("does not compare what was decided by a masked value", function()
    local settings = [[journal = { mask = { "context.total" } }]]
    record(2, changed("if n % 10 == 0 then", "if type(trigger.context.total) == 'number' then"), settings)
    local report = run(nil, settings)
    assert.same({ 2, 0, 2 }, { report.replayed, report.differing, report.not_comparable })
    assert.same({ ["what was decided depends on a masked value: context.total"] = 2 }, report.reasons)
  end)

  it("does not compare what is not recorded", function()
    record(2, nil, "journal = { on = false }")
    assert.same({ ["what its script saw is not recorded: the journal was off, or journal.keep is over"] = 2 }, run().reasons)
  end)

  it("writes nothing", function()
    record(3)
    local opened <close> = assert(store.open { path = path, clock = clock.manual(NOW), readonly = true })
    local done, message, code = opened:save_profile { namespace = "email", user_id = "x", attributes = "{}", at = NOW }
    assert.same({ "the store is closed, or open for reading alone", "closed" }, { message, code })
    assert.is_nil(done)
  end)
end)
