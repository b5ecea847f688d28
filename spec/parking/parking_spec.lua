-- A campaign that keeps exceeding its budget, on the real engine and store: parked, tried again, let go.
local apis = require "spec.support.api"
local engines = require "herald.engine"
local lifecycle = require "herald.lifecycle"
local payload = require "herald.payload"
local problem = require "herald.problem"
local projects = require "herald.project"

local function settings(parking)
  return ([[return { activation = "automatic", parking = %s,
    limits = { on_trigger = { cpu = "60 seconds", instructions = 100000 } } }]]):format(parking)
end

local RUNAWAY = [[
  return campaign {
    id = "runaway", channel = "email", surface = "transactional", message = { subject = "S", text = "x" },
    on_trigger = function(trigger)
      while trigger.context.loop do end
      if trigger.context.fail then error "broken on purpose" end
    end,
    on_event = function() end,
  }]]

describe("a campaign that keeps exceeding its budget", function()
  local api, count

  local function open(parking)
    count = 0
    api = apis.open {
      ["herald.lua"] = settings(parking or '{ after = 3, within = "1 minute", time = "5 minutes" }'), ["campaigns/runaway.lua"] = RUNAWAY,
    }
  end

  after_each(function() api:close() end)

  local function trigger(context, request_id)
    count = count + 1
    local status, body, headers = api:call("POST", "/im/executions/unitary", { body = {
      requestId = request_id or "r" .. count, campaignId = "runaway",
      recipients = payload.array { { type = "aep", userId = "jane@example.com", namespace = "email", context = context } },
    } })
    return ("%d %s"):format(status, problem.code(body) or ""), body, headers
  end

  local function exceed(times)
    for _ = 1, times do assert.equal("400 script-error", (trigger { loop = true })) end
  end

  it("is parked, and says why and for how long", function()
    open()
    exceed(3)
    local code, body, headers = trigger {}
    assert.equal("503 campaign-parked", code)
    assert.equal("300", headers["Retry-After"])
    assert.matches("campaigns/runaway.lua:4: the script ran too many instructions (limits.on_trigger.instructions = 100000)", body.detail, 1, true)
    assert.matches("herald unpark runaway", body.detail, 1, true)
    assert.equal("2026-11-23T10:05:00.000Z", body.report.additionalContext.parkedUntil)
    assert.equal(202, (api:trigger "jane@example.com"))
  end)

  it("is shown by its own page, the status, the audit log and the metrics", function()
    open()
    assert.is_nil(select(2, api:call("GET", "/status")).parked)
    exceed(3)
    local _, shown = api:call("GET", "/campaigns/runaway")
    assert.equal("live", shown.status)
    assert.equal("2026-11-23T10:00:00.000Z", shown.parked.since)
    assert.equal("2026-11-23T10:05:00.000Z", shown.parked["until"])
    assert.equal(shown.live, shown.parked.version)
    local parked = select(2, api:call("GET", "/status")).parked
    assert.equal(1, #parked)
    assert.equal("runaway", parked[1].campaignId)
    local entry = select(2, api:call("GET", "/audit?campaign=runaway&limit=1")).entries[1]
    assert.equal("park", entry.action)
    assert.equal("herald", entry.by)
    local _, metrics = api:call("GET", "/metrics")
    assert.matches('herald_budget_exceeded_total{campaign="runaway",limit="instructions"} 3\n', metrics, 1, true)
    assert.matches('herald_parkings_total{campaign="runaway"} 1\n', metrics, 1, true)
    assert.matches('herald_campaign_parked{campaign="runaway",version="[^"]+"} 1\n', metrics)
    assert.is_nil(metrics:find('outcome="exceeded"', 1, true))
  end)

  it("is counted within the time alone, and only for its budget", function()
    open()
    exceed(2)
    for _ = 1, 5 do assert.equal("400 script-error", (trigger { fail = true })) end
    api.clock:advance(60000)
    exceed(2)
    assert.equal("202 ", (trigger {}))
    exceed(1)
    assert.equal("503 campaign-parked", (trigger {}))
  end)

  it("is tried again after its time: one trigger that keeps the budget lets it go", function()
    open()
    exceed(3)
    api.clock:advance(300000 - 1)
    assert.equal("503 campaign-parked", (trigger {}))
    api.clock:advance(1)
    assert.equal("202 ", (trigger {}))
    assert.is_nil(select(2, api:call("GET", "/status")).parked)
    exceed(2)
    assert.equal("202 ", (trigger {}))
  end)

  it("stays parked when that one exceeds it, too", function()
    open()
    exceed(3)
    api.clock:advance(300000)
    exceed(1)
    local code, _, headers = trigger {}
    assert.equal("503 campaign-parked", code)
    assert.equal("300", headers["Retry-After"])
  end)

  it("is tried by one trigger at a time, and by another when that never came back", function()
    open()
    exceed(3)
    api.clock:advance(300000)
    local live = api.engine.registry:get("runaway").live
    assert.is_true((api.engine.parking:admit(live)))
    local code, _, headers = trigger {}
    assert.equal("503 campaign-parked", code)
    assert.equal("75", headers["Retry-After"]) -- 60 s of CPU, 10 s of waits, and some
    api.clock:advance(75000)
    assert.equal("202 ", (trigger {}))
  end)

  it("is parked for every worker of the store", function()
    open()
    local other = engines.new {
      store = api.store, clock = api.clock, transfer = api.transfer, project = api.engine.project, data = api.data, log = api.engine.log,
    }
    local live = other.registry:get("runaway").live
    assert.is_true((other.parking:admit(live)))
    exceed(2)
    other.parking:note(live, "cpu", "the script used up its CPU time", nil)
    assert.equal("503 campaign-parked", (trigger {}))
    assert.is_false((other.parking:admit(live)))
  end)

  it("does not run on_event meanwhile", function()
    open()
    local heard = 0
    assert.equal("202 ", (trigger {}))
    assert.equal("202 ", (trigger {}))
    local live = api.engine.registry:get("runaway").live
    live.on_event = function() heard = heard + 1 end
    local settling = require "herald.settling"
    local messages = assert(api.store:outbox { limit = 2 })
    local function settle(index)
      settling.settle(api.engine, messages[index], { id = messages[index].id, campaign = "runaway", state = "sent", at = api.clock:now(), attempts = 1 })
    end
    settle(1)
    assert.equal(1, heard)
    exceed(3)
    settle(2)
    assert.equal(1, heard)
  end)

  it("answers a call that was accepted before as it did then", function()
    open()
    local _, first = trigger({}, "twice")
    exceed(3)
    local code, second = trigger({}, "twice")
    assert.equal("202 ", code)
    assert.equal(first.executionId, second.executionId)
  end)

  it("is let go by hand, once", function()
    open()
    exceed(3)
    local status, body = api:call("POST", "/campaigns/runaway/unpark")
    assert.equal(200, status)
    assert.is_nil(body.parked)
    assert.equal("202 ", (trigger {}))
    assert.equal("unpark", select(2, api:call("GET", "/audit?campaign=runaway&limit=1")).entries[1].action)
    status, body = api:call("POST", "/campaigns/runaway/unpark")
    assert.equal("409 conflict", ("%d %s"):format(status, problem.code(body)))
    assert.equal(404, (api:call("POST", "/campaigns/nowhere/unpark")))
  end)

  it("starts anew as another version", function()
    open()
    exceed(3)
    local files = {}
    for path, text in pairs(api.engine.project.files) do files[path] = text end
    files["campaigns/runaway.lua"] = RUNAWAY:gsub("while trigger.context.loop do end", "")
    local mended = assert(projects.load({ files = files }, { share = os.getenv "HERALD_SOURCE" }))
    assert(lifecycle.import(api.engine, mended, "spec"))
    assert.equal("202 ", (trigger { loop = true }))
    assert.is_nil(select(2, api:call("GET", "/status")).parked)
  end)

  it("is never parked where herald.lua says so", function()
    open "{ after = 0 }"
    exceed(20)
    assert.equal("202 ", (trigger {}))
  end)
end)
