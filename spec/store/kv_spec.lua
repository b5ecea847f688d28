-- What scripts keep under keys: values, counters, and how many there may be.
local clock = require "herald.clock"
local stores = require "spec.support.stores"

local NOW = stores.NOW

describe("a value that is kept", function()
  local store

  before_each(function() store = stores.memory() end)
  after_each(function() store:close() end)

  local function change(key, more)
    local options = { sandbox = "prod", key = key, now = NOW, most_keys = 1000 }
    for name, value in pairs(more or {}) do options[name] = value end
    return options
  end

  local function value_of(key, now, sandbox)
    local row = store:kept(sandbox or "prod", "kv", key, now or NOW)
    return row and row.value
  end

  it("is there until its time is over", function()
    assert.same({ done = 1 }, store:kv_set(change("a", { value = "1", expires_at = NOW + 10 })))
    assert.equal("1", value_of("a", NOW + 9))
    assert.is_nil(value_of("a", NOW + 10))
    assert(store:kv_set(change("a", { value = "2" })))
    assert.equal("2", value_of("a", NOW + 400 * stores.DAY_MS))
  end)

  it("belongs to its sandbox", function()
    assert(store:kv_set(change("a", { value = "1" })))
    assert(store:kv_set(change("a", { value = "2", sandbox = "dev" })))
    assert.equal("1", value_of "a")
    assert.equal("2", value_of("a", NOW, "dev"))
    assert.is_true(store:forget_kept("dev", "kv", "a", NOW))
    assert.equal("1", value_of "a")
  end)

  it("is added where nothing is, and replaced where something is", function()
    assert.same({ done = 0 }, store:kv_replace(change("a", { value = "0" })))
    assert.same({ done = 1 }, store:kv_add(change("a", { value = "1", expires_at = NOW + 10 })))
    assert.same({ done = 0, value = "1" }, store:kv_add(change("a", { value = "2" })))
    assert.same({ done = 1 }, store:kv_replace(change("a", { value = "3", expires_at = NOW + 10 })))
    assert.same({ done = 0 }, store:kv_replace(change("a", { value = "4", now = NOW + 10 })))
    assert.same({ done = 1 }, store:kv_add(change("a", { value = "5", now = NOW + 10 })))
    assert.equal("5", value_of("a", NOW + 10))
  end)

  it("is swapped where it is what was expected", function()
    assert.same({ done = 0 }, store:kv_swap(change("a", { value = "1", expected = "0" })))
    assert.same({ done = 1 }, store:kv_swap(change("a", { value = "1" })))
    assert.same({ done = 0, value = "1" }, store:kv_swap(change("a", { value = "2" })))
    assert.same({ done = 0, value = "1" }, store:kv_swap(change("a", { value = "2", expected = "11" })))
    assert.same({ done = 1 }, store:kv_swap(change("a", { value = "2", expected = "1" })))
    assert.equal("2", value_of "a")
  end)

  it("says whether it was there when it is taken away", function()
    assert.is_false(store:forget_kept("prod", "kv", "a", NOW))
    assert(store:kv_set(change("a", { value = "1", expires_at = NOW + 10 })))
    assert.is_true(store:forget_kept("prod", "kv", "a", NOW))
    assert(store:kv_set(change("a", { value = "1", expires_at = NOW + 10 })))
    assert.is_false(store:forget_kept("prod", "kv", "a", NOW + 10))
  end)

  it("is listed by its key's beginning, in pages", function()
    for _, key in ipairs { "b:2", "a:1", "b:1", "b:3", "c" } do assert(store:kv_set(change(key, { value = '"x"' }))) end
    assert(store:kv_set(change("b:0", { value = "1", expires_at = NOW + 1 })))
    local function keys(options)
      local found = {}
      options.sandbox, options.kind, options.now = "prod", "kv", NOW + 1
      for _, row in ipairs(assert(store:kept_keys(options))) do found[#found + 1] = row.key end
      return table.concat(found, " ")
    end
    assert.equal("a:1 b:1 b:2 b:3 c", keys { prefix = "" })
    assert.equal("b:1 b:2 b:3", keys { prefix = "b:" })
    assert.equal("b:2", keys { prefix = "b:", after = "b:1", limit = 1 })
  end)

  it("is refused where there are as many as there may be, until one goes", function()
    for n = 1, 3 do assert(store:kv_set(change("k" .. n, { value = "1", most_keys = 3, expires_at = n == 1 and NOW + 10 or nil }))) end
    local _, message, code = store:kv_set(change("k4", { value = "1", most_keys = 3 }))
    assert.equal("full", code)
    assert.equal("the sandbox keeps as many keys as it may", message)
    assert.equal("full", select(3, store:counter_add(change("k4", { most_keys = 3 }))))
    assert.equal("full", select(3, store:limit_take(change("k4", { most_keys = 3, most = 1, window_ms = 10 }))))
    assert.is_nil(value_of "k4")
    assert(store:kv_set(change("k2", { value = "2", most_keys = 3 })))
    assert(store:kv_set(change("k4", { value = "1", most_keys = 3, sandbox = "dev" })))
    -- One that is past its time makes room by itself.
    assert(store:kv_set(change("k4", { value = "1", most_keys = 3, now = NOW + 10 })))
    assert.equal("full", select(3, store:kv_set(change("k5", { value = "1", most_keys = 3, now = NOW + 10 }))))
    assert.is_true(store:forget_kept("prod", "kv", "k4", NOW))
    assert(store:kv_set(change("k5", { value = "1", most_keys = 3, now = NOW + 10 })))
  end)

  it("is pruned in batches when its time is over", function()
    for n = 1, 5 do assert(store:kv_set(change("k" .. n, { value = "1", expires_at = NOW + n }))) end
    assert(store:kv_set(change("stays", { value = "1" })))
    local time = clock.manual(NOW + 4)
    local other <close> = assert(require("herald.store").open { path = ":memory:", clock = time })
    for n = 1, 5 do assert(other:kv_set(change("k" .. n, { value = "1", expires_at = NOW + n, now = NOW }))) end
    assert(other:kv_set(change("stays", { value = "1" })))
    assert.equal(3, other:prune { before = 0, limit = 3 })
    assert.equal(1, other:prune { before = 0, limit = 3 })
    assert.equal(0, other:prune { before = 0, limit = 3 })
    assert.equal(2, #other:kept_keys { sandbox = "prod", kind = "kv", prefix = "", now = 0 })
  end)
end)

describe("a counter", function()
  local store

  before_each(function() store = stores.memory() end)
  after_each(function() store:close() end)

  local function add(n, more)
    local options = { sandbox = "prod", key = "c", n = n, now = NOW, most_keys = 1000 }
    for name, value in pairs(more or {}) do options[name] = value end
    return store:counter_add(options)
  end

  it("adds up, and begins again when its first time is over", function()
    assert.equal(2, add(2, { expires_at = NOW + 10 }))
    assert.equal(-3, add(-5, { expires_at = NOW + 20, now = NOW + 5 }))
    assert.equal(7, add(7, { expires_at = NOW + 20, now = NOW + 10 }))
    assert.equal(7, store:kept("prod", "counter", "c", NOW + 19).value)
    assert.is_nil(store:kept("prod", "counter", "c", NOW + 20))
  end)

  it("is not a value of the same name", function()
    assert.equal(1, add(1))
    assert.is_nil(store:kept("prod", "kv", "c", NOW))
  end)

  it("does not leave the integers", function()
    assert.equal(math.maxinteger, add(math.maxinteger))
    local sum, message, code = add(1)
    assert.is_nil(sum)
    assert.equal("the counter would leave the integers", message)
    assert.equal("invalid", code)
    assert.equal(math.maxinteger, add(0))
  end)

  it("counts each of many at once", function()
    local tasks, seen = {}, {}
    for _ = 1, 200 do
      tasks[#tasks + 1] = function() seen[assert(add(1))] = true end
    end
    stores.together(tasks)
    assert.equal(200, #seen)
    assert.equal(200, add(0))
  end)

  it("lets one of many swap, and one of many add", function()
    local function change(options)
      options.sandbox, options.now, options.most_keys, options.key = "prod", NOW, 1000, "k"
      return options
    end
    local added, swapped, tasks = 0, 0, {}
    for n = 1, 50 do
      tasks[#tasks + 1] = function() if store:kv_add(change { value = "0" }).done == 1 then added = added + 1 end end
      tasks[#tasks + 1] = function()
        if store:kv_swap(change { value = tostring(n), expected = "0" }).done == 1 then swapped = swapped + 1 end
      end
    end
    stores.together(tasks)
    assert.equal(1, added)
    assert.equal(1, swapped)
  end)
end)

describe("what is kept in a file", function()
  it("is there after a restart", function()
    local folder = stores.folder()
    local options = { path = folder .. "/herald.db", clock = clock.manual(NOW) }
    local change = { sandbox = "prod", key = "k", now = NOW, most_keys = 10 }
    local store = assert(require("herald.store").open(options))
    assert.equal(5, store:counter_add { sandbox = "prod", key = "k", n = 5, now = NOW, most_keys = 10 })
    change.value = '{"a":10.50}'
    assert(store:kv_set(change))
    store:close()
    store = assert(require("herald.store").open(options))
    assert.equal('{"a":10.50}', store:kept("prod", "kv", "k", NOW).value)
    assert.equal(5, store:kept("prod", "counter", "k", NOW).value)
    store:close()
    stores.remove(folder)
  end)
end)
