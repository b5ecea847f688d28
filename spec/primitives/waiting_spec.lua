-- sleep and http as scripts have them, on the test kit: its clock is what a sleep moves.
local folders = require "spec.support.project_folder"
local kit = require "herald.testing"

local CAMPAIGN = [[return campaign {
  id = "note", channel = "email", surface = "mail", message = { subject = "{{context.found}}", text = "x" },
  on_trigger = function(trigger) %s end,
  on_event = function(event) %s end,
}]]

local function files(on_trigger, on_event)
  return {
    ["herald.lua"] = "return {}",
    ["surfaces/mail.lua"] = [[return surface { name = "mail", channel = "email", provider = "capture", from = "x@example.com" }]],
    ["campaigns/note.lua"] = CAMPAIGN:format(on_trigger, on_event or ""),
  }
end

describe("a script that waits", function()
  local dir, engine

  local function trigger(on_trigger, on_event, answer_http)
    dir = folders.make(files(on_trigger, on_event))
    engine = kit.engine { project = dir, now = "2026-02-01T00:00:00Z" }
    engine:answer_http(answer_http)
    return engine:trigger("note", { userId = "jane@example.com", context = { n = 7 } })
  end

  after_each(function()
    if engine then engine:close() end
    if dir then folders.remove(dir) end
    dir, engine = nil, nil
  end)

  it("sleeps for so long", function()
    local before = 1769904000000
    assert.equal(202, trigger('sleep "2 seconds" sleep(500)').status)
    assert.equal(before + 2500, engine:now())
  end)

  it("asks another system and uses its answer", function()
    local asked
    local answer = trigger([[
      local found = http.post("https://shop.example.com/q", { body = { n = trigger.context.n }, headers = { ["X-A"] = "b" }, timeout = "1 second" })
      trigger.context.found = found:json().word .. found.status]], nil, function(request)
      asked = request
      return { status = 201, body = '{"word":"tea"}' }
    end)
    assert.equal(202, answer.status)
    assert.equal("tea201", engine:delivered()[1].subject)
    assert.same({
      url = "https://shop.example.com/q", method = "POST", body = '{"n":7}', timeout_ms = 1000,
      headers = { ["X-A"] = "b", ["Content-Type"] = "application/json" },
    }, asked)
  end)

  it("is told when there is no answer", function()
    assert.equal("unreachable", trigger([[
      local answer, message, code = http.get "https://shop.example.com/"
      trigger:reject(code)]], nil, function() return nil, "no way", "unreachable" end).body.detail:match "unreachable")
  end)

  it("fails when it waits longer than it may, whatever it catches", function()
    assert.equal("script-error", trigger('sleep "11 seconds"').code)
    assert.equal("script-error", trigger('pcall(sleep, "11 seconds")').code)
    assert.equal("script-error", trigger('for _ = 1, 20 do sleep "1 second" end').code)
  end)

  it("is told its mistakes with their line", function()
    for script, expected in pairs {
      ['sleep "soon"'] = "campaigns/note.lua:3: sleep: ", ["http.get()"] = "note.lua:3: http: url: missing",
      ['http.get("https://x.example", { verify = false })'] = "note.lua:3: http: unknown field 'verify'",
      ['http.get("https://x.example", { timeout = "soon" })'] = "note.lua:3: http: timeout: ",
      ["http.get = 1"] = "note.lua:3: http.get cannot be set",
    } do
      assert.matches(expected, trigger(script).body.detail, 1, true)
    end
  end)

  it("may wait in on_event, too", function()
    local heard
    trigger("", 'http.post("https://crm.example.com/", { body = { kind = event.kind, n = event.context.n } })', function(request)
      heard = request.body
      return { status = 204 }
    end)
    assert.equal('{"kind":"sent","n":7}', heard)
  end)

  it("cannot wait while files are loaded", function()
    local project = require "herald.project"
    local _, errors = project.load { files = { ["campaigns/x.lua"] = 'sleep "1 second"' } }
    assert.matches("campaigns/x.lua:1: sleep: only while on_trigger", tostring(errors), 1, true)
  end)
end)
