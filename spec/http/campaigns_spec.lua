local problem = require "herald.problem"
local support = require "spec.support.api"

describe("the endpoints of campaigns", function()
  local api
  before_each(function() api = support.open() end)
  after_each(function() api:close() end)

  local function definition(id)
    return {
      id = id, title = "As data", category = "transactional", channel = "email", surface = "transactional", namespace = "email",
      message = { subject = "Hi", html = "<p>Hi {{context.name}}</p>", text = "Hi {{context.name}}" },
    }
  end

  it("list them, by status too", function()
    local status, body = api:call("GET", "/campaigns")
    assert.equal(200, status)
    assert.equal("welcome", body.campaigns[1].id)
    assert.equal("live", body.campaigns[1].status)
    assert.equal("Welcome", body.campaigns[1].title)
    local _, none = api:call("GET", "/campaigns?status=paused")
    assert.equal(0, #none.campaigns)
  end)

  it("show one with its versions and definition", function()
    local status, body = api:call("GET", "/campaigns/welcome")
    assert.equal(200, status)
    assert.equal(1, #body.versions)
    assert.is_true(body.versions[1].isLive)
    assert.equal(body.live, body.versions[1].hash)
    assert.equal("email", body.definition.namespace)
  end)

  it("answer 404 to an unknown one, everywhere", function()
    for _, call in ipairs {
      { "GET", "/campaigns/none" }, { "DELETE", "/campaigns/none" }, { "GET", "/campaigns/none/review" },
      { "POST", "/campaigns/none/activate" }, { "POST", "/campaigns/none/duplicate" }, { "GET", "/campaigns/none/curl" },
      { "POST", "/campaigns/none/preview" }, { "POST", "/campaigns/none/proofs" }, { "GET", "/campaigns/none/reports/live" },
      { "GET", "/campaigns/none/reports/global" },
    } do
      local status, body = api:call(call[1], call[2])
      assert.equal(404, status, call[2])
      assert.equal("not-found", problem.code(body))
      assert.equal("none", body.report.additionalContext.campaignId)
    end
  end)

  it("write a definition as data: a draft, reviewed, activated, triggered", function()
    local status, body = api:call("PUT", "/campaigns/by-api", { body = definition "by-api" })
    assert.equal(201, status)
    assert.equal("draft", body.status)
    assert.equal("api", body.origin)
    status, body = api:call("GET", "/campaigns/by-api/review")
    assert.equal(200, status)
    assert.is_true(body.passes)
    status, body = api:call("POST", "/campaigns/by-api/activate")
    assert.equal(200, status)
    assert.equal("live", body.status)
    status = api:call("PUT", "/campaigns/by-api", { body = definition "by-api" })
    assert.equal(200, status)
  end)

  it("keep a changed definition as a draft beside the live version", function()
    api:call("PUT", "/campaigns/by-api", { body = definition "by-api" })
    local _, live = api:call("POST", "/campaigns/by-api/activate")
    local changed = definition "by-api"
    changed.title = "Changed"
    local status, body = api:call("PUT", "/campaigns/by-api", { body = changed })
    assert.equal(200, status)
    assert.equal(live.live, body.live)
    assert.is_string(body.draft)
    assert.not_equal(body.live, body.draft)
    assert.equal(2, #body.versions)
  end)

  it("refuse a definition that is not valid, naming the field", function()
    local wrong = definition "by-api"
    wrong.message.subjet = "typo"
    local status, body = api:call("PUT", "/campaigns/by-api", { body = wrong })
    assert.equal(422, status)
    assert.equal("definition-invalid", problem.code(body))
    assert.matches("subjet", body.errors[1].path .. body.errors[1].message)
  end)

  it("refuse another id in the body than in the path, a body that is no object, and broken JSON", function()
    local status, body = api:call("PUT", "/campaigns/by-api", { body = definition "other" })
    assert.equal(400, status)
    assert.equal("invalid-request", problem.code(body))
    status, body = api:call("PUT", "/campaigns/by-api", { body = "[]" })
    assert.equal(400, status)
    assert.equal("invalid-request", problem.code(body))
    status, body = api:call("PUT", "/campaigns/by-api", { body = "{" })
    assert.equal(400, status)
    assert.equal("invalid-json", problem.code(body))
  end)

  it("refuse to write over a campaign that a file defines", function()
    local status, body = api:call("PUT", "/campaigns/welcome", { body = definition "welcome" })
    assert.equal(409, status)
    assert.equal("conflict", problem.code(body))
  end)

  it("pause, resume, stop and archive, and refuse what the status does not allow", function()
    for _, step in ipairs {
      { "resume", 409, "live" }, { "pause", 200, "paused" }, { "resume", 200, "live" }, { "archive", 409, "live" },
      { "stop", 200, "stopped" }, { "resume", 409, "stopped" }, { "archive", 200, "archived" },
    } do
      local status, body = api:call("POST", "/campaigns/welcome/" .. step[1])
      assert.equal(step[2], status, step[1])
      if status == 200 then
        assert.equal(step[3], body.status)
      else
        assert.equal("conflict", problem.code(body))
      end
    end
  end)

  it("copy one into a new draft, which alone can be deleted", function()
    local status, body, headers = api:call("POST", "/campaigns/welcome/duplicate", { body = { id = "welcome-again" } })
    assert.equal(201, status)
    assert.equal("welcome-again", body.id)
    assert.equal("draft", body.status)
    assert.equal("/campaigns/welcome-again", headers.Location)
    assert.equal(204, (api:call("DELETE", "/campaigns/welcome-again")))
    assert.equal(404, (api:call("GET", "/campaigns/welcome-again")))
    assert.equal(409, (api:call("DELETE", "/campaigns/welcome")))
  end)

  it("write who changed what to the audit log", function()
    api:call("POST", "/campaigns/welcome/pause")
    local status, body = api:call("GET", "/audit?campaign=welcome&limit=1")
    assert.equal(200, status)
    assert.equal("pause", body.entries[1].action)
    assert.equal("local", body.entries[1].by)
    assert.equal("2026-11-23T10:00:00.000Z", body.entries[1].at)
  end)
end)
