local payload = require "herald.payload"
local problem = require "herald.problem"
local support = require "spec.support.api"

describe("the endpoints of operation", function()
  local api
  after_each(function() api:close() end)

  it("show the status, with what the daemon adds", function()
    api = support.open(nil, { status = function()
      return { workers = 2, startedAt = 0, lastReloadFailure = { at = 1000, by = "ops", errors = { "herald.lua: no" } } }
    end })
    local status, body = api:call("GET", "/status")
    assert.equal(200, status)
    assert.equal("ok", body.status)
    assert.equal("1.2.3", body.version)
    assert.equal(1, body.campaigns.live)
    assert.equal(2, body.workers)
    assert.equal("1970-01-01T00:00:00.000Z", body.startedAt)
    assert.same({ at = "1970-01-01T00:00:01.000Z", by = "ops", errors = { "herald.lua: no" } }, body.lastReloadFailure)
    assert.equal("2026-11-23T10:00:00.000Z", body.now)
  end)

  it("count a campaign whose start is ahead as scheduled, as the trigger and the list say", function()
    api = support.open { ["campaigns/early.lua"] = [[
      return campaign { id = "early", title = "Early", category = "transactional", channel = "email", surface = "transactional",
        namespace = "email", starts = "2030-01-01T00:00:00Z", message = { subject = "S", text = "T" } }]] }
    local _, body = api:call("GET", "/status")
    assert.same({ live = 1, scheduled = 1 }, body.campaigns)
    local _, refusal = api:call("POST", "/im/executions/unitary", { body = {
      requestId = "r", campaignId = "early", recipients = payload.array { { type = "aep", userId = "j@example.com", namespace = "email" } },
    } })
    assert.equal("scheduled", refusal.report.additionalContext.campaignStatus)
    assert.equal(1, #select(2, api:call("GET", "/campaigns?status=scheduled")).campaigns)
  end)

  it("show metrics as Prometheus reads them", function()
    api = support.open(nil, { metrics = function() return { reload_failures = 3 } end })
    api:trigger "jane@example.com"
    api.engine:deliver_due()
    local status, text, headers = api:call("GET", "/metrics")
    assert.equal(200, status)
    assert.matches("^text/plain; version=0.0.4", headers["Content-Type"])
    assert.is_truthy(text:find('herald_messages_total{campaign="welcome",outcome="targeted",reason=""} 1', 1, true))
    assert.is_truthy(text:find("herald_reload_failures 3", 1, true))
  end)

  it("reload and answer the generation, or the errors with the old one in force", function()
    local asked
    api = support.open(nil, {
      reload = function(by)
        asked = by
        return { generation = 7 }
      end,
    })
    local status, body = api:call("POST", "/reload")
    assert.equal(200, status)
    assert.equal(7, body.generation)
    assert.equal("local", asked)
    api.engine.control.reload = function() return nil, "2 errors", "check-failed", { "campaigns/x.lua: id: missing" } end
    status, body = api:call("POST", "/reload")
    assert.equal(422, status)
    assert.equal("check-failed", problem.code(body))
    assert.same({ "campaigns/x.lua: id: missing" }, body.errors)
  end)

  it("say so when no daemon is there to reload", function()
    api = support.open()
    for _, call in ipairs { { "POST", "/reload" }, { "POST", "/rollback" }, { "GET", "/generations" } } do
      local status, body = api:call(call[1], call[2])
      assert.equal(409, status)
      assert.matches("herald serve", body.detail)
    end
  end)

  it("list generations", function()
    api = support.open(nil, { generations = function() return { { number = 1, loaded_at = 0, loaded_by = "ops", current = true } } end })
    local _, body = api:call("GET", "/generations")
    assert.same({ { number = 1, loadedAt = "1970-01-01T00:00:00.000Z", loadedBy = "ops", current = true } }, body.generations)
  end)

  it("make a backup over the socket alone", function()
    api = support.open()
    local file = os.tmpname()
    os.remove(file)
    local _, key = api:call("POST", "/keys", { body = { name = "ops", scopes = { "manage" } } })
    local status, refusal = api:call("POST", "/backup", { body = { file = file }, key = key.key })
    assert.equal(403, status)
    assert.equal("local-only", problem.code(refusal))
    assert.equal(400, (api:call("POST", "/backup", { body = { file = "relative.db" } })))
    assert.equal(200, (api:call("POST", "/backup", { body = { file = file } })))
    assert.equal(409, (api:call("POST", "/backup", { body = { file = file } })))
    local written = assert(io.open(file, "rb"))
    assert.equal("SQLite format 3", written:read(15))
    written:close()
    os.remove(file)
  end)

  it("describe the API to everybody", function()
    api = support.open()
    local status, body = api:call("GET", "/openapi.json", { key = "none" })
    assert.equal(200, status)
    assert.equal("3.1.0", body.openapi)
  end)
end)
