-- What the project's own endpoints may return, and what becomes of a handler that returns anything else.
local payload = require "herald.payload"
local problem = require "herald.problem"
local support = require "spec.support.api"

local SOURCE = [[return endpoint {
  path = "/hooks/x", authenticate = endpoint.none,
  handle = function(request) %s end,
}]]

describe("the answer of an endpoint", function()
  local api
  after_each(function() api:close() end)

  local function answer(code, options)
    api = support.open { ["endpoints/x.lua"] = SOURCE:format(code), ["herald.lua"] = [[
      return { activation = "automatic", limits = { on_trigger = { cpu = "60 seconds", instructions = 2000000 } } }]] }
    return api:call("POST", "/hooks/x", options)
  end

  it("is a status, a body and headers", function()
    local status, body, headers = answer "return 201, { n = 1 }, { ['X-Shop'] = 'box', ['X-N'] = 7 }"
    assert.equal(201, status)
    assert.same({ n = 1 }, body)
    assert.equal("box", headers["X-Shop"])
    assert.equal("7", headers["X-N"])
  end)

  it("is a text of any media type", function()
    local status, body, headers = answer "return 200, 'a,b', { ['content-type'] = 'text/csv' }"
    assert.equal(200, status)
    assert.equal("a,b", body)
    assert.equal("text/csv", headers["Content-Type"])
    assert.is_nil(headers["content-type"])
  end)

  it("may be a body alone, or nothing", function()
    assert.same({ a = 1 }, select(2, answer "return { a = 1 }"))
    api:close()
    assert.equal("fine", select(2, answer "return 'fine'"))
    api:close()
    assert.same({ status = "ok" }, select(2, answer ""))
    api:close()
    assert.equal(204, (answer "return 204"))
  end)

  it("may be what request:trigger answered", function()
    local status, body = answer [[return request:trigger("welcome", { requestId = 7, recipients = {
      { userId = "jane@example.com", namespace = "email", context = { link = "https://example.com/" } } } })]]
    assert.equal(202, status)
    assert.is_string(body.executionId)
  end)

  for code, wrong in pairs {
    ["return 99999"] = "status: expected a whole number from 200 to 599, got 99999",
    ["return -1"] = "status: expected a whole number from 200 to 599, got -1",
    ["return 200.5"] = "status: expected a whole number from 200 to 599, got 200.5",
    ["return 100"] = "status: expected a whole number from 200 to 599, got 100",
    ["return true"] = "status: expected a whole number from 200 to 599, got a boolean",
    ["return 200, function() end"] = "body: expected a string or a table, got a function",
    ["return 200, { a = { function() end } }"] = "body.a[1]: JSON cannot say a function",
    ["return { f = 0/0 }"] = "body.f: JSON cannot say NaN",
    ["return { [true] = 1 }"] = "body: JSON cannot say an object with a boolean as a name",
    ["local t = {} t.t = t return 200, t"] = "body.t: JSON cannot say a table that contains itself",
    ["local t = {} for i = 1, 40 do t = { t, t } end return 200, t"] = "the script ran too many instructions",
    ["local t = {} for i = 1, 100 do t = { t } end return 200, t"] = "nested so deeply",
    ["local s, t = ('x'):rep(1000000), {} for i = 1, 100 do t[i] = s end return t"] = "body: larger than",
    ["return 200, 'x', 'hdr'"] = "headers: expected a table, got a string",
    ["return 200, 'x', { 'a' }"] = "headers: expected names",
    ["return 200, 'x', { ['a b'] = 'a' }"] = "headers: expected names",
    ["return 200, 'x', { a = 'b\\r\\nSet-Cookie: x' }"] = "headers.a: expected a text of one line",
    ["return 200, 'x', { a = {} }"] = "headers.a: expected a text of one line",
    ["return 200, 'x', { ['Content-Length'] = '7' }"] = "headers.Content-Length: this one is Herald's own",
    ["local h = {} for i = 1, 100 do h['X-' .. i] = 'v' end return 200, 'x', h"] = "headers: more than",
    ["return request:trigger()"] = "endpoints/x.lua:3: request:trigger: expected a campaign's id",
    ["local a = request:trigger('x', {}) return a"] = "endpoints/x.lua:3: request:trigger: expected { requestId",
    ["local a = request:trigger('x', { recipients = { 1 } }) return a"] = "endpoints/x.lua:3: request:trigger: recipients[1]: expected a table",
    ["local a = request:trigger('x', { recipients = { { userId = pairs } } }) return a"] = "recipients[1].userId: JSON cannot say a function",
    ["error {}"] = "endpoints/x.lua:3: raised an error that is a table, not a text",
    ["error 'boom'"] = "endpoints/x.lua:3: boom",
    ["while true do end"] = "the script ran too many instructions",
  } do
    it("is 500 endpoint-error with the file for " .. code, function()
      local status, body = answer(code)
      assert.equal(500, status)
      assert.equal("endpoint-error", problem.code(body))
      assert.equal(500, body.status)
      assert.matches("^endpoints/x.lua:", body.detail)
      assert.matches(wrong, body.detail, 1, true)
    end)
  end

  it("is read without metamethods", function()
    local traps = "setmetatable({%s}, { __pairs = function() while true do end end, __index = function() while true do end end })"
    local status, body, headers = answer("return 200, " .. traps:format "a = 1" .. ", " .. traps:format "X = 'y'")
    assert.equal(200, status)
    assert.same({ a = 1 }, body)
    assert.equal("y", headers.X)
  end)

  it("is 400 where the script asked for JSON and there was none", function()
    local status, body = answer("return request:json()", { body = "{" })
    assert.equal(400, status)
    assert.equal("invalid-json", problem.code(body))
  end)

  it("keeps an empty list a list", function()
    local status, body = answer("return 200, { list = request:json().list }", { body = '{"list":[]}' })
    assert.equal(200, status)
    assert.equal('{"list":[]}', payload.encode(body))
  end)
end)
