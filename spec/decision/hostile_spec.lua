-- What a script leaves behind in its context is read after its budget has ended: nothing of it may run then.
local decision = require "herald.decision"
local payload = require "herald.payload"

local function trigger(raw)
  return decision.new {
    recipient = {}, context_raw = raw, now = 0, campaign = { id = "x" }, read_profile = function() return {} end,
    once = function() return true end, can_go_via = function() return true end, default_surface = function() return "x" end,
  }
end

local MOST = 1000

local function never() error "a script's metamethod ran" end

describe("the context of a decision", function()
  it("is read without its metamethods", function()
    local one = trigger '{"a":{"b":1},"c":10.50}'
    local traps = { __pairs = never, __index = never, __len = never, __eq = never, __newindex = never }
    one.context = setmetatable({ a = setmetatable({ b = 2 }, traps), c = one.context.c, d = "new" }, traps)
    local context = payload.parse(decision.outcome(one, MOST).context_raw)
    assert.equal("2", context:raw(context:find(context:find(1, "a"), "b")))
    assert.equal("10.50", context:raw(context:find(1, "c")))
    assert.equal("new", context:string(context:find(1, "d")))
  end)

  it("is refused when it holds itself, or what JSON cannot say", function()
    local one = trigger "{}"
    one.context.loop = one.context
    assert.error_matches(function() decision.outcome(one, MOST) end, "contains itself")
    local two = trigger "{}"
    two.context.f = print
    assert.error_matches(function() decision.outcome(two, MOST) end, "function")
  end)

  it("is refused with the reserved name", function()
    local one = trigger "{}"
    one.context.system = 1
    assert.error_matches(function() decision.outcome(one) end, "trigger.context.system: this name is reserved")
  end)

  it("has to stay a table", function()
    local one = trigger "{}"
    one.context = "text"
    assert.error_matches(function() decision.outcome(one, MOST) end, "expected a table")
  end)

  it("keeps the rules of a caller's context", function()
    local one = trigger "{}"
    one.context.system = "x"
    assert.error_matches(function() decision.outcome(one, MOST) end, "trigger.context.system: this name is reserved")
    local two = trigger '{"a":"1"}'
    two.context.x = ("x"):rep(MOST)
    assert.error_matches(function() decision.outcome(two, MOST) end, "trigger.context: larger than 1000 bytes")
    local three = trigger(('{"a":"%s"}'):format(("x"):rep(900)))
    three.context.b = ("x"):rep(200)
    assert.error_matches(function() decision.outcome(three, MOST) end, "trigger.context: 1%d%d%d bytes; the limit is 1000")
  end)

  it("ends where one table stands in too many places", function()
    local one = trigger "{}"
    local tree = { 1 }
    for _ = 1, 50 do tree = { tree, tree } end
    one.context.tree = tree
    assert.error_matches(function() decision.outcome(one, MOST) end, "larger than")
  end)
end)
