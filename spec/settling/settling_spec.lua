-- What follows an attempt: the write, and what the campaign hears of it.
local notices = require "herald.notices"
local script_limits = require "herald.script_limits"
local settling = require "herald.settling"

local MESSAGE = {
  id = 0x42, campaign = "note", version = "v", channel = "email", surface = "mail", user_id = "jane", namespace = "email",
  payload = '{"context":{"n":7},"profile":{},"channelData":{}}',
}

local function setting(on_event)
  local seen = { order = {}, lines = {}, waits = {}, refusals = {} }
  local engine = {
    parking = { find = function() end },
    limits = { script = script_limits.resolve { on_trigger = {
      instructions = 100000, cpu = "100 ms", memory = 1 << 24, time = "1 second", requests = 1, messages = 1,
    } } },
    store = { settle = function()
      local code = table.remove(seen.refusals, 1)
      if code then return nil, "the store says no", code end
      seen.order[#seen.order + 1] = "written"
      return true
    end },
    outside = { sleep = function(ms) seen.waits[#seen.waits + 1] = ms end },
    registry = { version = function() return { definition = { id = "note", title = "Note" }, on_event = on_event and function(event)
      seen.order[#seen.order + 1] = "told"
      seen.event = event
      return on_event(event)
    end } end },
    log = setmetatable({}, { __index = function(_, level)
      return function(_, text, fields) seen.lines[#seen.lines + 1] = { level = level, text = text, fields = fields } end
    end }),
  }
  engine.notices = notices.new { log = engine.log, clock = { now = function() return 0 end } }
  return engine, seen
end

local function result(state, more)
  local settlement = more or {}
  settlement.state, settlement.at, settlement.id = state, 5000, MESSAGE.id
  return settlement
end

local function nothing() end

local function lines_of(seen, text)
  local found = {}
  for _, line in ipairs(seen.lines) do
    if line.text == text then found[#found + 1] = line end
  end
  return found
end

describe("settling", function()
  it("tells the campaign what became of a message, after it is written", function()
    local engine, seen = setting(nothing)
    settling.settle(engine, MESSAGE, result("bounced", { reason = "hard", code = "550" }))
    assert.same({ "written", "told" }, seen.order)
    assert.same({
      kind = "bounced", at = 5000, reason = "hard", code = "550", message = { id = "0000000000000042", channel = "email", surface = "mail" },
      campaign = { id = "note", title = "Note" }, recipient = { userId = "jane", namespace = "email" }, context = { n = 7 },
    }, seen.event)
  end)

  it("tells of every state that a message ends in, not of one that waits", function()
    for state, is_told in pairs { sent = true, delivered = true, failed = true, expired = true, excluded = true, waiting = false } do
      local engine, seen = setting(nothing)
      settling.settle(engine, MESSAGE, result(state))
      assert.equal(is_told, seen.event ~= nil, state)
    end
  end)

  it("is not undone by an on_event that fails, which is logged with its place alone", function()
    local engine, seen = setting(function(event) error("cannot take " .. event.context.n) end)
    settling.settle(engine, MESSAGE, result "sent")
    local line = lines_of(seen, "on_event failed")[1]
    assert.equal("warn", line.level)
    assert.matches("settling_spec.lua:%d+$", line.fields.at)
    for _, value in pairs(line.fields) do assert.is_nil(tostring(value):find("cannot take", 1, true)) end
  end)

  it("is repeated until the store takes it, longer and longer apart", function()
    local engine, seen = setting(nothing)
    for index = 1, 9 do seen.refusals[index] = index % 2 == 0 and "overloaded" or "storage-unavailable" end
    settling.settle(engine, MESSAGE, result "sent")
    assert.same({ 500, 1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000 }, seen.waits)
    assert.same({ "written", "told" }, seen.order)
  end)

  it("ends where the message is finished already, or the store is closed", function()
    for _, code in ipairs { "conflict", "closed" } do
      local engine, seen = setting(nothing)
      seen.refusals = { code }
      settling.settle(engine, MESSAGE, result "sent")
      assert.same({}, seen.order)
      assert.same({}, seen.waits)
      assert.equal("error", seen.lines[1].level)
    end
  end)

  it("logs what became of the message, without what the provider said", function()
    local engine, seen = setting()
    settling.settle(engine, MESSAGE, result("bounced", { code = "550", answer = "no jane here", reason = "hard", attempts = 1 }))
    settling.settle(engine, MESSAGE, result("bounced", { code = "550", answer = "no jane here", reason = "hard", attempts = 1 }))
    assert.equal(1, #seen.lines)
    assert.equal("warn", seen.lines[1].level)
    assert.same({ message = "0000000000000042", campaign = "note", channel = "email", surface = "mail", code = "550", attempts = 1 },
      seen.lines[1].fields)
    settling.settle(engine, MESSAGE, result("sent", { code = "250" }))
    assert.equal("debug", seen.lines[2].level)
  end)

  it("bounds an on_event that never ends", function()
    local engine, seen = setting(function() while true do end end)
    settling.settle(engine, MESSAGE, result "sent")
    assert.equal(1, #lines_of(seen, "on_event failed"))
  end)
end)
