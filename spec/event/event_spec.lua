-- What a campaign hears of its messages, and the campaigns that it triggers then.

local folder = require "spec.support.project_folder"
local kit = require "herald.testing"

local function campaign(id, more)
  return ([[return campaign { id = %q, channel = "email", surface = "mail", namespace = "email",
    message = { subject = "%s", text = "{{context.n}} {{context.heard}}" }, %s }]]):format(id, id, more or "")
end

local ECHO = [[on_event = function(event)
  local details = event.details or {}
  event:trigger("heard", { recipients = { { userId = event.recipient.userId, namespace = "email", context = {
    heard = table.concat({ event.kind, event.message.id, event.context.n, details.link or "-", event.reason or "-" }, " ") } } } })
end]]

local function forward(to)
  return ([[on_event = function(event)
    local status, body = event:trigger(%q, { recipients = { { userId = event.recipient.userId, namespace = "email", context = { n = event.context.n } } } })
    if status ~= 202 then error(body.type) end
  end]]):format(to)
end

local FILES = {
  ["herald.lua"] = "return { limits = { event_depth = 3 } }",
  ["surfaces/mail.lua"] = [[return surface { name = "mail", channel = "email", provider = "capture", from = "x@example.com" }]],
  ["campaigns/heard.lua"] = campaign "heard",
  ["campaigns/echo.lua"] = campaign("echo", ECHO),
  ["campaigns/ping.lua"] = campaign("ping", forward "pong"),
  ["campaigns/pong.lua"] = campaign("pong", forward "ping"),
  ["campaigns/twice.lua"] = campaign("twice", [[on_event = function(event)
    for _, user in ipairs { "a@example.com", "b@example.com" } do
      event:trigger("heard", { recipients = { { userId = user, namespace = "email" } } })
    end
  end]]),
  ["campaigns/counting.lua"] = campaign("counting", [[on_event = function(event)
    event:trigger("heard", { requestId = "told-" .. counter.add "told", recipients = { { userId = "a@example.com", namespace = "email" } } })
  end]]),
  ["campaigns/wrong.lua"] = campaign("wrong", [[on_event = function(event) event:trigger("heard", {}) end]]),
  ["endpoints/reports.lua"] = [[return endpoint { path = "/hooks/reports/{id}", authenticate = endpoint.none, handle = function(request)
    local report = request:json()
    local result, message, code = request:event(request.params.id, report.kind, { link = report.url }, { id = report.id, reason = report.reason })
    if not result then return 400, { code = code, message = message } end
    return 200, result
  end }]],
}

