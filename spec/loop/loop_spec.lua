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
