local folder = require "spec.support.folder"
local secret = require "herald.secret"

local function source(fields)
  local all = { path = '"/hooks/x"', authenticate = "endpoint.none", handle = "function(request) return request end" }
  for name, text in pairs(fields or {}) do all[name] = text or nil end
  local names, lines = {}, { "return endpoint {" }
  for name in pairs(all) do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do lines[#lines + 1] = ("  %s = %s,"):format(name, all[name]) end
  return table.concat(lines, "\n") .. "\n}"
end

local function endpoint(fields, secrets)
  return folder.good({ ["endpoints/x.lua"] = source(fields) }, secrets).endpoints[1]
end

local function error_of(fields, secrets)
  return folder.errors({ ["endpoints/x.lua"] = source(fields) }, secrets)[1]
end

describe("an endpoint", function()
  it("has a method, a path, a way to know the caller, and a function", function()
    local found = endpoint { method = '"PUT"', path = '"/hooks/{shop}/orders/{id}"' }
    assert.equal("PUT", found.method)
    assert.equal("/hooks/{shop}/orders/{id}", found.path)
    assert.same({ { kind = "none", endpoint = "PUT /hooks/{shop}/orders/{id}" } }, found.authenticate)
    assert.equal("r", found.handle "r")
    assert.equal("endpoints/x.lua", found.file)
  end)

  it("takes none of Herald's own paths", function()
    for _, route in ipairs(require "herald.http.routes") do
      local line = error_of { method = '"GET"', path = ("%q"):format(route.path) }
      assert.matches("is one of Herald's own paths", line, 1, true)
    end
  end)

  it("is POST unless told", function()
    assert.equal("POST", endpoint().method)
  end)

  it("asks for a key with a scope", function()
    assert.same({ { kind = "key", scope = "trigger", endpoint = "POST /hooks/x" } }, endpoint({ authenticate = 'endpoint.key "trigger"' }).authenticate)
    assert.matches('endpoint.key: expected one of "trigger", "read", "manage"', error_of { authenticate = 'endpoint.key "all"' }, 1, true)
  end)

  it("asks for a signature", function()
    local found = endpoint({ authenticate = 'endpoint.hmac { header = "X-Signature", secret = secret "KEY", prefix = "sha256=", tolerance = "1 minute" }' },
      { KEY = "hunter2" }).authenticate[1]
    assert.equal("hunter2", secret.reveal(found.secret[1]))
    found.secret = nil
    assert.same({
      kind = "hmac", endpoint = "POST /hooks/x",
      header = "X-Signature", algorithm = "sha256", encoding = "hex", prefix = "sha256=", tolerance = "1 minute", tolerance_ms = 60000,
    }, found)
  end)

  it("says what is wrong with a signature", function()
    assert.matches("authenticate.header: missing", error_of({ authenticate = 'endpoint.hmac { secret = secret "K" }' }, { K = "x" }))
    assert.matches("authenticate.secret: missing", error_of { authenticate = 'endpoint.hmac { header = "X" }' })
    assert.matches('authenticate.hedaer: unknown field; did you mean "header"?',
      error_of({ authenticate = 'endpoint.hmac { hedaer = "X", header = "X", secret = secret "K" }' }, { K = "x" }), 1, true)
    assert.matches("authenticate.secret: expected a secret that is not empty", error_of { authenticate = 'endpoint.hmac { header = "X", secret = "" }' })
    assert.matches("authenticate.secret: expected a secret that is not empty",
      error_of({ authenticate = 'endpoint.hmac { header = "X", secret = secret "K" }' }, { K = "" }))
    assert.matches("secret KEY is missing", error_of { authenticate = 'endpoint.hmac { header = "X", secret = secret "KEY" }' })
  end)

  for name, case in pairs {
    ["nothing said about the caller"] = { { authenticate = false }, "authenticate: missing: expected endpoint.hmac" },
    ["a caller known in an unknown way"] = { { authenticate = '"none"' }, "authenticate: expected endpoint.hmac" },
    ["a forged way"] = { { authenticate = '{ kind = "none" }' }, "authenticate: expected endpoint.hmac" },
    ["no function"] = { { handle = false }, "handle: missing: expected a function" },
    ["a method that is not there"] = { { method = '"FETCH"' }, "method: expected one of" },
    ["a path without a slash"] = { { path = '"hooks"' }, "path: expected a path that begins with /" },
    ["a path with a query"] = { { path = '"/hooks?x=1"' }, "path: expected a plain path" },
    ["a path that climbs"] = { { path = '"/hooks/../status"' }, "path: expected a plain path" },
    ["one of Herald's paths"] = { { path = '"/campaigns/x"' }, "path: /campaigns is one of Herald's own paths" },
    ["the path /"] = { { path = '"/"' }, "path: the path / is Herald's own" },
    ["a broken parameter"] = { { path = '"/hooks/{id"' }, "is not a parameter" },
    ["a parameter of another style"] = { { path = '"/hooks/:id"' }, '":id" is not a parameter: expected {id}' },
    ["one parameter twice"] = { { path = '"/hooks/{id}/{id}"' }, "the parameter {id} is there twice" },
    ["an unknown field"] = { { handler = "1" }, 'handler: unknown field; did you mean "handle"?' },
  } do
    it("is refused with " .. name, function()
      local line = error_of(case[1])
      assert.matches("^endpoints/x.lua:%d+: ", line)
      assert.matches(case[2], line, 1, true)
    end)
  end
end)
