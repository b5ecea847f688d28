local clock = require "herald.clock"
local stores = require "spec.support.stores"
local store = require "herald.store"

local NOW = stores.NOW

local function excess(changes)
  local note = { campaign = "welcome", version = "v1", at = NOW, reason = "too much", after = 2, within_ms = 1000, time_ms = 5000 }
  for name, value in pairs(changes or {}) do note[name] = value end
  return note
end

describe("a version that exceeds its budget", function()
  local opened

  before_each(function() opened = stores.memory() end)
  after_each(function() opened:close() end)

  it("is parked when it did so that often within the time", function()
    assert.is_false(opened:note_excess(excess()))
    assert.is_false(opened:note_excess(excess { at = NOW + 1000 }))
    assert.is_false(opened:note_excess(excess { at = NOW + 1500, version = "v2" }))
    assert.same({}, opened:parkings())
    local before = opened:revision()
    assert.is_true(opened:note_excess(excess { at = NOW + 1999, reason = "again" }))
    assert.is_true(opened:revision() > before)
    assert.same({ { campaign = "welcome", version = "v1", since = NOW + 1999, ["until"] = NOW + 6999, reason = "again" } }, opened:parkings())
  end)

  it("is tried again by one at a time, from the end of its time on", function()
    opened:note_excess(excess { after = 1 })
    local function try(now) return opened:try_parked { campaign = "welcome", version = "v1", now = now, trial_until = now + 100 } end
    assert.is_false(try(NOW + 4999))
    assert.is_true(try(NOW + 5000))
    assert.is_false(try(NOW + 5099))
    assert.is_true(try(NOW + 5100))
    assert.is_true(opened:note_excess(excess { at = NOW + 5200, reason = "on trial" }))
    assert.is_false(try(NOW + 10199))
    assert.equal("on trial", opened:parkings()[1].reason)
    assert.is_true(try(NOW + 10200))
  end)

  it("starts anew by hand and as another version", function()
    opened:note_excess(excess { after = 1 })
    assert.equal(1, opened:unpark { campaign = "welcome", by = "jane", at = NOW })
    assert.equal(0, opened:unpark { campaign = "welcome", by = "jane", at = NOW })
    assert.same({ "unpark", "park" }, { opened:audit({ limit = 2 })[1].action, opened:audit({ limit = 2 })[2].action })
    opened:note_excess(excess { after = 1 })
    stores.with_campaign(opened, "other")
    assert.equal(1, #opened:parkings())
    assert(opened:save_version { campaign = "welcome", hash = "v2", definition = "{}", bundle = "{}", origin = "file", by = "spec", at = NOW })
    assert(opened:change_campaign { id = "welcome", from = { "live" }, live = "v2", draft = false, by = "spec", at = NOW, action = "activate" })
    assert.same({}, opened:parkings())
  end)

  it("is still parked after a restart", function()
    local folder = stores.folder()
    local function open() return assert(store.open { path = folder .. "/herald.db", clock = clock.manual(NOW) }) end
    local first = stores.with_campaign(open())
    first:note_excess(excess { after = 1 })
    first:close()
    local second = open()
    assert.equal("too much", second:parkings()[1].reason)
    second:close()
    stores.remove(folder)
  end)
end)
