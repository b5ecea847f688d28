-- How an endpoint is reached: methods, paths, bodies, rates, and what a handler finds and gives.

local kit = require "herald.testing"
local project_folder = require "spec.support.project_folder"

local function endpoint(fields, body)
  return ("return endpoint { authenticate = endpoint.none, %s, handle = function(request) %s end }"):format(fields, body)
end

local FILES = {
  ["herald.lua"] = "return {}",
  ["endpoints/a.lua"] = endpoint('method = "GET", path = "/files/{path...}"', 'return 200, { rest = request.params.path }'),
  ["endpoints/b.lua"] = endpoint('method = "GET", path = "/files/{name}"', 'return 200, { name = request.params.name }'),
  ["endpoints/c.lua"] = endpoint('method = "GET", path = "/files/plain"', 'return 200, endpoint.text "plain"'),
  ["endpoints/d.lua"] = endpoint('method = "ANY", path = "/any"', 'return 200, { method = request.method }'),
  ["endpoints/e.lua"] = endpoint('method = "PUT", path = "/any"', 'return 200, { method = "put" }'),
  ["endpoints/form.lua"] = endpoint('path = "/form"', "return 200, request:form()"),
  ["endpoints/text.lua"] = endpoint('path = "/text"', "return 200, request:text()"),
  ["endpoints/page.lua"] = endpoint('path = "/page", body = "10 B"', 'return 201, endpoint.html "<p>é</p>"'),
  ["endpoints/fields.lua"] = endpoint('path = "/fields"', 'return endpoint.form { b = "x y&z", a = 1, c = true }'),
  ["endpoints/own.lua"] = endpoint('path = "/own"', 'return 200, endpoint.text "a,b", { ["content-type"] = "text/csv" }'),
  ["endpoints/wrong.lua"] = endpoint('path = "/wrong"', 'return 200, endpoint.form { a = {} }'),
  ["endpoints/rated.lua"] = endpoint('path = "/rated", rate = "2/s"', "return 200"),
  ["endpoints/each.lua"] = [[return endpoint { path = "/each", rate = { caller = "1/s", all = "3/s" },
    authenticate = endpoint.mtls { names = { "a", "b", "c", "d" } }, handle = function(request) return 200, { caller = request.caller } end }]],
}
FILES["herald.lua"] = 'return { tls = { certificate = "c", key = "k", client_ca = "ca" } }'

describe("an endpoint of the project", function()
  local dir, engine

  setup(function() dir = project_folder.make(FILES) end)
  teardown(function() project_folder.remove(dir) end)
  before_each(function() engine = kit.engine { project = dir, now = "2026-11-23T10:00:00Z" } end)
  after_each(function() engine:close() end)

  local function get(path) return engine:request { path = path }.body end

  it("with the more exact path goes first", function()
    assert.equal("plain", engine:request { path = "/files/plain" }.text)
    assert.same({ name = "x" }, get "/files/x")
    assert.same({ rest = "x/y/z" }, get "/files/x/y/z")
    assert.equal(404, engine:request { path = "/files" }.status)
  end)

  it("gets what stands in its path decoded", function()
    assert.same({ name = "a b/c" }, get "/files/a%20b%2Fc")
    assert.same({ name = "100%" }, get "/files/100%")
    assert.same({ rest = "é/ü" }, get "/files/%C3%A9/%C3%BC")
  end)

  it("may take any method, beside one that has its own", function()
    for method, expected in pairs { GET = "GET", POST = "POST", DELETE = "DELETE", OPTIONS = "OPTIONS", HEAD = "HEAD", PUT = "put" } do
      assert.equal(expected, engine:request { method = method, path = "/any" }.body.method)
    end
  end)

  it("says which methods it takes", function()
    local answer = engine:request { method = "OPTIONS", path = "/files/x" }
    assert.same({ 204, "", "GET, HEAD, OPTIONS" }, { answer.status, answer.text, answer.headers.Allow })
    answer = engine:request { method = "DELETE", path = "/form" }
    assert.same({ 405, "method-not-allowed", "POST, OPTIONS" }, { answer.status, answer.code, answer.headers.Allow })
    assert.equal(404, engine:request { method = "OPTIONS", path = "/nowhere" }.status)
    assert.equal(200, engine:request { method = "HEAD", path = "/files/x" }.status)
  end)

  it("reads a form", function()
    local answer = engine:request { path = "/form", body = "a=1&b=x+y%26z&c&d=&a=2&=e" }
    assert.same({ a = "2", b = "x y&z", c = "", d = "", [""] = "e" }, answer.body)
    answer = engine:request { path = "/form", body = ("a=1&"):rep(1001) }
    assert.same({ 400, "invalid-request" }, { answer.status, answer.code })
  end)

  it("reads text that is UTF-8", function()
    assert.equal('"é"', engine:request { path = "/text", body = '"é"' }.text)
    local answer = engine:request { path = "/text", body = "\xff" }
    assert.same({ 400, "invalid-request" }, { answer.status, answer.code })
  end)

  it("says what media type its answer has", function()
    local function types(path)
      local status, text, headers = engine.app:handle(require "herald.testing.request".new({ path = path, body = "{}" }, tostring))
      return { status, text, headers["Content-Type"] }
    end
    engine:request { path = "/any" }
    assert.same({ 201, "<p>é</p>", "text/html; charset=utf-8" }, types "/page")
    assert.same({ 200, "a=1&b=x+y%26z&c=true", "application/x-www-form-urlencoded" }, types "/fields")
    assert.same({ 200, "a,b", "text/csv" }, types "/own")
    assert.same({ 200, "{}", "text/plain; charset=utf-8" }, types "/text")
    assert.equal("application/json; charset=utf-8", types "/any"[3])
    assert.equal(500, types "/wrong"[1])
  end)

  it("refuses a body that is larger than it takes", function()
    assert.equal(201, engine:request { path = "/page", body = '"3456789"' .. " " }.status)
    local answer = engine:request { path = "/page", body = '"3456789" ' .. " " }
    assert.same({ 413, "body-too-large" }, { answer.status, answer.code })
  end)

  it("takes so many calls, and says when to come again", function()
    for _ = 1, 2 do assert.equal(200, engine:request { path = "/rated", body = "{}" }.status) end
    local answer = engine:request { path = "/rated", body = "{}" }
    assert.same({ 429, "rate-limited", "1" }, { answer.status, answer.code, answer.headers["Retry-After"] })
    assert.matches("2/s from all callers together", answer.body.detail, 1, true)
    engine:travel "500 ms"
    assert.equal(200, engine:request { path = "/rated", body = "{}" }.status)
  end)

  it("takes so many calls of each caller, and of all", function()
    local function call(name) return engine:request { path = "/each", body = "{}", tls_name = name } end
    assert.equal("a", call "a".body.caller)
    assert.matches("from each caller", call "a".body.detail, 1, true)
    assert.same({ 200, 200, 429 }, { call "b".status, call "c".status, call "d".status })
    assert.same({ 401, 401 }, { call "e".status, call(nil).status })
  end)
end)
