local problem = require "herald.problem"
local support = require "spec.support.api"

describe("the endpoints of what scripts keep", function()
  local api
  before_each(function() api = support.open() end)
  after_each(function() api:close() end)

  local function put(key, body, sandbox)
    return api:call("PUT", "/kv/" .. key, { body = body, headers = { ["x-sandbox-name"] = sandbox } })
  end

  it("write, show, list and delete values", function()
    local status, body = put("a%2Fb%20c", '{"value":{"b":[],"a":0.1}}')
    assert.equal(200, status)
    assert.same({ key = "a/b c", value = { a = 0.1, b = {} } }, body)
    assert.same(body, select(2, api:call("GET", "/kv/a%2Fb%20c")))
    local later
    status, later = put("d", '{"value":"text","ttl":"1 hour"}')
    assert.equal(200, status)
    assert.matches("^%d+%-%d%d%-%d%dT", later.expiresAt)
    assert.same({ keys = { body, later } }, select(2, api:call("GET", "/kv")))
    assert.same({ keys = { body }, next = "a/b c" }, select(2, api:call("GET", "/kv?limit=1")))
    assert.same({ keys = { later } }, select(2, api:call("GET", "/kv?limit=2&after=a%2Fb%20c")))
    assert.same({ keys = { later } }, select(2, api:call("GET", "/kv?prefix=d")))
    assert.equal(204, (api:call("DELETE", "/kv/d")))
    assert.equal(404, (api:call("DELETE", "/kv/d")))
    assert.equal(404, (api:call("GET", "/kv/d")))
  end)

  it("keep to the sandbox that is named", function()
    put("k", '{"value":1}')
    put("k", '{"value":2}', "dev")
    assert.equal(1, select(2, api:call("GET", "/kv/k")).value)
    assert.equal(2, select(2, api:call("GET", "/kv/k", { headers = { ["x-sandbox-name"] = "dev" } })).value)
    assert.equal(204, (api:call("DELETE", "/kv/k", { headers = { ["x-sandbox-name"] = "dev" } })))
    assert.equal(200, (api:call("GET", "/kv/k")))
  end)

  it("show and delete counters", function()
    assert(api.store:counter_add { sandbox = "prod", key = "c", n = 7, now = api.clock:now(), most_keys = 10 })
    assert.same({ key = "c", value = 7 }, select(2, api:call("GET", "/kv/c?kind=counter")))
    assert.same({ keys = { { key = "c", value = 7 } } }, select(2, api:call("GET", "/kv?kind=counter")))
    assert.same({ keys = {} }, select(2, api:call("GET", "/kv")))
    assert.equal(204, (api:call("DELETE", "/kv/c?kind=counter")))
    assert.equal(404, (api:call("GET", "/kv/c?kind=counter")))
  end)

  it("say what is wrong", function()
    for request, expected in pairs {
      ['PUT k {"value":null}'] = "value: missing", ["PUT k {}"] = "value: missing", ['PUT k {"value":1,"ttl":"soon"}'] = "ttl: ",
      ['PUT k {"value":1,"ttl":5}'] = "ttl: expected a string", ['PUT k {"value":1,"tll":"1 day"}'] = 'There is no field "tll"',
      ["GET a%00 "] = "key: expected UTF-8 without control characters", ["GET " .. ("k"):rep(513) .. " "] = "key: 513 bytes; limits.kv.key is 512",
      ["GET k?kind=x "] = 'kind: expected "kv" or "counter"', ['PUT k {"value":"' .. ("x"):rep(64000) .. '"}'] = "value: larger than 64000 bytes",
    } do
      local method, key, body = request:match "^(%u+) (%S+) ?(.*)$"
      local status, answer = api:call(method, "/kv/" .. key, { body = body })
      assert.equal(400, status)
      assert.equal("invalid-request", problem.code(answer))
      assert.matches(expected, answer.detail, 1, true)
    end
  end)

  it("write who changed which key to the audit log, without the value", function()
    put("k", '{"value":"the value"}', "dev")
    api:call("DELETE", "/kv/k", { headers = { ["x-sandbox-name"] = "dev" } })
    local _, body = api:call("GET", "/audit?limit=2")
    assert.same({ "delete-key", "set-key" }, { body.entries[1].action, body.entries[2].action })
    for _, entry in ipairs(body.entries) do assert.same({ sandbox = "dev", kind = "kv", key = "k" }, entry.detail) end
  end)

  it("ask for the scopes", function()
    local function key(scope) return (select(2, api:call("POST", "/keys", { body = { name = scope, scopes = { scope } } }))).key end
    local reader, manager = key "read", key "manage"
    assert.equal(403, (api:call("PUT", "/kv/k", { body = '{"value":1}', key = reader })))
    assert.equal(200, (api:call("PUT", "/kv/k", { body = '{"value":1}', key = manager })))
    assert.equal(403, (api:call("GET", "/kv/k", { key = manager })))
    assert.equal(200, (api:call("GET", "/kv/k", { key = reader })))
  end)
end)
