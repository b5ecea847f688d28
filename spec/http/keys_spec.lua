local problem = require "herald.problem"
local support = require "spec.support.api"

describe("the endpoints of keys", function()
  local api
  before_each(function() api = support.open() end)
  after_each(function() api:close() end)

  it("make a key that opens what its scopes say, and nothing else", function()
    local status, made = api:call("POST", "/keys", { body = { name = "shop", scopes = { "read" } } })
    assert.equal(201, status)
    assert.matches("^hk_[%w_-]+$", made.key)
    assert.equal(200, (api:call("GET", "/campaigns", { key = made.key })))
    local refused, body = api:call("POST", "/campaigns/welcome/pause", { key = made.key })
    assert.equal(403, refused)
    assert.equal("scope-missing", problem.code(body))
  end)

  it("list keys without their texts", function()
    local _, made = api:call("POST", "/keys", { body = { name = "shop", scopes = { "read", "trigger" }, expiresIn = "1 day" } })
    local status, body = api:call("GET", "/keys")
    assert.equal(200, status)
    assert.same({ "trigger", "read" }, body.keys[1].scopes)
    assert.equal("2026-11-24T10:00:00.000Z", body.keys[1].expiresAt)
    for _, value in pairs(body.keys[1]) do assert.not_equal(made.key, value) end
  end)

  it("revoke a key at once", function()
    local _, made = api:call("POST", "/keys", { body = { name = "shop", scopes = { "read" } } })
    assert.equal(200, (api:call("GET", "/status", { key = made.key })))
    assert.equal(204, (api:call("DELETE", "/keys/shop")))
    local status, body = api:call("GET", "/status", { key = made.key })
    assert.equal(401, status)
    assert.equal("authentication-failed", problem.code(body))
    assert.equal(404, (api:call("DELETE", "/keys/shop")))
  end)

  it("refuse an expired key", function()
    local _, made = api:call("POST", "/keys", { body = { name = "shop", scopes = { "read" }, expiresIn = "1 day" } })
    api.clock:advance(24 * 60 * 60 * 1000)
    assert.equal(401, (api:call("GET", "/status", { key = made.key })))
  end)

  it("refuse bad names, scopes and times, and a second key of the same name", function()
    for _, body in ipairs {
      {}, { name = "shop" }, { name = "shop", scopes = { "root" } }, { name = "a b", scopes = { "read" } },
      { name = "shop", scopes = { "read" }, expiresIn = "soon" }, { name = "shop", scopes = { "read" }, expiresAt = "2020-01-01T00:00:00Z" },
      { name = "shop", scopes = { "read" }, extra = 1 },
    } do
      local status, answer = api:call("POST", "/keys", { body = body })
      assert.equal(400, status)
      assert.equal("invalid-request", problem.code(answer))
    end
    api:call("POST", "/keys", { body = { name = "shop", scopes = { "read" } } })
    assert.equal(409, (api:call("POST", "/keys", { body = { name = "shop", scopes = { "read" } } })))
  end)
end)
