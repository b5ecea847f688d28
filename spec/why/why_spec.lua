-- Why a message was sent, or was not: the story of one, and the calls for a user.
local folders = require "spec.support.project_folder"
local kit = require "herald.testing"

local START = "2026-02-01T00:00:00Z"

describe("why", function()
  local dir, engine

  local function start(on_trigger, settings, fields)
    dir = folders.make {
      ["herald.lua"] = "return { " .. (settings or "") .. " }",
      ["surfaces/mail.lua"] = [[return surface { name = "mail", channel = "email", provider = "capture", from = "x@example.com" }]],
      ["campaigns/note.lua"] = ([[return campaign {
  id = "note", channel = "email", surface = "mail", namespace = "email", message = { subject = "S", text = "x" }, %s
  %s
}]]):format(fields or "", on_trigger and "on_trigger = function(trigger)\n" .. on_trigger .. "\nend," or ""),
    }
    engine = kit.engine { project = dir, now = START }
  end

  after_each(function()
    if engine then engine:close() end
    if dir then folders.remove(dir) end
    dir, engine = nil, nil
  end)

  local function trigger(given, request_id)
    return engine:trigger("note", given or { userId = "jane@example.com" }, { requestId = request_id or "r-1" })
  end

  local function told(answer)
    local lines = {}
    for index, line in ipairs(engine:why(answer.messages[1].id)) do lines[index] = line.text .. (line.place and " @" .. line.place or "") end
    return lines
  end

  local function about(user, more)
    local query = { user = user or "jane@example.com", campaign = "note" }
    for name, value in pairs(more or {}) do query[name] = value end
    local words = {}
    for name, value in pairs(query) do words[#words + 1] = name .. "=" .. value end
    return engine:request { method = "GET", path = "/why?" .. table.concat(words, "&") }
  end

  it("tells the whole story of a message, in the order of its time", function()
    start([[    local answer = http.get "https://shop.example.com/q?token=1"
    if not trigger:once("hi", "1 day") then return trigger:skip "again" end
    trigger.context.region = answer:json().region
    return trigger:delay "2 hours"]], nil, 'starts = "2026-01-01T00:00:00Z", ends = "2027-01-01T00:00:00Z",')
    engine:answer_http(function() return { status = 200, body = '{"region":"eu"}' } end)
    local answer = trigger { userId = "jane@example.com", context = { password = "hush" }, profile = { name = "Jane" } }
    local lines = told(answer)
    assert.same({
      'The call "r-1" came with the key "spec", for jane@example.com (email).',
      "It brought context.password, profile.name.",
      "The campaign was open: it runs from 2026-01-01T00:00:00.000Z to 2027-01-01T00:00:00.000Z.",
    }, table.move(lines, 1, 3, 1, {}))
    assert.matches("^Version 1 of the campaign %(%x+%) accepted it, loaded as generation 1%.$", lines[4])
    assert.same({
      "The script asked http GET shop.example.com/q: it answered with status 200.",
      'The script asked for "hi" once: it was the first time. @campaigns/note.lua:5',
      "The script put it off by 2 hours. @campaigns/note.lua:7",
      "The script set context.region.",
      "Next: it is sent at 2026-02-01T02:00:00.000Z.",
    }, table.move(lines, 5, #lines, 1, {}))

    engine:fail_next { code = "451", answer = "come back later" }
    engine:travel "3 hours"
    lines = told(answer)
    assert.equal("It was rendered from that version for the channel email and handed to the surface mail, provider capture.", lines[9])
    assert.matches("^An attempt failed, to be tried again: 451: come back later", lines[10])
    assert.matches("^It was sent", lines[11])
    assert.equal("Nothing more is to be done: it is sent.", lines[12])
    for _, line in ipairs(lines) do assert.is_nil(line:find("hush", 1, true)) end
  end)

  it("says what becomes of one that waits for another attempt, and one that is skipped", function()
    start('    if trigger.context.no then trigger:skip "blocked" end', nil, 'expires_after = "1 day",')
    engine:fail_next { code = "451", retry_after = "10 minutes" }
    assert.equal("Next: attempt 2, at 2026-02-01T00:10:00.000Z. It is given up if that is not done by 2026-02-02T00:00:00.000Z.",
      told(trigger())[8])
    local lines = told(trigger({ userId = "joe@example.com", context = { no = true } }, "r-2"))
    assert.equal('The script skipped it: "blocked". @campaigns/note.lua:4', lines[5])
    assert.equal("Nothing was sent: the script skipped it.", lines[6])
  end)

  it("says that it does not know the script's part while the journal is off", function()
    start('    trigger:skip "blocked"', "journal = { on = false }")
    assert.equal("What on_trigger saw and decided is not known: the journal is off (journal.on in herald.lua).", told(trigger())[5])
    assert.matches("one that was refused would leave no trace, for the journal is off", about("other@example.com").body.summary)
  end)

  it("has the payload for who asks, masked by rule", function()
    start("    trigger.context.password = nil", [[journal = { mask = { "context.password", "profile.*" } }]])
    local answer = trigger { userId = "jane@example.com", context = { password = "hush", n = kit.json "1.50" }, profile = { name = "Jane" } }
    local path = "/messages/" .. answer.messages[1].id .. "/why"
    assert.is_nil(engine:request({ method = "GET", path = path }).body.payload)
    local shown = engine:request { method = "GET", path = path .. "?payload=true" }
    assert.matches('"payload":{"channelData":{},"context":{"n":1.50,"password":"[masked]"},"profile":{"name":"[masked]"}}', shown.text, 1, true)
    assert.equal("r-1", shown.body.requestId)
    assert.equal(400, engine:request({ method = "GET", path = path .. "?payload=yes" }).status)
  end)

  it("refuses what is no message", function()
    start()
    assert.equal("not-found", engine:request({ method = "GET", path = "/messages/0000000000000001/why" }).code)
    assert.equal("not-found", engine:request({ method = "GET", path = "/messages/x/why" }).code)
  end)

  it("lists each call for a user with its reason, sent or not", function()
    start('    if trigger.context.no then return trigger:skip "blocked" end if trigger.context.bad then return trigger:reject "bad" end',
      nil, 'ends = "2026-02-01T12:00:00Z",')
    trigger(nil, "r-1")
    engine:travel "1 minute"
    trigger({ userId = "jane@example.com", context = { no = true } }, "r-2")
    engine:travel "1 minute"
    trigger({ userId = "jane@example.com", context = { bad = true } }, "r-3")
    engine:travel_to "2026-02-01T13:00:00Z"
    trigger(nil, "r-4")
    trigger({ userId = "joe@example.com" }, "r-5")
    local body = about().body
    local lines = {}
    for index, call in ipairs(body.calls) do
      lines[index] = ("%s %s %s: %s%s"):format(call.requestId, call.kind, call.outcome, call.text, call.place and " @" .. call.place or "")
    end
    assert.same({
      "r-1 accepted sent: sent: recorded by the spec",
      "r-2 accepted skipped: skipped: blocked. @campaigns/note.lua:4",
      "r-3 refused rejected-by-campaign: refused: rejected-by-campaign (bad). @campaigns/note.lua:4",
      "r-4 refused campaign-ended: refused: campaign-ended (the campaign ended at 2026-02-01T12:00:00.000Z; it is 2026-02-01T13:00:00.000Z).",
    }, lines)
    assert.equal("completed", body.campaignStatus)
    assert.matches("The campaign is completed now: a call would be refused.", body.summary, 1, true)
    assert.equal(1, #about(nil, { since = "2026-02-01T12:30:00Z" }).body.calls)
  end)

  it("says that no call came, and since when it would have been seen", function()
    start()
    local body = about("nobody@example.com").body
    assert.same({}, body.calls)
    assert.equal('No call for "nobody@example.com" reached this campaign: one that was accepted would be seen since ' ..
      "2026-02-01T00:00:00.000Z, one that was refused since 2026-02-01T00:00:00.000Z.", body.summary)
  end)

  it("asks back when the user came in several namespaces, and needs both names", function()
    start()
    trigger()
    trigger({ userId = "jane@example.com", namespace = "crm-id" }, "r-2")
    local answer = about()
    assert.equal("invalid-request", answer.code)
    assert.matches("several namespaces: crm%-id, email", answer.body.detail)
    assert.equal(1, #about(nil, { namespace = "email" }).body.calls)
    assert.equal(400, engine:request({ method = "GET", path = "/why?user=x" }).status)
    assert.equal("not-found", about(nil, { campaign = "nope" }).code)
    assert.equal(400, about(nil, { since = "soon" }).status)
  end)
end)
