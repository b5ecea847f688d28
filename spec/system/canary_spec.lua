-- A generation that is tried with a share of the recipients: it is withdrawn by its own failures, by hand, or put in force.

local clock = require "herald.clock"
local daemon = require "spec.support.daemon"
local load = require "spec.support.load"
local sink = require "spec.support.sink"

local HELPERS = 'return { boom = function() error "it broke" end }'

local function receipt(text, more)
  return ([[return campaign { id = "receipt", title = "Receipt", channel = "email", surface = "mail", namespace = "email",
    message = { subject = "Number {{context.number}}", text = "%s" }, %s }]]):format(text, more or "")
end

describe("a canary", function()
  local mail, server

  before_each(function()
    mail = sink.start()
    server = daemon.start { values = { SMTP = mail.url }, files = { ["campaigns/receipt.lua"] = receipt "[old]" } }
  end)
  after_each(function()
    server:close()
    mail:close()
  end)

  local function status() return server:curl("/status").json end

  local function try(text, more, share, time)
    server:write("campaigns/receipt.lua", receipt(text, more))
    return server:herald("reload", "--canary", share or "50%", "--for", time or "10m")
  end

  -- Which recipients of many get the new text.
  local function chosen(count)
    local list = {}
    for index = 1, count do
      local user = ("user%d@example.com"):format(index)
      local answer = server:trigger("receipt", { userId = user, context = { number = index } })
      assert.equal(202, answer.status, answer.text)
    end
    server:drain()
    for _, message in ipairs(mail:messages()) do
      if message.values[1] == "new" then list[#list + 1] = message.to end
    end
    table.sort(list)
    return list
  end

  it("takes the same share of the recipients every time, and the rest stays", function()
    local output = try "[new]"
    assert.matches("generation 2 is tried beside generation 1", output, 1, true)
    assert.matches("campaigns that are others: receipt", output, 1, true)
    local first = chosen(30)
    assert.is_true(#first > 3 and #first < 27, #first .. " of 30")
    local again = chosen(30)
    assert.equal(2 * #first, #again)
    for index, user in ipairs(first) do
      assert.equal(user, again[2 * index - 1])
      assert.equal(user, again[2 * index])
    end
    local running = status().canary
    assert.same({ 2, 50, 1 }, { running.generation, running.percent, status().generation })
    assert.equal("live", server:curl("/campaigns/receipt").json.status)
  end)

  it("with a broken template is withdrawn within a second of its tenth error, under load, and says why", function()
    server:write("templates/helpers.lua", HELPERS)
    local run = load.start(server, { count = math.maxinteger, connections = 8 })
    try "[new] {{boom context.number}}"
    local tenth, withdrawn
    daemon.wait_for(function()
      local now, seen = clock.monotonic(), status()
      local counters = server:curl("/metrics").text
      local errors = tonumber(counters:match 'herald_messages_total{campaign="receipt",outcome="excluded",reason="[^"]*"} (%d+)') or 0
      if errors >= 10 then tenth = tenth or now end
      withdrawn = seen.lastCanary and now
      return withdrawn
    end, "the canary to be withdrawn", 30)
    run.process:signal "INT"
    run.process:wait()
    assert.is_true(tenth == nil or withdrawn - tenth <= 1000, ("%s ms"):format(tenth and withdrawn - tenth))
    local _, count, errors = run:answers()
    assert.same({}, errors)
    assert.is_true(count > 0)
    local last = status().lastCanary
    assert.same({ "withdrawn", "canary", 2 }, { last.outcome, last.by, last.generation })
    assert.matches("^render errors of campaign receipt: %d+ of %d+", last.reason)
    assert.matches("render errors of campaign receipt", server:herald "generations", 1, true)
    assert.matches('canary +withdraw .-"generation":2,"reason":"render errors', server:herald "audit")
    assert.matches("the canary is withdrawn", server:log(), 1, true)
    assert.matches("herald_canaries_withdrawn 1", server:curl("/metrics").text, 1, true)
    assert.equal(1, status().generation)
    assert.same({}, chosen(10))
  end)

  it("whose script fails or refuses is withdrawn, however few calls there are beside", function()
    try("new", "on_trigger = function(trigger) error 'no' end")
    local withdrawn
    for index = 1, 100 do
      server:trigger("receipt", { userId = ("user%d@example.com"):format(index), context = { number = index } })
      withdrawn = status().lastCanary
      if withdrawn then break end
    end
    assert.matches("^script errors of campaign receipt: 10 of 10", withdrawn.reason)
  end)

  it("is put in force by its clock, and what it ran is live", function()
    try("[new]", nil, "5", "1 seconds")
    daemon.wait_for(function() return status().generation == 2 end, "the canary to be put in force")
    assert.equal("promoted", status().lastCanary.outcome)
    assert.equal(5, #chosen(5))
    server:restart()
    assert.equal(2, status().generation)
    local rows = server:curl("/generations").json.generations
    assert.same({ "canary", "current" }, { rows[2].action, rows[2].state })
  end)

  it("is promoted and withdrawn by hand; what it accepted finishes as it accepted it", function()
    try("[new]", 'on_trigger = function(trigger) trigger:delay "2 seconds" end')
    for index = 1, 20 do
      assert.equal(202, server:trigger("receipt", { userId = ("user%d@example.com"):format(index), context = { number = index } }).status)
    end
    local output, exit = server:try_herald "reload"
    assert.equal(1, exit)
    assert.matches("generation 2 is tried as a canary", output, 1, true)
    assert.matches("generation 2 is withdrawn, generation 1 goes on", server:herald "rollback", 1, true)
    server:drain()
    local new = 0
    for _, message in ipairs(mail:messages()) do
      if message.values[1] == "new" then new = new + 1 end
    end
    assert.equal(20, #mail:messages())
    assert.is_true(new > 0 and new < 20, new .. " of 20")
    try "[new]"
    assert.matches("generation 3 is in force", server:herald "promote", 1, true)
    assert.equal(new + 5, #chosen(5))
    assert.equal(1, select(2, server:try_herald "promote"))
  end)

  it("is refused when the review of its campaigns finds errors, and when there is nothing to try", function()
    local output, exit = server:try_herald("reload", "--canary", "5%")
    assert.equal(1, exit)
    assert.matches("nothing to try", output, 1, true)
    server:write("campaigns/receipt.lua", receipt "new {{context.system.x}}")
    output, exit = server:try_herald("reload", "--canary", "5%")
    assert.equal(1, exit)
    assert.matches("receipt.lua", output, 1, true)
    assert.is_nil(status().canary)
    assert.equal(2, select(2, server:try_herald("reload", "--canary", "some")))
    assert.equal(1, select(2, server:try_herald("reload", "--canary", "90%")))
  end)

  it("is over when the daemon ends, and the one before goes on", function()
    try "[new]"
    server:stop "KILL"
    server:launch()
    assert.is_nil(status().canary)
    assert.equal(1, status().generation)
    assert.equal("withdrawn", server:curl("/generations").json.generations[2].state)
    assert.same({}, chosen(6))
  end)
end)
