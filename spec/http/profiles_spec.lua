local problem = require "herald.problem"
local support = require "spec.support.api"

describe("the endpoints of profiles", function()
  local api
  before_each(function() api = support.open() end)
  after_each(function() api:close() end)

  it("write and show attributes, with their characters", function()
    assert.equal(404, (api:call("GET", "/profiles/email/jane%40example.com")))
    local status = api:call("PUT", "/profiles/email/jane%40example.com", { body = '{"points":10.50,"name":"Jane"}' })
    assert.equal(201, status)
    status = api:call("PUT", "/profiles/email/jane%40example.com", { body = '{"points":9007199254740993}' })
    assert.equal(200, status)
    local _, body = api:call("GET", "/profiles/email/jane%40example.com")
    assert.equal("jane@example.com", body.userId)
    assert.equal(9007199254740993, body.attributes.points)
    assert.is_nil(body.attributes.name)
  end)

  it("take a profile back as they showed it, of the same identity", function()
    local path = "/profiles/email/jane%40example.com"
    api:call("PUT", path, { body = '{"points":10.50}' })
    local _, shown = api:call("GET", path)
    assert.equal(200, (api:call("PUT", path, { body = shown })))
    local _, again = api:call("GET", path)
    assert.same(shown, again)
    assert.equal(400, (api:call("PUT", "/profiles/email/joe%40example.com", { body = shown })))
    api:call("PUT", path, { body = '{"attributes":{"a":1},"more":2}' })
    assert.equal(2, select(2, api:call("GET", path)).attributes.more)
  end)

  it("refuse what is no JSON object", function()
    for _, body in ipairs { "", "[]", "{" } do
      local status, answer = api:call("PUT", "/profiles/email/jane", { body = body })
      assert.equal(400, status)
      assert.matches("^invalid%-", problem.code(answer))
    end
  end)

  it("refuse a name that no recipient can have", function()
    for path, wrong in pairs {
      ["email/%ff"] = "userId: expected UTF-8", ["email/" .. ("x"):rep(513)] = "userId: longer than 512 bytes",
      [("n"):rep(65) .. "/jane"] = "namespace: longer than 64 bytes",
    } do
      for _, method in ipairs { "GET", "PUT" } do
        local status, answer = api:call(method, "/profiles/" .. path, { body = method == "PUT" and "{}" or nil })
        assert.equal(400, status)
        assert.equal("invalid-request", problem.code(answer))
        assert.equal(wrong, answer.detail)
      end
    end
    assert.equal(201, (api:call("PUT", "/profiles/email/" .. ("x"):rep(512), { body = "{}" })))
  end)

  it("show what a trigger made: the identity and nothing of its context", function()
    api:trigger "new@example.com"
    local status, body = api:call("GET", "/profiles/email/new%40example.com")
    assert.equal(200, status)
    assert.is_nil(next(body.attributes))
  end)
end)
