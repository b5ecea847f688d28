local loop = require "herald.loop"
local clock = require "herald.clock"

describe("herald.loop", function()
  it("sleeps outside a coroutine by running the loop", function()
    local before = clock.monotonic()
    loop.sleep(15)
    assert.is_true(clock.monotonic() - before >= 14)
  end)

  it("lets spawned coroutines wait side by side", function()
    local order = {}
    for _, ms in ipairs { 20, 1 } do
      loop.spawn(function()
        loop.sleep(ms)
        order[#order + 1] = ms
      end)
    end
    assert.equal(2, loop.live())
    loop.run_until_idle()
    assert.same({ 1, 20 }, order)
  end)

  it("hands values from wake to wait", function()
    local parking, got = loop.parking(), nil
    loop.spawn(function() got = { parking:wait() } end)
    assert.is_true(parking:wake("a", 2))
    assert.same({ "a", 2 }, got)
  end)

  it("keeps a wake that came first", function()
    local parking, passed = loop.parking(), false
    assert.is_false(parking:wake())
    loop.spawn(function() parking:wait(); passed = true end)
    assert.is_true(passed)
  end)

  it("refuses a wait inside a coroutine of one's own", function()
    local message
    loop.spawn(function()
      local ok, failure = coroutine.resume(coroutine.create(function() loop.sleep(1) end))
      message = not ok and failure
    end)
    assert.matches("cannot wait inside a coroutine", message)
  end)

  it("goes on after a coroutine failed", function()
    loop.spawn(function() error({}) end)
    local ran
    loop.spawn(function() ran = true end)
    assert.is_true(ran)
  end)
end)

describe("loop.join", function()
  local function after(ms, value)
    return function()
      loop.sleep(ms)
      return value
    end
  end

  it("waits as long as the longest, and gives what each returned", function()
    local before = clock.monotonic()
    local ok, results = loop.join { after(60, "a"), after(60, "b"), function() return nil, "why", "code" end }
    assert.is_true(ok)
    assert.same({ "a", "b", "why", "code" }, { results[1], results[4], results[8], results[9] })
    assert.is_true(clock.monotonic() - before < 110)
    assert.equal(0, loop.live())
  end)

  it("cancels the others when one raises, and runs no more of them", function()
    local went_on, parking = {}, loop.parking()
    local before = clock.monotonic()
    local ok, failure = loop.join {
      function() loop.sleep(10000); went_on[1] = true end,
      function() parking:wait(); went_on[2] = true end,
      function() loop.sleep(1); error("it broke", 0) end,
      function() loop.join { after(10000), after(10000) }; went_on[3] = true end,
    }
    assert.is_false(ok)
    assert.equal("it broke", failure)
    assert.is_true(clock.monotonic() - before < 5000)
    assert.equal(0, loop.live())
    assert.is_false(parking:wake())
    assert.same({}, went_on)
  end)

  it("never resumes one that fails with another, though its answer comes first", function()
    local parking, went_on = loop.parking(), false
    local ok = loop.join {
      function() parking:wait(); went_on = true end,
      function()
        loop.spawn(function() loop.sleep(0); parking:wake() end)
        error "now"
      end,
    }
    loop.run_until_idle()
    assert.is_false(ok)
    assert.is_false(went_on)
  end)

  it("raises what it was given, and nests", function()
    local thing = {}
    local ok, failure = loop.join { function()
      local inner, raised = loop.join { function() error(thing) end }
      assert(not inner and raised == thing)
      error(raised)
    end }
    assert.is_false(ok)
    assert.equal(thing, failure)
  end)

  it("works in a coroutine, and is refused where one cannot wait", function()
    local got
    loop.spawn(function() got = { loop.join { after(1, "x") } } end)
    loop.run_until_idle()
    assert.equal("x", got[2][1])
    loop.spawn(function()
      got = { pcall(table.sort, { 1, 2 }, function() return loop.join { after(1) } end) }
    end)
    loop.run_until_idle()
    assert.matches("cannot wait across a C call", got[2])
    collectgarbage()
    assert.equal(0, loop.live())
    assert.error_matches(function() loop.join {} end, "expected from 1")
    assert.error_matches(function() loop.join { 1 } end, "expected functions")
  end)

  it("is over with its state", function()
    local script = [[
      local loop = require "herald.loop"
      loop.spawn(function() loop.join { function() loop.sleep(1000) end, function() loop.join { function() loop.sleep(1000) end } end } end)
      loop.sleep(5)
      print "closing"]]
    local path = os.tmpname()
    local file <close> = assert(io.open(path, "w"))
    file:write(script)
    file:flush()
    local pipe = assert(io.popen(("exec $(readlink /proc/$PPID/exe) %s 2>&1"):format(path)))
    local text = pipe:read "a"
    local is_good = pipe:close()
    os.remove(path)
    assert.equal("closing\n", text)
    assert.is_true(is_good)
  end)
end)

describe("herald.clock", function()
  it("moves a manual clock", function()
    local manual = clock.manual(1000)
    assert.equal(1500, manual:advance(500):now())
    assert.equal(7, manual:set(7):now())
  end)

  it("refuses to move the system's clock", function()
    assert.has_error(function() clock.system():set(1) end, "only a manual clock can be moved")
  end)

  it("parks for so long at most", function()
    local parking, woken = loop.parking(), {}
    loop.spawn(function()
      woken[1] = select("#", parking:wait(1))
      woken[2] = parking:wait(60000)
      woken[3] = select("#", parking:wait(0))
    end)
    loop.run_once()
    while woken[1] == nil do loop.run_once() end
    assert.is_true(parking:wake "come")
    loop.run_until_idle()
    assert.same({ 0, "come", 0 }, woken)
    assert.has_error(function() parking:wait(-2) end)
  end)
end)
