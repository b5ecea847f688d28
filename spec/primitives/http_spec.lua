-- What scripts say with http: options, retries, redirects; the answers are the spec's.
local folders = require "spec.support.project_folder"
local kit = require "herald.testing"

local CAMPAIGN = [[return campaign {
  id = "note", channel = "email", surface = "mail", message = { subject = "{{context.found}}", text = "x" },
  on_trigger = function(trigger) %s end,
}]]

describe("http", function()
  local dir, engine, asked

  local function trigger(script, ...)
    local answers, count = { ... }, 0
    asked = {}
    dir = folders.make {
      ["herald.lua"] = "return {}",
      ["surfaces/mail.lua"] = [[return surface { name = "mail", channel = "email", provider = "capture", from = "x@example.com" }]],
      ["campaigns/note.lua"] = CAMPAIGN:format(script),
    }
    engine = kit.engine { project = dir, now = "2026-02-01T00:00:00Z", secrets = { TOKEN = "t0p" } }
    engine:answer_http(function(request)
      asked[#asked + 1] = request
      count = math.min(count + 1, #answers)
      local answer = answers[count] or { status = 200, body = "ok" }
      if answer.code then return nil, "no answer", answer.code end
      return answer
    end)
    return engine:trigger("note", { userId = "jane@example.com", context = {} })
  end

  local function found() return engine:delivered()[1].subject end

  after_each(function()
    if engine then engine:close() end
    if dir then folders.remove(dir) end
    dir, engine = nil, nil
  end)

  it("has a word for each method, query, form and json", function()
    assert.equal(202, trigger([[
      http.put("https://a.example/x?a=1#f", { query = { b = { "1 2", "&" }, c = true }, json = { n = 1 } })
      http.patch("https://a.example/", { form = { name = "Jane Doe", n = 2 } })
      http.delete "https://a.example/1"
      http.post("https://a.example/2", { bearer = secret "TOKEN", headers = { ["X-Key"] = secret "TOKEN" } })]]).status)
    assert.same({ "PUT", "https://a.example/x?a=1&b=1%202&b=%26&c=true#f", '{"n":1}' }, { asked[1].method, asked[1].url, asked[1].body })
    assert.same({ "PATCH", "n=2&name=Jane%20Doe", "application/x-www-form-urlencoded" },
      { asked[2].method, asked[2].body, asked[2].headers["Content-Type"] })
    assert.equal("DELETE", asked[3].method)
    assert.same({ ["X-Key"] = "t0p", Authorization = "Bearer t0p" }, asked[4].headers)
  end)

  it("tries again with longer and longer pauses, and takes the last answer", function()
    trigger([[trigger.context.found = http.get("https://a.example/", { retries = { times = 3, first = "1 second" } }).body]],
      { status = 503, body = "" }, { code = "connect" }, { status = 200, body = "there" })
    assert.equal("there", found())
    assert.equal(3, #asked)
    local waited = engine:now() - 1769904000000
    assert.is_true(waited >= 1500 and waited <= 3000, tostring(waited))
  end)

  it("does not try again what may not succeed, nor beyond its time", function()
    trigger('http.get("https://a.example/", { retries = { times = 3 } })', { status = 404 })
    assert.equal(1, #asked)
    trigger('http.get("https://a.example/", { retries = { times = 3, on = { 404 } } })', { status = 404 })
    assert.equal(4, #asked)
    trigger('trigger.context.found = http.get("https://a.example/", { retries = { times = 5 } }).status',
      { status = 503, headers = { ["retry-after"] = "60" } })
    assert.equal("503", found())
    assert.equal(1, #asked)
  end)

  it("follows redirects when told, and takes no secret to another system", function()
    local moved = { status = 302, headers = { location = "https://b.example/y" } }
    trigger('trigger.context.found = http.get("https://a.example/x").status', moved)
    assert.equal("302", found())
    trigger([[trigger.context.found = http.post("https://a.example/x", {
        redirects = 2, json = { n = 1 }, bearer = secret "TOKEN", headers = { K = secret "TOKEN", A = "b" },
      }).body]],
      { status = 307, headers = { location = "/z" } }, moved, { status = 200, body = "end" })
    assert.equal("end", found())
    assert.same({ "POST", "https://a.example/z", '{"n":1}', "t0p" },
      { asked[2].method, asked[2].url, asked[2].body, asked[2].headers.K })
    assert.same({ "GET", "https://b.example/y", { A = "b" } }, { asked[3].method, asked[3].url, asked[3].headers })
    assert.is_nil(asked[3].body)
    for location, message in pairs {
      ["http://a.example/"] = "from https to http", ["file:///x"] = "no http or https URL", ["/again"] = "more than 2 redirects",
    } do
      trigger('local _, message, code = http.get("https://a.example/x", { redirects = 2 }) trigger.context.found = code .. message',
        { status = 301, headers = { location = location } })
      assert.matches("redirects.*" .. message, found())
    end
  end)

  it("refuses what cannot be sent, with the script's line", function()
    for script, expected in pairs {
      ['http.get("file:///etc/hosts")'] = "url: expected an http or https URL",
      ['http.get("https://a.example/\\r\\nX: y")'] = "url: a space or line break",
      ['http.get("https://a.example/", { headers = { X = "a\\r\\nY: b" } })'] = "headers: X: a line break cannot be sent",
      ['http.get("https://a.example/", { headers = { ["X: y"] = "a" } })'] = "is no header's name",
      ['http.get("https://a.example/", { bearer = "a\\nb" })'] = "a line break cannot be sent",
      ['http.get("https://a.example/", { retries = { times = 99 } })'] = "retries.times: expected a number from 0 to 10",
      ['http.get("https://a.example/", { retries = { first = "soon" } })'] = "retries.first: ",
      ['http.get("https://a.example/", { redirects = 99 })'] = "redirects: expected a number from 0 to 10",
      ['http.get("https://a.example/", { tls = { ca = "../x" } })'] = "tls.ca: expected a path in the project's folder",
      ['http.get("https://a.example/", { tls = { verify = false } })'] = "unknown field 'tls.verify'",
      ['http.get("https://a.example/", { query = { a = {{}} } })'] = "query: a: expected texts",
      ['http.post("https://a.example/", { body = "x", json = 1 })'] = "body, json, form: one of them",
    } do
      local detail = trigger(script).body.detail
      assert.matches("campaigns/note.lua:3: http: ", detail, 1, true)
      assert.matches(expected, detail, 1, true)
      assert.same({}, asked)
    end
  end)
end)
