local clock = require "herald.clock"
local open = require("herald.store").open
local process = require "spec.support.process"
local stores = require "spec.support.stores"

local NOW = stores.NOW

describe("the store's journal", function()
  local store
  before_each(function() store = stores.memory() end)
  after_each(function() store:close() end)

  local function refuse(changes)
    local refusal = {
      at = NOW, campaign = "welcome", user_id = "jane@example.com", request_id = "r", by = "shop", code = "campaign-ended", left_out = 0,
    }
    for name, value in pairs(changes or {}) do refusal[name] = value end
    assert(store:note_refusal(refusal))
  end

  local function refusals(changes)
    local query = { user_id = "jane@example.com", campaign = "welcome", since = 0 }
    for name, value in pairs(changes or {}) do query[name] = value end
    return assert(store:refusals(query))
  end

  it("has each message with its record, by id", function()
    local first = stores.accept(store, "r-1", { generation = 7 }, { journal = '{"s":[]}' })
    local second = stores.accept(store, "r-2", { at = NOW + 5 }, { user_id = "joe@example.com" })
    local third = stores.accept(store, "r-3", { at = NOW + 9, generation = 8 }, { journal = "" })
    local rows = assert(store:journal { since = 0 })
    assert.same({ first, second, third }, { rows[1].id, rows[2].id, rows[3].id })
    assert.same({ 7, '{"s":[]}', 8, "" }, { rows[1].generation, rows[1].record, rows[3].generation, rows[3].record })
    assert.is_nil(rows[2].record)
    assert.equal("welcome", rows[1].campaign)
    assert.same({ second }, { store:journal({ since = NOW + 1, limit = 1 })[1].id })
    assert.equal(third, store:journal({ since = 0, after = second })[1].id)
    assert.equal(second, store:journal({ since = 0, user_id = "joe@example.com" })[1].id)
    assert.equal(0, #store:journal { since = 0, campaign = "other" })
  end)

  it("loses a record with its message, and before it when its time is over", function()
    local id = stores.accept(store, "r-1", nil, { journal = "x", state = "skipped" })
    assert.equal(0, store:prune { before = 0, journal_before = NOW })
    assert.equal(1, store:prune { before = 0, journal_before = NOW + 1 })
    assert.is_nil(store:journal({ since = 0 })[1].record)
    assert.equal(id, store:message(id).id)
    stores.accept(store, "r-2", { at = NOW + 1 }, { journal = "x", state = "skipped" })
    assert.equal(2, store:prune { before = NOW + 2 })
    assert.equal(0, store:prune { before = 0, journal_before = NOW + stores.DAY_MS })
  end)

  it("keeps refused calls, the newest first, until their time is over", function()
    refuse()
    refuse { user_id = "joe@example.com" }
    refuse { campaign = "other" }
    refuse { at = NOW + 5, reason = "why", place = "a.lua:1", namespace = "email", left_out = 3 }
    local rows = refusals()
    assert.same({ NOW + 5, NOW }, { rows[1].at, rows[2].at })
    assert.same({ "why", "a.lua:1", "email", 3 }, { rows[1].reason, rows[1].place, rows[1].namespace, rows[1].left_out })
    assert.equal(1, #refusals { since = NOW + 1 })
    assert.equal(1, #refusals { limit = 1 })
    assert.equal(3, store:prune { before = 0, journal_before = NOW + 1 })
    assert.equal(1, #refusals())
  end)
end)

describe("a store that is read only", function()
  local folder, path
  before_each(function()
    folder = stores.folder()
    path = folder .. "/herald.db"
  end)
  after_each(function() stores.remove(folder) end)

  local function opened(is_readonly)
    return open { path = path, clock = clock.manual(NOW), readonly = is_readonly }
  end

  it("is opened beside the one that writes, sees what it commits, and changes nothing", function()
    local writer <close> = stores.with_campaign(assert(opened()))
    local held = stores.accept(writer, "r-1", nil, { journal = "x" })
    local reader <close> = assert(opened(true))
    assert.equal("held", reader:message(held).state)
    local later = stores.accept(writer, "r-2")
    assert.equal(later, reader:journal({ since = 0, after = held })[1].id)
    for _, change in ipairs {
      function() return reader:settle { id = held, state = "sent", at = NOW } end,
      function() return reader:accept(stores.request "r-3") end,
      function() return reader:prune { before = NOW } end,
      function() return reader:backup(folder .. "/copy.db") end,
    } do
      local done, message, code = change()
      assert.same({ "the store is closed, or open for reading alone", "closed" }, { message, code })
      assert.is_nil(done)
    end
    assert.equal("held", writer:message(held).state)
  end)

  it("is not made where there is none, and not brought up to date", function()
    local store, message, code = opened(true)
    assert.is_nil(store)
    assert.same({ "there is no store " .. path, "not-found" }, { message, code })
    assert.is_nil(io.open(path))
    assert(opened()):close()
    process.run { "sqlite3", path, "PRAGMA user_version = 1" }
    store, message, code = opened(true)
    assert.is_nil(store)
    assert.equal("invalid", code)
    assert.matches("was written by an older Herald %(schema 1; this one reads %d+%): start herald serve once", message)
  end)
end)
