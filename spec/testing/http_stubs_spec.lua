local kit = require "herald.testing"
local project_folder = require "spec.support.project_folder"

local FILES = {
  ["herald.lua"] = "return {}",
  ["surfaces/mail.lua"] = 'return surface { name = "mail", channel = "email", provider = "capture", from = "Shop <shop@example.com>" }',
  ["campaigns/note.lua"] = [[
    local campaign = require "campaign"
    return campaign {
      id = "note", title = "Note", channel = "email", surface = "mail", namespace = "email", context = { url = "url", method = "string" },
      message = { subject = "{{context.said}}", text = "x" },
      on_trigger = function(trigger)
        local ask = { url = trigger.context.url, method = trigger.context.method, body = { user = trigger.recipient.userId }, timeout = "3 seconds" }
        local ok, answer, why, code = pcall(http.request, ask)
        if not ok then trigger.context.said = "raised" return end
        trigger.context.said = answer and answer.status .. " " .. (answer.headers["x-a"] or "") .. answer.body or code
      end,
    }]],
}

describe("the kit's HTTP answers", function()
  local dir, engine

  setup(function() dir = project_folder.make(FILES) end)
  teardown(function() project_folder.remove(dir) end)
  before_each(function() engine = kit.engine { project = dir, now = "2026-02-01T00:00:00Z" } end)
  after_each(function() engine:close() end)

  local function ask(method, url)
    engine:trigger("note", { userId = "jane@example.com", context = { method = method, url = url } })
    local sent = engine:delivered()
    return sent[#sent].subject
  end

  it("answer the call that they are for", function()
    engine:http("POST", "https://a.example.com/scores/*", { status = 201, json = { ok = true }, headers = { ["X-A"] = "b " } })
    engine:http("GET", "https://a.example.com/scores/*", { body = "text" })
    assert.equal('201 b {"ok":true}', ask("POST", "https://a.example.com/scores/7?x=1"))
    assert.equal("200 text", ask("GET", "https://a.example.com/scores/"))
  end)

  it("take no character of a URL for a pattern but the star", function()
    engine:http("GET", "https://a.example.com/a.b?c=1")
    engine:http("*", "*", { status = 404 })
    assert.equal("200 ", ask("GET", "https://a.example.com/a.b?c=1"))
    assert.equal("404 ", ask("GET", "https://a.example.com/aXb?c=1"))
    assert.equal("404 ", ask("DELETE", "https://a.example.com/a.b?c=1"))
  end)

  it("come in the order in which they were told, each as often as told", function()
    engine:http("GET", "https://a.example.com/", { status = 503, times = 2 })
    engine:http("GET", "https://a.example.com/", { status = 200 })
    local seen = {}
    for index = 1, 4 do seen[index] = ask("GET", "https://a.example.com/") end
    assert.same({ "503 ", "503 ", "200 ", "200 " }, seen)
  end)

  it("may be no answer at all, or come late, or too late", function()
    local before = engine:now()
    engine:http("GET", "https://a.example.com/tls", { fault = "tls" })
    engine:http("GET", "https://a.example.com/slow", { takes = "2 seconds" })
    engine:http("GET", "https://a.example.com/late", { takes = "4 seconds" })
    assert.equal("tls", ask("GET", "https://a.example.com/tls"))
    assert.equal("200 ", ask("GET", "https://a.example.com/slow"))
    assert.equal("timeout", ask("GET", "https://a.example.com/late"))
    assert.equal(before + 2000 + 3000, engine:now())
  end)

  it("may be worked out by a function", function()
    engine:http("POST", "*", function(request) return { status = #request.body, body = request.url } end)
    assert.equal("27 https://b.example.com/", ask("POST", "https://b.example.com/"))
  end)

  it("leave behind what was asked", function()
    engine:http("POST", "*", { status = 202 })
    engine:http("PUT", "*", { fault = "connect" })
    ask("POST", "https://b.example.com/x")
    ask("PUT", "https://b.example.com/y")
    local first, second = table.unpack(engine:http_calls())
    assert.same({ "POST", "https://b.example.com/x", { user = "jane@example.com" }, 202, engine:now() },
      { first.method, first.url, first.json, first.status, first.at })
    assert.same({ "PUT", "connect" }, { second.method, second.fault })
  end)

  local function complaint_of(f)
    local ok, failure = pcall(f)
    assert(not ok, "it did not fail")
    return type(failure) == "table" and tostring(failure.message) or tostring(failure)
  end

  describe("fail the spec in its own line", function()
    it("for a call that nothing was told about, whatever the script catches", function()
      local complaint = complaint_of(function() ask("POST", "https://a.example.com/scores/7") end)
      assert.matches("http_stubs_spec.lua:%d+: unexpected HTTP call: POST https://a.example.com/scores/7; no answer was told", complaint)
      assert.matches('engine:http("POST", "https://a.example.com/scores/7"', complaint, 1, true)
    end)

    it("with the answer that comes nearest", function()
      engine:http("GET", "https://b.example.com/")
      engine:http("POST", "https://a.example.com/score/*", { times = 1 })
      engine:http("PUT", "https://a.example.com/")
      assert.matches("the nearest answer is for POST https://a.example.com/score/*;",
        complaint_of(function() ask("POST", "https://a.example.com/scores/7") end), 1, true)
      ask("POST", "https://a.example.com/score/7")
      assert.matches("POST https://a.example.com/score/*, which was used up after 1 calls;",
        complaint_of(function() ask("POST", "https://a.example.com/score/7") end), 1, true)
    end)

    it("for answers that nobody asked for", function()
      engine:http("GET", "https://a.example.com/", { times = 2 })
      engine:http("GET", "https://b.example.com/")
      engine:http("GET", "https://c.example.com/")
      ask("GET", "https://a.example.com/")
      ask("GET", "https://c.example.com/")
      local complaint = complaint_of(function() engine:assert_stubs_used() end)
      assert.matches("GET https://a.example.com/: used 1 times of 2", complaint, 1, true)
      assert.matches("GET https://b.example.com/: used 0 times of 1", complaint, 1, true)
      assert.not_matches("c.example.com", complaint, 1, true)
      ask("GET", "https://a.example.com/")
      ask("GET", "https://b.example.com/")
      engine:assert_stubs_used()
    end)
  end)

  it("refuse fields that they do not know", function()
    assert.error_matches(function() engine:http("GET", "*", { satus = 200 }) end, "http: unknown field 'satus'")
    assert.error_matches(function() engine:http("GET", "*", { status = "200" }) end, "http: status: expected a number")
    assert.error_matches(function() engine:http("GET", "*", { fault = "tired" }) end, "http: fault: expected one of")
    assert.error_matches(function() engine:http("GET", "*", { takes = "long" }) end, "http: takes: ")
  end)
end)
