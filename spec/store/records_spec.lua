local stores = require "spec.support.stores"

local NOW = stores.NOW
local MINUTE = 60000

describe("records in the store", function()
  local store
  before_each(function() store = stores.memory() end)
  after_each(function() store:close() end)

  it("keeps a profile's attributes", function()
    assert.equal("not-found", select(3, store:profile("email", "jane")))
    assert.is_true(store:save_profile { namespace = "email", user_id = "jane", attributes = '{"a":1}', at = NOW })
    assert.is_true(store:save_profile { namespace = "email", user_id = "jane", attributes = '{"a":2}', at = NOW + 1 })
    assert.same({ namespace = "email", user_id = "jane", attributes = '{"a":2}', created_at = NOW, modified_at = NOW + 1 },
      store:profile("email", "jane"))
    assert.is_nil(store:profile("phone", "jane"))
  end)

  it("says once to one of many at the same time", function()
    local first, tasks = 0, {}
    for index = 1, 20 do
      tasks[index] = function()
        if store:once("prod", "key", NOW + 1000, NOW, "owner " .. index) then first = first + 1 end
      end
    end
    stores.together(tasks)
    assert.equal(1, first)
  end)

  it("keeps keys by their hash, and who revoked them", function()
    local revision = store:revision()
    local key = { hash = "ab12", name = "shop", scopes = "trigger,read", created_at = NOW, created_by = "ann", expires_at = NOW + 5 }
    assert.is_true(store:save_key(key))
    assert.is_true(store:revision() > revision)
    assert.same(key, store:key "ab12")
    assert.equal("not-found", select(3, store:key "ab13"))
    assert.equal("conflict", select(3, store:save_key { hash = "cd34", name = "shop", scopes = "read", created_at = NOW, created_by = "ann" }))
    assert.equal(1, store:revoke_key { name = "shop", at = NOW + 2, by = "bob" })
    assert.same({ NOW + 2, "bob" }, { store:key("ab12").revoked_at, store:key("ab12").revoked_by })
    assert.equal("not-found", select(3, store:revoke_key { name = "shop", at = NOW + 2, by = "bob" }))
    assert.is_true(store:save_key { hash = "cd34", name = "shop", scopes = "read", created_at = NOW + 3, created_by = "ann" })
    local keys = store:keys()
    assert.same({ "ab12", "cd34" }, { keys[1].hash, keys[2].hash })
  end)

  it("refuses a key's hash that exists, and commits what came with it", function()
    local answers = {}
    local function save(index, hash)
      return function()
        answers[index] = table.pack(store:save_key { hash = hash, name = "n" .. index, scopes = "read", created_at = NOW, created_by = "a" })
      end
    end
    local execution
    stores.together { save(1, "h1"), save(2, "h1"), function() execution = stores.accept(store, "r-1") end, save(3, "h3") }
    assert.is_true(answers[1][1])
    assert.equal("conflict", answers[2][3])
    assert.is_true(answers[3][1])
    assert.equal("held", store:message(execution).state)
    assert.equal(2, #store:keys())
    assert.equal(1, stores.counters(store).targeted)
    assert.equal(1, store:stats().held)
  end)

  it("keeps events of a message in their order", function()
    local id = stores.accept(store, "r-1")
    assert.is_true(store:add_event { message = id, campaign = "welcome", at = NOW + 20, kind = "clicked", detail = "https://a.example" })
    assert.is_true(store:add_event { message = id, at = NOW + 10, kind = "opened" })
    local events = store:events(id)
    assert.same({ "queued", "opened", "clicked" }, { events[1].kind, events[2].kind, events[3].kind })
    assert.equal("https://a.example", events[3].detail)
    assert.same({}, store:events(1))
  end)

  it("sums counters by step", function()
    local function count(metric, at, n) assert.is_true(store:count { campaign = "welcome", metric = metric, at = at, n = n }) end
    local hour = NOW - NOW % (60 * MINUTE)
    count("opens", hour, 2)
    count("opens", hour + 59999)
    count("opens", hour + MINUTE, 5)
    count("clicks", hour + 61 * MINUTE)
    assert.same({ { at = hour, metric = "opens", value = 3 }, { at = hour + MINUTE, metric = "opens", value = 5 },
      { at = hour + 61 * MINUTE, metric = "clicks", value = 1 } },
      store:counters { campaign = "welcome", from = 0, to = hour + 1000 * MINUTE, step_ms = MINUTE })
    assert.same({ { at = hour, metric = "opens", value = 8 }, { at = hour + 60 * MINUTE, metric = "clicks", value = 1 } },
      store:counters { campaign = "welcome", from = 0, to = hour + 1000 * MINUTE, step_ms = 60 * MINUTE })
    assert.same({ { at = hour + MINUTE, metric = "opens", value = 5 } },
      store:counters { campaign = "welcome", from = hour + MINUTE, to = hour + 2 * MINUTE, step_ms = MINUTE })
    assert.same({}, store:counters { campaign = "other", from = 0, to = NOW, step_ms = MINUTE })
    assert.equal("not-found", select(3, store:count { campaign = "other", metric = "opens", at = NOW }))
    assert.error_matches(function() store:counters { campaign = "a", from = 0, to = 1, step_ms = 0 } end, "step_ms: 0 is not between")
  end)

  it("prunes finished messages past their time, in batches, with what belongs to them", function()
    local waiting = stores.accept(store, "r-0", nil, { state = "waiting" })
    local ids = {}
    for index = 1, 5 do
      ids[index] = stores.accept(store, "r-" .. index)
      assert(store:settle { id = ids[index], state = "failed", at = NOW + 1, code = "550" })
    end
    local young = stores.accept(store, "r-9", { at = NOW + 10 * MINUTE })
    assert(store:settle { id = young, state = "sent", at = NOW + 11 * MINUTE })
    assert.equal(2, store:prune { before = NOW + MINUTE, limit = 2 })
    assert.equal(3, store:prune { before = NOW + MINUTE, limit = 10 })
    assert.equal(0, store:prune { before = NOW + MINUTE, limit = 10 })
    for _, id in ipairs(ids) do
      assert.is_nil(store:message(id))
      assert.same({}, store:events(id))
    end
    assert.is_nil(store:request("prod", "r-1", NOW + 2))
    assert.equal("waiting", store:message(waiting).state)
    assert.equal("sent", store:message(young).state)
    assert.same({ 1, 1, 0 }, { store:stats().waiting, store:stats().sent, store:stats().failed })
    assert.equal(5, stores.counters(store)["errors:550"])
  end)
end)
