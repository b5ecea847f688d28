-- Exact sliding windows, held against a list of all that was let through.
local clock = require "herald.clock"
local stores = require "spec.support.stores"

local NOW = stores.NOW

describe("a limit", function()
  local store

  before_each(function() store = stores.memory() end)
  after_each(function() store:close() end)

  local function take(now, more)
    local options = { sandbox = "prod", key = "k", window_ms = 100, most = 3, now = now, most_keys = 1000 }
    for name, value in pairs(more or {}) do options[name] = value end
    local answer = assert(store:limit_take(options))
    return answer.taken == 1, answer.retry_after_ms
  end

  it("lets through so many, and says when the next one may", function()
    assert.is_true(take(NOW))
    assert.is_true(take(NOW + 10))
    assert.is_true(take(NOW + 20))
    assert.same({ false, 70 }, { take(NOW + 30) })
    assert.same({ false, 1 }, { take(NOW + 99) })
    assert.is_true(take(NOW + 100))
    assert.same({ false, 10 }, { take(NOW + 100) })
    assert.is_true(take(NOW + 110))
  end)

  it("is one for each key, each duration and each sandbox", function()
    for _, more in ipairs { { key = "k" }, { key = "l" }, { window_ms = 200 }, { sandbox = "dev" } } do
      more.most = 1
      assert.is_true(take(NOW, more))
      assert.is_false(take(NOW, more))
    end
  end)

  it("tells what it would do without doing it", function()
    assert.is_nil(store:limit_free_at("prod", "k", 100, 3, NOW))
    for _ = 1, 3 do assert.is_true(take(NOW)) end
    assert.equal(NOW + 100, store:limit_free_at("prod", "k", 100, 3, NOW + 5))
    assert.is_nil(store:limit_free_at("prod", "k", 100, 4, NOW + 5))
    assert.is_nil(store:limit_free_at("prod", "k", 100, 3, NOW + 100))
  end)

  it("holds when the number changes", function()
    for _ = 1, 3 do assert.is_true(take(NOW)) end
    assert.is_true(take(NOW + 1, { most = 5 }))
    assert.is_true(take(NOW + 1, { most = 5 }))
    assert.is_false(take(NOW + 1, { most = 5 }))
    assert.is_false(take(NOW + 100, { most = 2 }))
    assert.is_true(take(NOW + 101, { most = 2 }))
  end)

  it("is never passed by more than it says, wherever the window lies and however the clock runs", function()
    math.randomseed(20261124)
    for _ = 1, 40 do
      local window, most, key = math.random(1, 60), math.random(1, 6), "p" .. math.random(1 << 40)
      local passed, now, latest = {}, NOW, NOW
      for _ = 1, 120 do
        -- Requests of several workers come a little out of their order.
        now = math.max(NOW, now + math.random(0, 12) - math.random(0, 4))
        latest = math.max(latest, now)
        local taken, retry = take(now, { key = key, window_ms = window, most = most })
        local at, within = math.max(now, passed[#passed] or now), 0
        for _, time in ipairs(passed) do
          if time > at - window then within = within + 1 end
        end
        assert.equal(within < most, taken)
        if taken then
          passed[#passed + 1] = at
        else
          assert.equal(passed[#passed - most + 1] + window - now, retry)
        end
      end
      for first = 1, #passed - most do
        assert.is_true(passed[first + most] - passed[first] >= window)
      end
    end
  end)

  it("lets through so many of those that come at once", function()
    local taken, tasks = 0, {}
    for _ = 1, 100 do
      tasks[#tasks + 1] = function() if take(NOW, { most = 7 }) then taken = taken + 1 end end
    end
    stores.together(tasks)
    assert.equal(7, taken)
  end)

  it("is pruned some time after its window, in batches", function()
    local time = clock.manual(NOW)
    local other <close> = assert(require("herald.store").open { path = ":memory:", clock = time })
    for n = 1, 5 do
      assert(other:limit_take { sandbox = "prod", key = "k", window_ms = 100, most = 10, now = NOW + n, most_keys = 1 })
    end
    time:set(NOW + 60000)
    assert.equal(0, other:prune { before = 0, limit = 3 })
    time:set(NOW + 61000)
    assert.equal(3, other:prune { before = 0, limit = 3 })
    -- The last takes, and the limit itself, which then is no key any more.
    assert.equal(3, other:prune { before = 0, limit = 3 })
    assert.equal(0, other:prune { before = 0, limit = 3 })
    assert(other:counter_add { sandbox = "prod", key = "k", now = NOW, most_keys = 1 })
  end)

  it("is there after a restart", function()
    local folder = stores.folder()
    local options = { path = folder .. "/herald.db", clock = clock.manual(NOW) }
    local asked = { sandbox = "prod", key = "k", window_ms = 100, most = 1, now = NOW, most_keys = 10 }
    local other = assert(require("herald.store").open(options))
    assert.same({ taken = 1 }, other:limit_take(asked))
    other:close()
    other = assert(require("herald.store").open(options))
    assert.same({ taken = 0, retry_after_ms = 100 }, other:limit_take(asked))
    other:close()
    stores.remove(folder)
  end)
end)
