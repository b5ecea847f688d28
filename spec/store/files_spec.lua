local clock = require "herald.clock"
local open = require("herald.store").open
local stores = require "spec.support.stores"

local NOW = stores.NOW

describe("a store in a file", function()
  local folder, path
  before_each(function()
    folder = stores.folder()
    path = folder .. "/data/herald.db"
  end)
  after_each(function() stores.remove(folder) end)

  local function opened() return assert(open { path = path, clock = clock.manual(NOW) }) end

  local function read_bytes(name)
    local file = assert(io.open(name, "rb"))
    local bytes = file:read "a"
    file:close()
    return bytes
  end

  local function write_bytes(name, bytes)
    local file = assert(io.open(name, "wb"))
    file:write(bytes)
    file:close()
  end

  local function patch(offset, bytes)
    local before = read_bytes(path)
    write_bytes(path, before:sub(1, offset) .. bytes .. before:sub(offset + #bytes + 1))
  end

  local function refused()
    local store, message, code = open { path = path, clock = clock.manual(NOW) }
    assert.is_nil(store)
    return message, code
  end

  it("is there after closing", function()
    local store = stores.with_campaign(opened())
    local id = stores.accept(store, "r-1")
    assert(store:settle { id = id, state = "sent", at = NOW + 1 })
    local revision = store:revision()
    store:close()
    store = opened()
    assert.equal("sent", store:message(id).state)
    assert.equal(revision, store:revision())
    assert.is_true(stores.accept(store, "r-2") > id)
    assert.is_true(assert(store:accept(stores.request "r-1")).replay)
    store:close()
  end)

  it("makes what was held wait again", function()
    local store = stores.with_campaign(opened())
    local held, waiting = stores.accept(store, "r-1"), stores.accept(store, "r-2", nil, { state = "waiting", due_at = NOW + 5 })
    store:close()
    store = opened()
    assert.equal("waiting", store:message(held).state)
    assert.same({ 0, 2 }, { store:stats().held, store:stats().waiting })
    assert.equal(held, store:claim({ now = NOW })[1].id)
    assert.equal(NOW + 5, store:next_due())
    assert.equal("waiting", store:message(waiting).state)
    store:close()
  end)

  it("has all that was answered when the process is killed", function()
    local store = stores.with_campaign(opened())
    local ids = {}
    for index = 1, 50 do ids[index] = stores.accept(store, "r-" .. index) end
    -- What the disk has at this moment is what a killed process leaves behind.
    assert(os.execute(("cp -r '%s/data' '%s/killed'"):format(folder, folder)))
    store:close()
    path = folder .. "/killed/herald.db"
    store = opened()
    for _, id in ipairs(ids) do assert.equal("waiting", store:message(id).state) end
    assert.equal(50, #store:claim { now = NOW, limit = 100 })
    store:close()
  end)

  it("never goes back with its ids, also when the clock does", function()
    local store = stores.with_campaign(opened())
    local id = stores.accept(store, "r-1", { at = NOW + 1000000 })
    store:close()
    store = opened()
    assert.is_true(stores.accept(store, "r-2", { at = NOW - 1000000 }) > id)
    assert.is_true(stores.accept(store, "r-3", { at = 5 }) > id)
    store:close()
  end)

  it("is refused to a second one until the first is closed", function()
    local store = opened()
    local message, code = refused()
    assert.equal("conflict", code)
    assert.matches("in use by another herald %(process %d+%)", message)
    store:close()
    opened():close()
  end)

  it("is refused when a newer Herald wrote it", function()
    opened():close()
    patch(60, "\0\0\3\231")
    local message, code = refused()
    assert.equal("invalid", code)
    assert.matches("newer Herald %(schema 999", message)
    assert.matches("restore a backup", message)
  end)

  it("is refused when it is another program's", function()
    opened():close()
    patch(68, "\0\0\0\1")
    assert.matches("another program's database", (refused()))
  end)

  it("is refused when it is no database", function()
    opened():close()
    write_bytes(path, ("not a database "):rep(1000))
    local message, code = refused()
    assert.equal("invalid", code)
    assert.matches("damaged, or no database", message)
    assert.matches("restore it from a backup", message)
  end)

  it("is refused when pages of it are damaged", function()
    local store = stores.with_campaign(opened())
    for index = 1, 20 do stores.accept(store, "r-" .. index, nil, { payload = ("x"):rep(2000) }) end
    store:close()
    local size = #read_bytes(path)
    for offset = 4096 * 3, size - 4096, 4096 do patch(offset, ("\255"):rep(100)) end
    local message, code = refused()
    assert.equal("invalid", code)
    assert.matches("damaged", message)
  end)

  it("says why it cannot be opened", function()
    local store, message, code = open { path = "/proc/herald/herald.db" }
    assert.is_nil(store)
    assert.equal("storage-unavailable", code)
    assert.matches("/proc/herald", message)
  end)

  it("is backed up while it is used, and the copy opens", function()
    local store = stores.with_campaign(opened())
    local ids, tasks, done = {}, {}, nil
    for index = 1, 200 do
      tasks[index] = function() ids[index] = stores.accept(store, "r-" .. index) end
    end
    table.insert(tasks, 100, function() done = store:backup(folder .. "/copy.db") end)
    local first = stores.accept(store, "r-first")
    stores.together(tasks)
    assert.is_true(done)
    local held = store:stats().held
    assert.is_true(store:backup(folder .. "/copy.db", true))
    store:close()
    path = folder .. "/copy.db"
    store = opened()
    assert.equal("waiting", store:message(first).state)
    assert.equal(held, store:stats().waiting)
    store:close()
  end)

  it("is not backed up over a file that exists, unless told, and into one that is its owner's alone", function()
    local store, copy = stores.with_campaign(opened()), folder .. "/kept.db"
    local file = assert(io.open(copy, "w"))
    file:write "kept"
    file:close()
    local done, message, code = store:backup(copy)
    assert.is_nil(done)
    assert.equal("conflict", code)
    assert.matches("kept.db exists", message, 1, true)
    assert.equal("kept", assert(io.open(copy)):read "a")
    assert.is_true(store:backup(copy, true))
    assert.equal("SQLite format 3", assert(io.open(copy)):read(15))
    local pipe = assert(io.popen("LD_PRELOAD= stat -c %a " .. copy))
    assert.equal("600", pipe:read "l")
    pipe:close()
    assert.has_error(function() store:backup(copy, 1) end)
    store:close()
  end)

  it("says why a backup failed, and goes on", function()
    local store = stores.with_campaign(opened())
    local done, message, code = store:backup(folder .. "/nowhere/copy.db")
    assert.is_nil(done)
    assert.equal("storage-unavailable", code)
    assert.matches("nowhere", message)
    assert.equal("invalid", select(3, store:backup(path)))
    assert.truthy(stores.accept(store, "r-1"))
    store:close()
  end)

  it("forgets request ids and once() keys past their time", function()
    local time = clock.manual(NOW)
    local store = stores.with_campaign(assert(open { path = path, clock = time }))
    for index = 1, 5 do stores.accept(store, "r-" .. index, { at = NOW + index }, { state = "waiting" }) end
    assert(store:once("prod", "key", NOW + 10, NOW, "owner"))
    assert.equal(0, store:prune { before = 0 })
    time:set(NOW + stores.DAY_MS + 3)
    assert.equal(4, store:prune { before = 0 })
    assert.equal(0, store:prune { before = 0 })
    time:set(NOW + stores.DAY_MS + 5)
    assert.equal(2, store:prune { before = 0 })
    assert.is_true(store:once("prod", "key", NOW + 10, NOW, "owner"))
    assert.is_false(assert(store:accept(stores.request "r-3")).replay)
    store:close()
  end)
end)

describe("a closed store", function()
  it("says so from every method, and closes twice", function()
    local store = stores.memory()
    store:close()
    store:close()
    for _, call in ipairs {
      function() return store:campaign "a" end,
      function() return store:stats() end,
      function() return store:revision() end,
      function() return store:accept(stores.request "r-1") end,
      function() return store:settle { id = 1, state = "sent", at = 1 } end,
      function() return store:claim { now = 1 } end,
      function() return store:backup "/tmp/x" end,
    } do
      local value, message, code = call()
      assert.is_nil(value)
      assert.equal("the store is closed", message)
      assert.equal("closed", code)
    end
  end)

  it("answers what was under way when it is closed", function()
    local store = stores.memory()
    local answers = 0
    stores.together {
      function() if store:accept(stores.request "r-1") then answers = answers + 1 end end,
      function() if store:once("prod", "key", 5, 1, "owner") then answers = answers + 1 end end,
      function()
        store:close()
        assert.equal(2, answers)
      end,
    }
    assert.equal(2, answers)
  end)

  it("raises for misuse of open", function()
    assert.error_matches(function() open {} end, "option 'path': expected a string, got nil")
    assert.error_matches(function() open { path = ":memory:", colour = 1 } end, "unknown option 'colour'")
    assert.error_matches(function() open { path = ":memory:", clock = 5 } end, "herald.clock expected")
    local store = stores.memory()
    assert.error_matches(function() store.campaign({}, "a") end, "herald.store expected")
    store:close()
  end)

  it("keeps stores in memory apart", function()
    local one, other = stores.memory(), assert(open { path = ":memory:" })
    stores.accept(one, "r-1")
    assert.same({}, other:campaigns {})
    one:close()
    other:close()
  end)
end)
