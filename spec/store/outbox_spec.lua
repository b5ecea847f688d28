local stores = require "spec.support.stores"

local NOW = stores.NOW

describe("the outbox in the store", function()
  local store
  before_each(function() store = stores.memory() end)
  after_each(function() store:close() end)

  local function settle(changes)
    local settlement = { state = "sent", at = NOW + 100, attempts = 1 }
    for name, value in pairs(changes) do settlement[name] = value end
    return store:settle(settlement)
  end

  local function wait(count, due)
    local ids = {}
    for index = 1, count do
      ids[index] = stores.accept(store, "r-" .. tostring(due) .. index, nil, { state = "waiting", due_at = due or NOW + index })
    end
    return ids
  end

  local function ids_of(messages)
    local ids = {}
    for index, message in ipairs(messages) do ids[index] = message.id end
    return ids
  end

  local function kinds(id)
    local list = {}
    for index, event in ipairs(store:events(id)) do list[index] = event.kind end
    return list
  end

  describe("settle", function()
    it("finishes a message that was sent", function()
      local id = stores.accept(store, "r-1")
      assert.is_true(settle { id = id, provider = "smtp", provider_id = "m-1", code = "250", answer = "queued", latency_ms = 12 })
      local message = store:message(id)
      assert.same({ "sent", 1, "smtp", "m-1", "250", "queued", NOW + 100, NOW + 100 }, { message.state, message.attempts,
        message.provider, message.provider_id, message.code, message.answer, message.settled_at, message.sent_at })
      assert.same({ targeted = 1, queued = 1, sent = 1, ["latency:15"] = 1 }, stores.counters(store))
      assert.same({ { message = id, id = id, at = NOW, kind = "queued" },
        { message = id, id = id + 1, at = NOW + 100, kind = "sent", detail = "queued" } }, store:events(id))
      assert.same({}, store:outbox {})
    end)

    it("lets a message wait for its next attempt", function()
      local id = stores.accept(store, "r-1")
      assert.is_true(settle { id = id, state = "waiting", due_at = NOW + 5000, code = "421", answer = "try later" })
      local message = store:message(id)
      assert.same({ "waiting", NOW + 5000, 1, nil }, { message.state, message.due_at, message.attempts, message.settled_at })
      assert.equal(NOW + 5000, store:next_due())
      assert.same({}, store:claim { now = NOW + 4999 })
      assert.same({ id }, ids_of(store:claim { now = NOW + 5000 }))
      assert.is_true(settle { id = id, attempts = 2, at = NOW + 6000 })
      assert.same({ "queued", "retry", "sent" }, kinds(id))
      assert.equal("421: try later", store:events(id)[2].detail)
      local counters = stores.counters(store)
      assert.same({ 1, 1, 1 }, { counters.retries, counters["errors:421"], counters.sent })
    end)

    it("counts every outcome", function()
      local function one(changes)
        changes.id = stores.accept(store, "r-" .. changes.state .. tostring(changes.reason) .. tostring(changes.code))
        assert.is_true(settle(changes))
        assert.same({ "queued", changes.state }, kinds(changes.id))
        assert.equal(changes.state, store:message(changes.id).state)
      end
      one { state = "failed", code = "550" }
      one { state = "failed", reason = "gave up" }
      one { state = "bounced" }
      one { state = "bounced", reason = "soft" }
      one { state = "expired", reason = "late" }
      one { state = "cancelled" }
      one { state = "excluded", reason = "no address" }
      one { state = "excluded", code = "render-error", reason = "unknown name" }
      assert.same({
        targeted = 8, queued = 8, ["errors:550"] = 1, ["errors:gave up"] = 1, ["bounced:hard"] = 1, ["bounced:soft"] = 1, expired = 1, failed = 2,
        cancelled = 1, ["excluded:no address"] = 1, ["excluded:render-error"] = 1,
      }, stores.counters(store))
      local stats = store:stats()
      assert.same({ 2, 2, 1, 1, 2, 0, 0 }, { stats.failed, stats.bounced, stats.expired, stats.cancelled, stats.excluded, stats.held,
        stats.waiting })
    end)

    it("takes a delivery or a bounce after sent, and nothing else after the end", function()
      local id = stores.accept(store, "r-1")
      assert.is_true(settle { id = id })
      assert.equal("conflict", select(3, settle { id = id }))
      assert.equal("conflict", select(3, settle { id = id, state = "waiting", due_at = NOW }))
      assert.is_true(settle { id = id, state = "delivered", at = NOW + 200 })
      assert.is_true(settle { id = id, state = "bounced", at = NOW + 300 })
      assert.same({ "queued", "sent", "delivered", "bounced" }, kinds(id))
      assert.equal("conflict", select(3, settle { id = id }))
      assert.equal(NOW + 100, store:message(id).sent_at)
      assert.same({ 0, 0, 1 }, { store:stats().sent, store:stats().delivered, store:stats().bounced })
    end)

    it("keeps the attempts when it is not told", function()
      local id = stores.accept(store, "r-1")
      settle { id = id, state = "waiting", due_at = NOW, attempts = 3 }
      assert(store:settle { id = id, state = "expired", at = NOW })
      assert.equal(3, store:message(id).attempts)
    end)

    it("says when there is no such message", function()
      assert.equal("not-found", select(3, settle { id = 1 }))
    end)

    it("raises for misuse", function()
      assert.error_matches(function() settle { id = 1, state = "held" } end, "cannot be settled as 'held'")
      assert.error_matches(function() settle { id = 1, state = "waiting" } end, "option 'due_at': expected an integer, got nil")
      assert.error_matches(function() settle { id = 1, colour = "red" } end, "unknown option 'colour'")
      assert.error_matches(function() settle { id = "1" } end, "option 'id': expected an integer")
    end)
  end)

  describe("claim", function()
    it("holds what is due, in the order of its time", function()
      local late, early = wait(1, NOW + 20)[1], wait(1, NOW + 10)[1]
      wait(1, NOW + 30)
      local messages = store:claim { now = NOW + 20, limit = 10 }
      assert.same({ early, late }, ids_of(messages))
      assert.same(store:message(early), messages[1])
      assert.equal("held", messages[1].state)
      assert.same({}, store:claim { now = NOW + 20, limit = 10 })
      assert.equal(NOW + 30, store:next_due())
      assert.same({ 2, 1 }, { store:stats().held, store:stats().waiting })
    end)

    it("takes no more than it is told to", function()
      local ids = wait(5)
      assert.same({ ids[1], ids[2] }, ids_of(store:claim { now = NOW + 100, limit = 2 }))
      assert.same({ ids[3], ids[4] }, ids_of(store:claim { now = NOW + 100, limit = 2 }))
    end)

    it("never gives a message to two that claim at once", function()
      wait(100)
      local claimed, tasks = {}, {}
      for index = 1, 10 do
        tasks[index] = function()
          for _, message in ipairs(store:claim { now = NOW + 1000, limit = 15 }) do claimed[#claimed + 1] = message.id end
        end
      end
      stores.together(tasks)
      table.sort(claimed)
      assert.equal(100, #claimed)
      for index = 2, 100 do assert.not_equal(claimed[index - 1], claimed[index]) end
    end)

    it("knows nothing to be due when nothing waits", function()
      stores.accept(store, "r-1")
      assert.is_nil(store:next_due())
    end)
  end)

  describe("an operator", function()
    it("lists what is unfinished, page by page", function()
      local held, waiting = stores.accept(store, "r-1"), wait(5)
      local first = store:outbox { limit = 3 }
      assert.same({ held, waiting[1], waiting[2] }, ids_of(first))
      assert.same({ waiting[3], waiting[4], waiting[5] }, ids_of(store:outbox { limit = 3, after = first[3].id }))
      assert.same(waiting, ids_of(store:outbox { after = held }))
      assert.same({ held }, ids_of(store:outbox { state = "held" }))
      assert.same({ waiting[2], waiting[3] }, ids_of(store:outbox { state = "waiting", after = waiting[1], limit = 2 }))
      assert.same({}, store:outbox { campaign = "other" })
      assert.equal(6, #store:outbox { campaign = "welcome" })
    end)

    it("lists the finished of a state, the newest first", function()
      local ids = {}
      for index = 1, 3 do
        ids[index] = stores.accept(store, "r-" .. index)
        settle { id = ids[index] }
      end
      assert.same({ ids[3], ids[2] }, ids_of(store:outbox { state = "sent", limit = 2 }))
      assert.same({ ids[1] }, ids_of(store:outbox { state = "sent", after = ids[2] }))
    end)

    it("sees messages as they come", function()
      local ids = wait(5)
      assert.same({ ids[4], ids[5] }, ids_of(store:recent { limit = 2 }))
      assert.same({ ids[2], ids[3] }, ids_of(store:recent { limit = 2, after = ids[1] }))
      assert.same({}, store:recent { campaign = "other" })
    end)

    it("finds the messages of a user", function()
      local first = stores.accept(store, "r-1")
      stores.accept(store, "r-2", nil, { user_id = "bob" })
      local second = stores.accept(store, "r-3")
      assert.same({ second, first }, ids_of(store:messages_of "jane@example.com"))
      assert.same({ second }, ids_of(store:messages_of("jane@example.com", "welcome", 1)))
      assert.same({}, store:messages_of("jane@example.com", "other"))
    end)

    it("makes waiting messages due", function()
      local ids, held = wait(3, NOW + 5000), stores.accept(store, "r-h")
      assert.equal(2, store:retry_now { ids = { ids[1], ids[3], held, 99 }, now = NOW })
      assert.same({ ids[1], ids[3] }, ids_of(store:claim { now = NOW }))
      assert.equal(1, store:retry_now { campaign = "welcome", now = NOW })
      assert.same({ ids[2] }, ids_of(store:claim { now = NOW }))
      assert.equal("not-found", select(3, store:retry_now { campaign = "other", now = NOW }))
    end)

    it("cancels what waits, not what is held", function()
      local ids, held = wait(2), stores.accept(store, "r-h")
      assert.equal(1, store:cancel { ids = { ids[1], held }, at = NOW + 9, by = "ann", reason = "wrong price" })
      local message = store:message(ids[1])
      assert.same({ "cancelled", "wrong price", NOW + 9 }, { message.state, message.reason, message.settled_at })
      assert.equal("wrong price, by ann", store:events(ids[1])[2].detail)
      assert.equal("held", store:message(held).state)
      assert.equal(1, stores.counters(store).cancelled)
      assert.same({ ids[2] }, ids_of(store:claim { now = NOW + 1000 }))
    end)

    it("cancels a whole campaign, many slices long, and leaves the others", function()
      stores.with_campaign(store, "other")
      local function bulk(campaign, count)
        for batch = 1, count // 500 do
          local messages = {}
          for index = 1, 500 do messages[index] = stores.message { state = "waiting", user_id = "u" .. index, create_profile = false } end
          stores.accept(store, campaign .. count .. batch, { campaign = campaign, messages = messages })
        end
      end
      bulk("other", 1500)
      bulk("welcome", 2500)
      bulk("other", 500)
      local cancelled, accepted
      stores.together {
        function() cancelled = store:cancel { campaign = "welcome", at = NOW, by = "ann", reason = "over" } end,
        function() accepted = stores.accept(store, "between", { campaign = "other" }) end,
      }
      assert.equal(2500, cancelled)
      assert.truthy(accepted)
      assert.same({ 2000, 2500, 1 }, { store:stats().waiting, store:stats().cancelled, store:stats().held })
      assert.equal(2500, stores.counters(store, "welcome").cancelled)
      assert.equal(2000, store:retry_now { campaign = "other", now = NOW - 5 })
      assert.equal(NOW - 5, store:next_due())
    end)

    it("raises unless it is told which", function()
      assert.error_matches(function() store:cancel { at = 1, by = "a", reason = "b" } end, "give ids or campaign")
      assert.error_matches(function() store:retry_now { now = 1, ids = { 1 }, campaign = "a" } end, "give ids or campaign")
      assert.error_matches(function() store:retry_now { now = 1, ids = { "1" } } end, "expected an integer")
      assert.error_matches(function() store:outbox { state = "gone" } end, "there is no state 'gone'")
    end)
  end)
end)
