local crypto = require "herald.crypto"
local problem = require "herald.problem"
local support = require "spec.support.api"

local function file(authenticate, body)
  return ('return endpoint { path = "/hooks/x/{id}", authenticate = %s, handle = function(request) %s end }'):format(authenticate, body)
end

describe("an endpoint of the project", function()
  local api
  local function open(authenticate, body)
    api = support.open { ["endpoints/x.lua"] = file(authenticate, body) }
  end
  after_each(function() api:close() end)

  it("with a key takes a body of any media type", function()
    open('endpoint.key "trigger"', "return 200, request.body")
    local status, body = api:call("POST", "/hooks/x/1", { body = "a=1&b=2", headers = { ["content-type"] = "application/x-www-form-urlencoded" } })
    assert.equal(200, status)
    assert.equal("a=1&b=2", body)
  end)

  it("takes a signature with sha256= before it, as Herald's own webhooks have it", function()
    open('endpoint.hmac { header = "X-Signature", secret = "shared" }', "return 200, request.params.id")
    local signature = crypto.hex(crypto.hmac_sha256("shared", "{}"))
    for _, prefix in ipairs { "", "sha256=" } do
      local status, body = api:call("POST", "/hooks/x/7", { body = "{}", headers = { ["x-signature"] = prefix .. signature } })
      assert.equal(200, status)
      assert.equal("7", tostring(body))
    end
    for _, wrong in ipairs { "sha1=" .. signature, "sha256=sha256=" .. signature, "sha256=" } do
      assert.equal(401, (api:call("POST", "/hooks/x/7", { body = "{}", headers = { ["x-signature"] = wrong } })), wrong)
    end
  end)

  it("whose script fails answers 500, and blames no campaign", function()
    open("endpoint.none", "return request.params.id.x.y")
    local status, body = api:call("POST", "/hooks/x/1")
    assert.equal(500, status)
    assert.equal("endpoint-error", problem.code(body))
    assert.equal("The endpoint's script failed", body.title)
  end)

  it("gets the status, the answer as a table and the headers of what it triggers", function()
    open("endpoint.none", [[
      local call = { requestId = "r", recipients = { { userId = "j@example.com", namespace = "email", context = { link = "https://e.com" } } } }
      local status, answer = request:trigger("welcome", call)
      local again, same, headers = request:trigger("welcome", call)
      return 200, { status = status, id = answer.executionId, again = again, same = same.executionId, replay = headers["Idempotency-Replay"] }
    ]])
    local status, body = api:call("POST", "/hooks/x/1")
    assert.equal(200, status)
    assert.equal(202, body.status)
    assert.matches("^%x+$", body.id)
    assert.same({ 202, body.id, "true" }, { body.again, body.same, body.replay })
  end)
end)
