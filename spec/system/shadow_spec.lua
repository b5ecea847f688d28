-- New code beside the code in force: it sees what was accepted, is compared field by field, and does nothing.

local cjson = require "cjson"
local daemon = require "spec.support.daemon"
local load = require "spec.support.load"
local process = require "spec.support.process"
local sink = require "spec.support.sink"

local function receipt(subject, more)
  return ([[return campaign { id = "receipt", title = "Receipt", channel = "email", surface = "mail", namespace = "email",
    message = { subject = "%s", text = "[{{context.number}}]" }, %s }]]):format(subject, more or "")
end

local OLD = receipt "Number {{context.number}}"

describe("a shadow run", function()
  local mail, server

  before_each(function()
    mail = sink.start()
    server = daemon.start { values = { SMTP = mail.url }, files = { ["campaigns/receipt.lua"] = OLD } }
  end)
  after_each(function()
    server:close()
    mail:close()
  end)

  local function status() return server:curl("/status").json end

  local function shadow(text, time)
    server:write("campaigns/receipt.lua", text)
    return server:herald("reload", "--shadow", "--for", time or "10m")
  end

  local sent = 0
  local function trigger(context)
    sent = sent + 1
    local answer = server:trigger("receipt", { userId = ("user%d@example.com"):format(sent), context = context })
    assert.equal(202, answer.status, answer.text)
    return answer.json.executionId
  end

  -- The report, once it has so many triggers, compared or dropped.
  local function report(count)
    local body
    daemon.wait_for(function()
      body = server:curl("/shadow").json
      return body.compared + body.dropped >= count
    end, function() return ("%d triggers: %s"):format(count, cjson.encode(body)) end, 30)
    return body
  end

  it("reports exactly the triggers that differ, by field, and nothing of a person", function()
    local output = shadow(receipt "Number {{context.number}}{{#if context.vip}}, dear {{context.vip}}{{/if}}")
    assert.matches("generation 2 runs as a shadow beside generation 1", output, 1, true)
    local differing = {}
    for number = 1, 12 do
      local is_vip = number % 4 == 0
      local id = trigger { number = number, vip = is_vip and "Jane Doe" or nil }
      if is_vip then differing[#differing + 1] = id end
    end
    local found = report(12)
    assert.same({ "running", 2, 12, 3, 0, 0 },
      { found.state, found.generation, found.compared, found.differing, found.errors, found.dropped })
    local campaign = found.campaigns[1]
    assert.same({ ["message.subject"] = 3 }, campaign.fields)
    table.sort(campaign.examples)
    assert.same(differing, campaign.examples)
    local text = server:curl("/shadow").text
    assert.matches('"compared":12,', text, 1, true)
    for _, personal in ipairs { "Jane", "example.com" } do assert.is_nil(text:find(personal, 1, true)) end
    server:drain()
    for _, message in ipairs(mail:messages()) do assert.matches("^Number %d+$", message.subject) end
    assert.equal(12, #mail:messages())
    assert.equal(1, status().generation)
  end)

  it("never makes a call of the new code, and says that it asks something new", function()
    local world <close> = process.start { "/usr/bin/python3", "spec/support/http_sink.py", "--answer", "/", "200", '{"word":"tea"}' }
    local url = "http://127.0.0.1:" .. world:line():match "%d+"
    server:write("herald.lua", 'return { listen = "127.0.0.1:0", activation = "automatic", http = { allow = { "127.0.0.1" } }, journal = { on = false } }')
    local asks = 'on_trigger = function(trigger) trigger.context.word = http.get("' .. url .. '/old"):json().word %s end'
    server:write("campaigns/receipt.lua", receipt("{{context.word}}", asks:format ""))
    server:herald "reload"
    shadow(receipt("{{context.word}}", asks:format(('if trigger.context.number > 2 then http.post("%s/new?user=jane", { body = "x" }) end'):format(url))))
    for number = 1, 5 do trigger { number = number } end
    local found = report(5)
    local campaign = found.campaigns[1]
    assert.same({ { question = 3 }, { http = 3 } }, { campaign.fields, campaign.asks })
    assert.equal(3, found.differing)
    assert.matches("3  asks something new: http\n", server:herald "shadow", 1, true)
    server:curl(url .. "/end")
    for _ = 1, 5 do assert.equal("/old", cjson.decode(world:line()).path) end
    assert.equal("/end", cjson.decode(world:line()).path)
  end)

  it("harms no answer when the new code fails or never ends, and leaves alone what takes too long", function()
    shadow(receipt("Number {{context.number}}", 'on_trigger = function(trigger) if trigger.context.loops then while true do end end error "it broke" end'))
    for number = 1, 4 do trigger { number = number } end
    local campaign = report(4).campaigns[1]
    assert.same({ 4, 4, 4, false }, { campaign.compared, campaign.differing, campaign.errors, campaign.left })
    assert.same({ ["campaigns/receipt.lua:2"] = 4 }, campaign.places)
    for number = 1, 40 do trigger { number = number, loops = true } end
    local found = report(44)
    assert.is_true(found.campaigns[1].left)
    assert.is_true(found.dropped > 0)
    assert.matches("left alone", server:herald "shadow", 1, true)
    server:drain()
    assert.equal(44, #mail:messages())
    assert.is_nil(server:curl("/campaigns/receipt").json.parked)
  end)

  it("sees what the old code refused and the new one does not, and the other way round", function()
    local refuses = [[on_trigger = function(trigger)
      if trigger.context.number %% 3 == %d then trigger:reject("not you") end
      if trigger.context.breaks then error "no" end
    end]]
    server:write("campaigns/receipt.lua", receipt("x", refuses:format(0)))
    server:herald "reload"
    shadow(receipt("x", "\n" .. refuses:format(1)))
    local function answer(context) return server:trigger("receipt", { userId = "jane@example.com", context = context }).status end
    local answers = {}
    for number = 1, 6 do answers[number] = answer { number = number } end
    assert.same({ 202, 202, 400, 202, 202, 400 }, answers)
    assert.equal(400, answer { number = 2, breaks = true })
    local campaign = report(7).campaigns[1]
    assert.same({ 7, 4, 0, { decision = 4 } }, { campaign.compared, campaign.differing, campaign.errors, campaign.fields })
    assert.equal(2, #campaign.examples)
  end)

  it("writes nothing: what the old code keeps is as if it ran alone", function()
    local counts = 'on_trigger = function(trigger) trigger.context.count = counter.add("seen", 1) kv.set("last", trigger.context.number) %s end'
    server:write("campaigns/receipt.lua", receipt("{{context.count}}", counts:format ""))
    server:herald "reload"
    shadow(receipt("{{context.count}}.", counts:format 'if trigger.context.number == 3 then kv.set("new", 1) end'))
    for number = 1, 3 do trigger { number = number } end
    assert.same({ ["message.subject"] = 2, question = 1 }, report(3).campaigns[1].fields)
    trigger { number = 4 }
    server:drain()
    local subjects = {}
    for _, message in ipairs(mail:messages()) do subjects[message.subject] = true end
    assert.same({ ["1"] = true, ["2"] = true, ["3"] = true, ["4"] = true }, subjects)
    assert.equal(1, select(2, server:try_herald("kv", "get", "new")))
  end)

  it("compares what it has time for under load, and counts the rest; every call is answered", function()
    shadow(receipt("New {{context.number}}", 'on_trigger = function(trigger) trigger:delay "1 hour" end'))
    local run = load.start(server, { count = 1000, connections = 16 })
    local _, count, errors = run:finish(60)
    assert.same({}, errors)
    assert.equal(1000, count)
    local found = report(1000)
    assert.equal(1000, found.compared + found.dropped)
    assert.is_true(found.compared > 0)
    assert.equal(found.compared, found.differing)
    assert.same({ delay = found.compared, ["message.subject"] = found.compared }, found.campaigns[1].fields)
    server:drain()
    assert.equal(1000, #mail:messages())
  end)

  it("ends by its clock, and never comes into force", function()
    shadow(receipt "new", "1 seconds")
    trigger { number = 1 }
    report(1)
    daemon.wait_for(function() return status().shadow.state == "ended" end, "the shadow run to end")
    local found = server:curl("/shadow").json
    assert.same({ "ended", "shadow", "its time is over", 1, 1 },
      { found.state, found.endedBy, found.reason, found.compared, found.differing })
    daemon.wait_for(function() return server:curl("/metrics").text:match "herald_lua_states (%d+)" == "2" end, "the states to be closed")
    assert.matches("ran as a shadow until", server:herald "shadow", 1, true)
    local rows = server:curl("/generations").json.generations
    assert.same({ "current", "shadow", "shadow" }, { rows[1].state, rows[2].action, rows[2].state })
    assert.equal("its time is over: 1 compared, 1 differing", rows[2].note)
    local output, exit = server:try_herald("rollback", "2")
    assert.equal(1, exit)
    assert.matches("generation 2 was never in force", output, 1, true)
    assert.matches("shadow%-end", server:herald "audit")
    server:restart()
    assert.equal(1, status().generation)
    trigger { number = 2 }
    server:drain()
    assert.equal("Number 2", mail:messages()[2].subject)
    assert.equal(404, server:curl("/shadow").status)
  end)

  it("is ended by hand and by the next reload", function()
    shadow(receipt "new")
    assert.matches("the shadow run of generation 2 is over, generation 1 goes on", server:herald "rollback", 1, true)
    assert.equal("ended", status().shadow.state)
    shadow(receipt "newer")
    assert.equal("running", status().shadow.state)
    assert.matches("running: generation 3 as a shadow", server:herald "status", 1, true)
    server:herald "reload"
    assert.same({ "ended", 4 }, { status().shadow.state, status().generation })
    trigger { number = 1 }
    server:drain()
    assert.equal("newer", mail:messages()[1].subject)
  end)

  it("is refused where there is nothing to compare, beside a canary, and with words that do not fit", function()
    local output, exit = server:try_herald("reload", "--shadow")
    assert.equal(1, exit)
    assert.matches("nothing to compare", output, 1, true)
    assert.equal(2, select(2, server:try_herald("reload", "--shadow", "--canary", "5%")))
    server:write("campaigns/receipt.lua", receipt "new")
    server:herald("reload", "--canary", "5%")
    output, exit = server:try_herald("reload", "--shadow")
    assert.equal(1, exit)
    assert.matches("is tried as a canary", output, 1, true)
  end)
end)
