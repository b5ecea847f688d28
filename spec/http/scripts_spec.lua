local problem = require "herald.problem"
local support = require "spec.support.api"

describe("the endpoints about scripts", function()
  local api
  after_each(function() api:close() end)

  local function save(number, changes)
    local row = {
      number = number, hash = "hash" .. number, folder = "f", at = 1000 * number, by = "ops", action = "reload", campaigns = 2, state = "loaded",
      keep = 50, files = { { path = "x.lua", hash = "h" .. number, content = "x" } },
    }
    for name, value in pairs(changes or {}) do row[name] = value end
    assert(api.engine.store:save_generation(row))
  end

  it("list generations, of which the last that was loaded is current", function()
    api = support.open()
    save(1, { action = "start" })
    save(2)
    save(3, { action = "canary", state = "withdrawn", note = "script errors" })
    local status, body = api:call("GET", "/generations")
    assert.equal(200, status)
    assert.same({
      { number = 1, hash = "hash1", loadedAt = "1970-01-01T00:00:01.000Z", loadedBy = "ops", action = "start", campaigns = 2,
        current = false, state = "past" },
      { number = 2, hash = "hash2", loadedAt = "1970-01-01T00:00:02.000Z", loadedBy = "ops", action = "reload", campaigns = 2,
        current = true, state = "current" },
      { number = 3, hash = "hash3", loadedAt = "1970-01-01T00:00:03.000Z", loadedBy = "ops", action = "canary", campaigns = 2,
        current = false, state = "withdrawn", note = "script errors" },
    }, body.generations)
  end)

  it("go back to the generation that is asked for", function()
    local asked
    api = support.open(nil, { rollback = function(by, arguments)
      asked = { by, arguments.generation }
      return { generation = 9, to = 4 }
    end })
    local status, body = api:call("POST", "/rollback", { body = { generation = 4 } })
    assert.same({ 200, 9, 4 }, { status, body.generation, body.to })
    assert.same({ "local", 4 }, asked)
    assert.equal(200, (api:call("POST", "/rollback")))
    assert.same({ "local" }, asked)
    for _, wrong in ipairs { "4", 0, 1.5 } do
      local refused, why = api:call("POST", "/rollback", { body = { generation = wrong } })
      assert.equal(400, refused)
      assert.equal("invalid-request", problem.code(why))
    end
  end)

  it("try scripts as a canary, with a share and a time that make sense", function()
    local asked
    api = support.open(nil, {
      reload = function(_, arguments)
        asked = arguments.canary
        return { generation = 1, canary = 2 }
      end,
      promote = function() return { generation = 2 } end,
    })
    local status, body = api:call("POST", "/reload", { body = { canary = { percent = 0.5, ["for"] = "2 hours" } } })
    assert.same({ 200, 2 }, { status, body.canary })
    assert.same({ percent = 0.5, for_ms = 7200000 }, asked)
    assert.equal(200, (api:call("POST", "/reload", { body = { canary = { percent = 5 } } })))
    assert.same({ percent = 5, for_ms = 600000 }, asked)
    assert.equal(200, (api:call("POST", "/promote")))
    for _, wrong in ipairs { {}, { percent = 0 }, { percent = 51 }, { percent = "5" }, { percent = 5, ["for"] = "soon" },
      { percent = 5, ["for"] = "30 days" }, { percent = 5, much = true } } do
      local refused, why = api:call("POST", "/reload", { body = { canary = wrong } })
      assert.equal(400, refused)
      assert.matches("canary", why.detail, 1, true)
    end
  end)

  it("run scripts as a shadow for a time that makes sense, and not as a canary, too", function()
    local asked
    api = support.open(nil, {
      reload = function(_, arguments)
        asked = arguments
        return { generation = 1, shadow = 2 }
      end,
      promote = function() return { generation = 2 } end,
    })
    local status, body = api:call("POST", "/reload", { body = { shadow = { ["for"] = "2 hours" } } })
    assert.same({ 200, 2 }, { status, body.shadow })
    assert.same({ shadow = { for_ms = 7200000 } }, asked)
    assert.equal(200, (api:call("POST", "/reload", { body = { shadow = { x = nil } } })))
    assert.same({ shadow = { for_ms = 600000 } }, asked)
    for _, wrong in ipairs { { ["for"] = "soon" }, { ["for"] = "30 days" }, { percent = 5 } } do
      local refused, why = api:call("POST", "/reload", { body = { shadow = wrong } })
      assert.equal(400, refused)
      assert.matches("shadow", why.detail, 1, true)
    end
    assert.equal(400, (api:call("POST", "/reload", { body = { shadow = { ["for"] = "1 hour" }, canary = { percent = 5 } } })))
  end)

  it("show a shadow run by campaign, or that there was none", function()
    local tally = {
      compared = 4, dropped = 1, differing = 2, errors = 0, not_comparable = 0, fields = { ["message.subject"] = 2 }, asks = {}, places = {},
      reasons = {}, examples = { "01" },
    }
    local report
    api = support.open(nil, { shadow = function()
      if report then return report end
      return nil, "no shadow run", "not-found"
    end })
    assert.equal(404, (api:call("GET", "/shadow")))
    report = {
      generation = 2, by = "ops", started_at = 1000, ends_at = 5000, ended = { at = 3000, by = "shadow", reason = "over" }, compared = 4,
      dropped = 1, differing = 2, errors = 0, not_comparable = 0, campaigns = { welcome = tally },
    }
    local status, body = api:call("GET", "/shadow")
    assert.equal(200, status)
    assert.same({ "ended", "1970-01-01T00:00:01.000Z", "1970-01-01T00:00:03.000Z", "shadow", "over", 4 },
      { body.state, body.startedAt, body.endsAt, body.endedBy, body.reason, body.compared })
    local campaign = body.campaigns[1]
    assert.same({ "welcome", 2, { ["message.subject"] = 2 }, { "01" }, false },
      { campaign.campaignId, campaign.differing, campaign.fields, campaign.examples, campaign.left })
  end)

  it("try nothing without a daemon", function()
    api = support.open(nil, { reload = function() error "not to be called" end })
    assert.equal(409, (api:call("POST", "/reload", { body = { canary = { percent = 5 } } })))
    assert.equal(409, (api:call("POST", "/reload", { body = { shadow = { ["for"] = "1 hour" } } })))
    assert.equal(409, (api:call("GET", "/shadow")))
  end)
end)
