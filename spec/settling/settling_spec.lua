-- What follows an attempt: the write, and what the campaign hears of it.
local settling = require "herald.settling"

local MESSAGE = {
  id = 0x42, campaign = "note", version = "v", channel = "email", surface = "mail", user_id = "jane", namespace = "email",
  payload = '{"context":{"n":7},"profile":{},"channelData":{}}',
}

local function setting(on_event)
  local seen = { order = {}, lines = {} }
  local engine = {
    limits = { on_trigger = { instructions = 100000, cpu_ms = 100 }, script_wait_ms = 1000 },
    store = { settle = function() seen.order[#seen.order + 1] = "written" return true end },
    registry = { version = function() return { definition = { id = "note", title = "Note" }, on_event = on_event and function(event)
      seen.order[#seen.order + 1] = "told"
      seen.event = event
      return on_event(event)
    end } end },
    log = setmetatable({}, { __index = function(_, level)
      return function(_, text, fields) seen.lines[#seen.lines + 1] = { level = level, text = text, fields = fields } end
    end }),
  }
  return engine, seen
end

local function result(state, more)
  local settlement = more or {}
  settlement.state, settlement.at, settlement.id = state, 5000, MESSAGE.id
  return settlement
end

local function nothing() end

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
    assert.equal("on_event failed", seen.lines[1].text)
    assert.matches("settling_spec.lua:%d+$", seen.lines[1].fields.at)
    assert.is_nil(seen.lines[1].fields.at:find("cannot take", 1, true))
  end)

  it("bounds an on_event that never ends", function()
    local engine, seen = setting(function() while true do end end)
    settling.settle(engine, MESSAGE, result "sent")
    assert.equal(1, #seen.lines)
  end)
end)
