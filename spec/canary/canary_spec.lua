local canary = require "herald.canary"

local SETTINGS = { least = 10, margin = { script_errors = 1, render_errors = 1, rejections = 5, latency_ms = 100 } }

describe("a canary's judgement", function()
  local running
  before_each(function()
    running = canary.new { number = 2, percent = 5, ends_at = 0, by = "ops", settings = SETTINGS }
  end)

  local function counts(side, changes)
    local all = { side = side, campaign = "welcome", calls = 0, messages = 0, script_errors = 0, rejections = 0, render_errors = 0, times = {} }
    for name, value in pairs(changes) do all[name] = value end
    return all
  end

  local function add(...)
    return running:add { canary = 2, counts = { ... } }
  end

  it("waits for the least number of failures", function()
    assert.is_nil(add(counts("new", { calls = 9, script_errors = 9 })))
    assert.matches("^script errors of campaign welcome: 10 of 10 %(100.0 %%%), before 0 of 0", add(counts("new", { calls = 1, script_errors = 1 })))
  end)

  it("lets pass what the old generation does as well, within the margin", function()
    assert.is_nil(add(counts("old", { calls = 1000, rejections = 200 })))
    assert.is_nil(add(counts("new", { calls = 100, rejections = 25 })))
    assert.matches("^refused triggers of campaign welcome: 27 of 102", add(counts("new", { calls = 2, rejections = 2 })))
  end)

  it("sees one bad campaign among many good ones", function()
    assert.is_nil(add(counts("new", { campaign = "other", messages = 100000 })))
    assert.matches("^render errors of campaign welcome: 10 of 12", add(counts("new", { messages = 12, render_errors = 10 })))
  end)

  it("compares the time of 95 in 100, once there are enough", function()
    local function times(index, count)
      local list = {}
      for at = 1, count do list[at] = index end
      return list
    end
    assert.is_nil(add(counts("old", { calls = 100, times = times(3, 100) })))
    assert.is_nil(add(counts("new", { calls = 99, times = times(8, 99) })))
    assert.matches("^latency of campaign welcome: 95 %% of the triggers answered within 200 ms, before within 5 ms",
      add(counts("new", { calls = 1, times = times(8, 1) })))
  end)

  it("takes what JSON makes of numbers", function()
    assert.is_nil(add(counts("new", { calls = 3.0, times = { 1.0, 2.0 } })))
    assert.equal(3, running:view().triggers)
  end)
end)
