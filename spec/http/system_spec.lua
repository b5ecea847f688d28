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

  it("count campaigns by the status that is shown", function()
    local function dated(id, dates)
      return ([[return campaign { id = "%s", title = "T", channel = "email", surface = "transactional", namespace = "email", %s
        message = { subject = "S", text = "T" } }]]):format(id, dates)
    end
    api = support.open {
      ["campaigns/early.lua"] = dated("early", 'starts = "2026-12-01T00:00:00Z",'),
      ["campaigns/brief.lua"] = dated("brief", 'ends = "2026-11-24T00:00:00Z",'),
    }
    assert.same({ live = 2, scheduled = 1 }, select(2, api:call("GET", "/status")).campaigns)
    api.clock:advance(24 * 3600 * 1000)
    assert.same({ live = 1, scheduled = 1, completed = 1 }, select(2, api:call("GET", "/status")).campaigns)
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
    for _, call in ipairs { { "POST", "/reload" }, { "POST", "/rollback" } } do
      local status, body = api:call(call[1], call[2])
      assert.equal(409, status)
      assert.matches("herald serve", body.detail)
    end
  end)

  it("show who made and revoked keys, wrote profiles, changed the outbox and copied campaigns", function()
    api = support.open()
    api:call("POST", "/keys", { body = { name = "ops", scopes = { "manage" } } })
    local _, boss = api:call("POST", "/keys", { body = { name = "boss", scopes = { "manage", "read" } } })
    api:call("DELETE", "/keys/ops", { key = boss.key })
    api:call("PUT", "/profiles/email/jane", { body = { points = 1 }, key = boss.key })
    api:call("POST", "/outbox/retry", { body = { campaign = "welcome" } })
    api:call("POST", "/outbox/cancel", { body = { campaign = "welcome", reason = "wrong text" } })
    api:call("POST", "/campaigns/welcome/duplicate", { body = { id = "again" } })
    local _, body = api:call("GET", "/audit")
    local seen = {}
    for _, entry in ipairs(body.entries) do seen[entry.action] = seen[entry.action] or entry end
    assert.equal("local", seen["create-key"].by)
    assert.same({ name = "boss", scopes = { "read", "manage" } }, seen["create-key"].detail)
    assert.equal("boss", seen["revoke-key"].by)
    assert.same({ name = "ops" }, seen["revoke-key"].detail)
    assert.same({ namespace = "email", userId = "jane" }, seen["save-profile"].detail)
    assert.equal("welcome", seen["retry-outbox"].campaignId)
    assert.same({ count = 0, reason = "wrong text" }, seen["cancel-outbox"].detail)
    assert.equal("again", seen.duplicate.campaignId)
    assert.equal("welcome", seen.duplicate.detail.source)
  end)

  it("make a backup over the socket alone", function()
    api = support.open()
    local file = os.tmpname()
    os.remove(file)
    local _, key = api:call("POST", "/keys", { body = { name = "ops", scopes = { "manage" } } })
    local status, body = api:call("POST", "/backup", { body = { file = file }, key = key.key })
    assert.equal(403, status)
    assert.equal("urn:herald:error:local-only", body.type)
    assert.matches("over the unix socket", body.detail, 1, true)
    assert.equal(400, (api:call("POST", "/backup", { body = { file = "relative.db" } })))
    assert.equal(200, (api:call("POST", "/backup", { body = { file = file } })))
    assert.equal(409, (api:call("POST", "/backup", { body = { file = file } })))
    local written = assert(io.open(file, "rb"))
    assert.equal("SQLite format 3", written:read(15))
    written:close()
    local refused, why = api:call("POST", "/backup", { body = { file = file } })
    assert.equal(409, refused)
    assert.matches("--force", why.detail, 1, true)
    assert.equal(200, (api:call("POST", "/backup", { body = { file = file, overwrite = true } })))
    os.remove(file)
  end)

  it("describe the API to everybody", function()
    api = support.open()
    local status, body = api:call("GET", "/openapi.json", { key = "none" })
    assert.equal(200, status)
    assert.equal("3.1.0", body.openapi)
  end)
end)