describe("an event of a message", function()
  local dir, engine

  setup(function() dir = folder.make(FILES) end)
  teardown(function() folder.remove(dir) end)
  before_each(function() engine = kit.engine { project = dir, now = "2026-11-23T10:00:00Z" } end)
  after_each(function() engine:close() end)

  local function send(id, more)
    local answer = engine:trigger(id, { userId = "jane@example.com", context = { n = 7 } }, more)
    assert.equal(202, answer.status)
    return answer.messages[1].id
  end

  local function report(id, fields)
    return engine:request { method = "POST", path = "/messages/" .. id .. "/events", json = fields }
  end

  local function subjects()
    local list = {}
    for index, mail in ipairs(engine:delivered()) do list[index] = mail.subject end
    return list
  end

  local function heard()
    local list = {}
    for _, mail in ipairs(engine:delivered()) do
      if mail.subject == "heard" then list[#list + 1] = mail.text:gsub("^%s+", "") end
    end
    return list
  end

  local function totals(id) return engine:request { path = "/campaigns/" .. id .. "/reports/global" }.body.totals end

  it("that is reported is told with what was reported", function()
    local id = send "echo"
    engine:clear()
    local answer = report(id, { kind = "clicked", id = "e-1", details = { link = "https://example.com/offer" } })
    assert.same({ 200, { recorded = true } }, { answer.status, answer.body })
    assert.same({ "clicked " .. id .. " 7 https://example.com/offer -" }, heard())
    local last = engine:message(id).events[3]
    assert.same({ "clicked", '{"link":"https://example.com/offer"}' }, { last.kind, last.detail })
    assert.equal(1, totals("echo").clicks)
  end)

  it("counts and is told once for each id of its reporter", function()
    local id = send "counting"
    engine:clear()
    for index, expected in ipairs { true, false, false } do
      assert.equal(expected, report(id, { kind = "opened", id = "e-1" }).body.recorded, index)
    end
    assert.is_true(report(id, { kind = "opened", id = "e-2" }).body.recorded)
    assert.is_true(report(id, { kind = "opened" }).body.recorded)
    assert.equal(3, totals("counting").opens)
    assert.equal(3, #heard())
  end)

  it("of each kind has its counter", function()
    local id = send "heard"
    for _, kind in ipairs { "delivered", "opened", "clicked", "unsubscribed", "complained" } do
      assert.equal(200, report(id, { kind = kind }).status, kind)
    end
    local counted = totals "heard"
    assert.same({ 1, 1, 1, 1, 1 }, { counted.delivered, counted.opens, counted.clicks, counted.unsubscribes, counted.complaints })
    assert.equal("delivered", engine:message(id).state)
  end)

  it("that bounces a message changes its state once", function()
    local id = send "echo"
    engine:clear()
    report(id, { kind = "bounced", id = "b-1", reason = "soft", code = "4.2.2" })
    report(id, { kind = "bounced", id = "b-2" })
    report(id, { kind = "delivered", id = "d-1" })
    local message = engine:message(id)
    assert.same({ "bounced", "soft", "4.2.2" }, { message.state, message.reason, message.code })
    assert.same({ hard = 0, soft = 1, total = 1 }, totals("echo").bounced)
    assert.equal(0, totals("echo").delivered)
    assert.same({ "bounced " .. id .. " 7 - soft" }, heard())
  end)

  it("is refused for a message that was not sent, or is not there", function()
    engine:fail_next { times = 1 }
    local id = send "echo"
    assert.equal("conflict", report(id, { kind = "opened" }).code)
    assert.equal("not-found", report("00000000000000ff", { kind = "opened" }).code)
    assert.equal("not-found", report("x", { kind = "opened" }).code)
    assert.equal(0, totals("echo").opens)
  end)

  it("says what is wrong with a report", function()
    local id = send "heard"
    local function detail(fields)
      local answer = report(id, fields)
      assert.equal("invalid-request", answer.code)
      return answer.body.detail
    end
    assert.matches("^kind: ", detail {})
    assert.matches('one of "delivered"', detail { kind = "read" }, 1, true)
    assert.matches("^id: expected an id", detail { kind = "opened", id = "a b" })
    assert.matches("^id: longer than 128", detail { kind = "opened", id = ("x"):rep(129) })
    assert.matches("^at: ", detail { kind = "opened", at = "yesterday" })
    assert.matches("^at: this time is still to come", detail { kind = "opened", at = "2100-01-01T00:00:00Z" })
    assert.matches("^reason: ", detail { kind = "bounced", reason = "medium" })
    assert.matches("^details: larger", detail { kind = "opened", details = { x = ("y"):rep(8000) } })
    assert.matches("^details: expected an object", detail { kind = "opened", details = "x" })
    assert.matches("who", detail { kind = "opened", who = "me" }, 1, true)
    assert.equal(0, totals("heard").opens)
  end)

  it("lies between the message's acceptance and now", function()
    local id = send "heard"
    engine:travel "1 hour"
    report(id, { kind = "opened", at = "2026-11-23T10:20:00Z" })
    report(id, { kind = "opened", at = "2026-11-23T09:00:00Z" })
    report(id, { kind = "opened", at = "2026-11-23T11:04:00Z" })
    local times = {}
    for _, event in ipairs(engine:message(id).events) do
      if event.kind == "opened" then times[#times + 1] = (event.at - engine:now()) // 60000 end
    end
    table.sort(times)
    assert.same({ -60, -40, 0 }, times)
  end)

  it("needs a key with the scope manage", function()
    local answer = engine:request { method = "POST", path = "/messages/" .. send "heard" .. "/events", json = { kind = "opened" }, anonymous = true }
    assert.equal(401, answer.status)
  end)

  it("is taken from an endpoint of the project", function()
    local id = send "echo"
    engine:clear()
    local answer = engine:request { path = "/hooks/reports/" .. id, json = { kind = "clicked", id = "e-1", url = "https://example.com" } }
    assert.same({ recorded = true }, answer.body)
    assert.same({ "clicked " .. id .. " 7 https://example.com -" }, heard())
    assert.equal("invalid-request", engine:request { path = "/hooks/reports/" .. id, json = { kind = "seen" } }.body.code)
    assert.equal("endpoint-error", engine:request { path = "/hooks/reports/here", json = { kind = "opened" } }.code)
  end)

  it("triggers other campaigns, each with a requestId of its own", function()
    send "twice"
    assert.same({ "twice", "heard", "heard" }, subjects())
    assert.equal("a@example.com", engine:delivered()[2].to)
    assert.equal("b@example.com", engine:delivered()[3].to)
  end)

  it("triggers in the sandbox of its message, in the campaign's name", function()
    send("echo", { sandbox = "stage" })
    local message = engine.store:recent({ campaign = "heard", limit = 1 })[1]
    assert.same({ "stage", "campaign:echo" }, { message.sandbox, message.by })
    local request_id = engine.store:execution(message.execution).request_id
    assert.matches("^event%-%x+%-sent%-%x+$", request_id)
  end)

  it("ends a loop of two campaigns at limits.event_depth", function()
    send "ping"
    assert.same({ "ping", "pong", "ping", "pong" }, subjects())
  end)

  it("whose trigger is no call fails on_event alone", function()
    send "wrong"
    assert.same({ "wrong" }, subjects())
  end)
end)
