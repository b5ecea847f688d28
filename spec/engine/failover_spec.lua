-- What a message that another surface had to take shows of it.
local folders = require "spec.support.project_folder"
local kit = require "herald.testing"

local FILES = {
  ["herald.lua"] = "return {}",
  ["surfaces/dead.lua"] = [[return surface { name = "dead", channel = "email", provider = "capture", from = "x@example.com", failover = { "lame", "plain" } }]],
  ["surfaces/lame.lua"] = [[return surface { name = "lame", channel = "email", provider = "capture", from = "x@example.com" }]],
  ["surfaces/plain.lua"] = [[return surface { name = "plain", channel = "email", provider = "capture", from = "x@example.com" }]],
  ["campaigns/note.lua"] = [[return campaign {
    id = "note", channel = "email", surface = "dead", message = { subject = "S", text = "T" },
    on_event = function(event) http.post("https://crm.example.com/", { body = { surface = event.message.surface } }) end,
  }]],
}

describe("failover", function()
  local dir, engine, heard

  before_each(function()
    dir = folders.make(FILES)
    engine = kit.engine { project = dir, now = "2026-02-01T00:00:00Z" }
    engine:answer_http(function(request)
      heard = request.body
      return { status = 204 }
    end)
  end)
  after_each(function()
    engine:close()
    folders.remove(dir)
  end)

  local function totals()
    return engine:request({ method = "GET", path = "/campaigns/note/reports/global" }).body.totals
  end

  it("leaves an event for each surface that did not take the message, and says which did", function()
    engine:fail_next { surface = "dead", code = "421", answer = "busy" }
    engine:fail_next { surface = "lame", code = "451" }
    local message = engine:trigger("note", { userId = "jane@example.com" }).messages[1]
    assert.equal("sent", message.state)
    assert.equal(1, message.attempts)
    assert.equal("the surface plain stood in for dead", message.reason)
    assert.equal('{"surface":"plain"}', heard)
    local told = {}
    for _, event in ipairs(message.events) do told[#told + 1] = event.kind .. " " .. (event.detail or "") end
    assert.equal("failover surface dead: 421: busy", told[2])
    assert.equal("failover surface lame: 451", told[3])
    assert.same({ ["421"] = 1, ["451"] = 1 }, totals().errors.byCode)
  end)

  it("begins with the campaign's own surface again when none took it", function()
    for _, name in ipairs { "dead", "lame", "plain" } do engine:fail_next { surface = name, code = "421" } end
    local message = engine:trigger("note", { userId = "jane@example.com" }).messages[1]
    assert.equal("waiting", message.state)
    engine:travel "1 hour"
    assert.equal('{"surface":"dead"}', heard)
    assert.equal(3, totals().errors.byCode["421"])
  end)
end)
