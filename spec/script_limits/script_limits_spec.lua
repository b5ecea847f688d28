-- The limits of scripts: what holds for a campaign and an endpoint, and what is said when one is exceeded.
local apis = require "spec.support.api"
local folder = require "spec.support.folder"
local kit = require "herald.testing"
local problem = require "herald.problem"
local projects = require "spec.support.project_folder"
local review = require "herald.review"

local CAMPAIGN = [[return campaign {
  id = "note", channel = "email", surface = "mail", message = { subject = "x", text = "x" }, %s
  on_trigger = function(trigger)
    %s
  end,
}]]

local SURFACE = [[return surface { name = "mail", channel = "email", provider = "capture", from = "x@example.com" }]]

local function files(settings, own, script)
  return {
    ["herald.lua"] = ("return { activation = 'automatic', %s }"):format(settings), ["surfaces/mail.lua"] = SURFACE,
    ["campaigns/note.lua"] = CAMPAIGN:format(own, script),
  }
end

-- No spec's script may end by its CPU time unless it says so.
local SLOW = 'limits = { on_trigger = { cpu = "60 seconds" }, most = { instructions = 1000000000 } }'

describe("the limits of a campaign", function()
  local dir, engine

  after_each(function()
    if engine then engine:close() end
    if dir then projects.remove(dir) end
    dir, engine = nil, nil
  end)

  local function detail(own, script, settings)
    dir = projects.make(files(settings or SLOW, own, script))
    engine = kit.engine { project = dir }
    engine:answer_http(function() return { status = 200, body = "{}" } end)
    local answer = engine:trigger("note", { userId = "jane@example.com", context = { a = 1 } })
    return answer.status == 202 and "202" or answer.body.detail
  end

  local LOOP = "\n    while true do\n    end"

  it("are those of herald.lua where it says nothing", function()
    assert.matches("^campaigns/note.lua:[56]: the script ran too many instructions %(limits.on_trigger.instructions = 10000000%)$", detail("", LOOP))
  end)

  it("are its own, lower ones and higher ones", function()
    local limit = "the script ran too many instructions (the campaign's limits.instructions = 5000)"
    assert.matches(limit, detail("limits = { instructions = 5000 },", LOOP), 1, true)
    engine:close()
    projects.remove(dir)
    assert.equal("202", detail("limits = { instructions = 500000000 },", "for i = 1, 11000000 do end"))
  end)

  for name, case in pairs {
    memory = { 'limits = { memory = "1 MB" },', "local t = {}\n    while true do t[#t + 1] = { #t } end",
      "campaigns/note.lua:5: the script used up its memory (the campaign's limits.memory = 1000000)" },
    ["memory in one text"] = { 'limits = { memory = "1 MB" },', "local s = 'x'\n    while true do s = s .. s end",
      "campaigns/note.lua:5: the script used up its memory" },
    ["cpu"] = { 'limits = { cpu = "20 ms", instructions = 1000000000 },', LOOP, "the script used up its CPU time (the campaign's limits.cpu = 20 ms)" },
    time = { 'limits = { time = "1 second" },', "\n    sleep '2 seconds'",
      "campaigns/note.lua:5: the script waited too long (the campaign's limits.time = 1 second)" },
    requests = { "limits = { requests = 2 },", "for i = 1, 3 do\n      http.get 'https://x.example/'\n    end",
      "campaigns/note.lua:5: the script asked other systems too often (the campaign's limits.requests = 2)" },
    ["requests by request"] = { "limits = { requests = 0 },", "http.request { url = 'https://x.example/' }",
      "campaigns/note.lua:4: the script asked other systems too often (the campaign's limits.requests = 0)" },
    ["a limit that is passed within pcall"] = { "limits = { requests = 0 },", "while true do pcall(http.get, 'https://x.example/') end",
      "campaigns/note.lua:4: the script asked other systems too often (the campaign's limits.requests = 0)" },
    ["memory within pcall"] = { 'limits = { memory = "1 MB" },', "while true do pcall(function() local t = {} while true do t[#t + 1] = {} end end) end",
      "campaigns/note.lua:4: the script used up its memory (the campaign's limits.memory = 1000000)" },
    ["a huge text within pcall"] = { 'limits = { memory = "1 MB" },', "while true do pcall(string.rep, 'x', 15000000) end",
      "the script used up its memory (the campaign's limits.memory = 1000000)" },
  } do
    it("name the line, the bound and its setting: " .. name, function()
      assert.matches(case[3], detail(case[1], case[2]), 1, true)
    end)
  end

  it("hold for each run anew", function()
    assert.equal("202", detail("limits = { requests = 1 },", "http.get 'https://x.example/'"))
    assert.equal(202, engine:trigger("note", { userId = "jane@example.com", context = {} }).status)
  end)

  it("can be in a definition that comes through the API", function()
    local api = apis.open {}
    local status, body = api:call("PUT", "/campaigns/data", { body = {
      channel = "email", surface = "transactional", message = { subject = "S", text = "x" }, limits = { cpu = "20 ms", requests = 3 },
    } })
    assert.equal(201, status)
    assert.same({ cpu = "20 ms", requests = 3 }, body.definition.limits)
    status, body = api:call("PUT", "/campaigns/data", { body = {
      channel = "email", surface = "transactional", message = { subject = "S", text = "x" }, limits = { seconds = 1, time = "2 hours" },
    } })
    assert.equal(422, status)
    assert.same({ message = "unknown field", path = "limits.seconds" }, body.errors[1])
    assert.same({ message = "expected at most 3600 seconds", path = "limits.time" }, body.errors[2])
    api:close()
  end)

  it("are part of the version", function()
    local function hash(own) return folder.good(files("", own, "")).campaigns.note.hash end
    assert.not_equal(hash "", hash "limits = { requests = 3 },")
  end)

  it("above limits.most block its activation", function()
    local project = folder.good(files("", 'limits = { cpu = "1 second", memory = "1 MB" },', ""))
    local found = review.check(project.campaigns.note, project, 0)
    assert.equal(1, #found.errors)
    assert.equal("limits-above-most", found.errors[1].code)
    assert.equal("campaigns/note.lua:2: limits.cpu: 1 second is more than herald.lua allows (limits.on_trigger.cpu = 150 ms): "
      .. "lower it, or raise limits.most.cpu", tostring(found.errors[1]))
    project = folder.good(files('limits = { most = { cpu = "2 seconds" } }', 'limits = { cpu = "1 second" },', ""))
    assert.same({}, review.check(project.campaigns.note, project, 0).errors)
  end)

  it("of a version that went live before are held to limits.most", function()
    local project = folder.good(files('limits = { most = { instructions = 20000000 } }', "limits = { instructions = 30000000 },", ""))
    local limits = project.campaigns.note.limits
    assert.equal(20000000, limits.bounds.instructions)
    assert.equal("limits.most.instructions = 20000000", limits.settings.instructions)
  end)
end)

describe("the limits of an endpoint", function()
  local api

  after_each(function()
    if api then api:close() end
    api = nil
  end)

  local function answer(own, script)
    api = apis.open {
      ["endpoints/x.lua"] = ('return endpoint { path = "/hooks/x", authenticate = endpoint.none, %s\nhandle = function(request)\n%s end }'):format(own, script),
      ["herald.lua"] = "return { activation = 'automatic', " .. SLOW .. " }",
    }
    local status, body = api:call("POST", "/hooks/x")
    return status, body, status >= 400 and problem.code(body) .. ": " .. body.detail
  end

  it("are its own", function()
    assert.matches("endpoint-error: endpoints/x.lua:3: the script ran too many instructions (the endpoint's limits.instructions = 5000)",
      select(3, answer("limits = { instructions = 5000 },", "while true do end")), 1, true)
  end)

  local TRIGGER = [[
    local status
    for i = 1, 3 do
      status = request:trigger("welcome", { requestId = "r" .. i, recipients = {
        { userId = "a@example.com", namespace = "email", context = { link = "https://example.com/" } },
        { userId = "b@example.com", namespace = "email", context = { link = "https://example.com/" } } } })
    end
    return status]]

  it("count the messages that it triggers", function()
    assert.equal(202, (answer("limits = { messages = 6 },", TRIGGER)))
    api:close()
    assert.matches("endpoints/x.lua:5: the script triggered too many messages (the endpoint's limits.messages = 5)",
      select(3, answer("limits = { messages = 5 },", TRIGGER)), 1, true)
    assert.equal(4, api.store:stats().waiting)
  end)

  it("leave alone what the engine does for it", function()
    local status = answer("limits = { instructions = 6000 },", TRIGGER)
    assert.equal(202, status)
  end)

  it("above limits.most are errors", function()
    local errors = folder.errors { ["endpoints/x.lua"] = [[return endpoint { path = "/hooks/x", authenticate = endpoint.none,
      limits = { requests = 21 }, handle = function() end }]] }
    assert.same({ "endpoints/x.lua:2: limits.requests: 21 is more than herald.lua allows (limits.on_trigger.requests = 20): "
      .. "lower it, or raise limits.most.requests" }, errors)
  end)
end)
