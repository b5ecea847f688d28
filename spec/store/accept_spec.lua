local crypto = require "herald.crypto"
local stores = require "spec.support.stores"

local NOW = stores.NOW

describe("store:accept", function()
  local store
  before_each(function() store = stores.memory() end)
  after_each(function() store:close() end)

  it("keeps every column of a message", function()
    local accepted = assert(store:accept(stores.request("r-1", { sandbox = "stage" }, {
      state = "waiting", due_at = NOW + 5000, expires_at = NOW + 9000, payload = '{"context":{"price":10.50}}',
    })))
    assert.same({ execution = accepted.execution, at = NOW, replay = false }, accepted)
    assert.same({
      id = accepted.execution, execution = accepted.execution, campaign = "welcome", version = "v1", sandbox = "stage",
      user_id = "jane@example.com", namespace = "email", type = "aep", state = "waiting", channel = "email",
      surface = "transactional", payload = '{"context":{"price":10.50}}', at = NOW, created_at = NOW, by = "shop",
      due_at = NOW + 5000, expires_at = NOW + 9000, attempts = 0,
    }, store:message(accepted.execution))
  end)

  it("gives the messages of an execution consecutive ids", function()
    local messages = {}
    for index = 1, 20 do messages[index] = stores.message { user_id = "user " .. index, state = index % 2 == 0 and "waiting" or "held" } end
    local id = stores.accept(store, "r-1", { messages = messages })
    local execution = assert(store:execution(id))
    assert.equal(20, #execution.messages)
    for index, message in ipairs(execution.messages) do
      assert.equal(id + index - 1, message.id)
      assert.equal(id, message.execution)
      assert.equal("user " .. index, message.user_id)
      assert.equal(messages[index].state, message.state)
      assert.is_nil(message.request_id)
    end
    execution.messages = nil
    assert.same({ id = id, request_id = "r-1", campaign = "welcome", version = "v1", at = NOW, by = "shop", sandbox = "prod" }, execution)
    assert.is_true(stores.accept(store, "r-2") > id + 19)
  end)

  it("keeps texts with NUL, quotes and any UTF-8 as they are", function()
    local text = 'a\0b\'"é\u{1F600}'
    local id = stores.accept(store, "r-1", nil, { user_id = text, payload = text })
    assert.equal(text, store:message(id).user_id)
    assert.equal(text, store:message(id).payload)
    assert.equal(id, store:messages_of(text, nil, 10)[1].id)
  end)

  it("answers the same request with the same execution", function()
    local first = assert(store:accept(stores.request "r-1"))
    local again = assert(store:accept(stores.request("r-1", { at = NOW + 1000 })))
    assert.same({ execution = first.execution, at = NOW, replay = true }, again)
    assert.equal(1, #store:outbox { limit = 10 })
    assert.same({ execution = first.execution, at = NOW, body_hash = crypto.sha256 "r-1" }, store:request("prod", "r-1", NOW + 1000))
  end)

  it("refuses a request id with another body", function()
    stores.accept(store, "r-1")
    local accepted, message, code = store:accept(stores.request("r-1", { body_hash = crypto.sha256 "other" }))
    assert.is_nil(accepted)
    assert.equal("request-id-reused", code)
    assert.matches("another body", message)
    assert.equal(1, #store:outbox { limit = 10 })
  end)

  it("forgets a request id after its time", function()
    local first = stores.accept(store, "r-1")
    assert.equal(first, assert(store:accept(stores.request("r-1", { at = NOW + stores.DAY_MS - 1 }))).execution)
    assert.is_nil(store:request("prod", "r-1", NOW + stores.DAY_MS))
    local later = assert(store:accept(stores.request("r-1", { at = NOW + stores.DAY_MS, body_hash = crypto.sha256 "other" })))
    assert.is_false(later.replay)
    assert.is_true(later.execution > first)
    assert.equal(later.execution, store:request("prod", "r-1", NOW + stores.DAY_MS + 1).execution)
  end)

  it("keeps request ids of sandboxes apart", function()
    local first = stores.accept(store, "r-1")
    local other = assert(store:accept(stores.request("r-1", { sandbox = "dev", body_hash = crypto.sha256 "other" })))
    assert.is_false(other.replay)
    assert.not_equal(first, other.execution)
  end)

  it("executes one of two that come at once", function()
    local answers = {}
    stores.together {
      function() answers[1] = store:accept(stores.request "r-1") end,
      function() answers[2] = store:accept(stores.request "r-1") end,
      function() answers[3] = store:accept(stores.request "r-2") end,
    }
    assert.equal(answers[1].execution, answers[2].execution)
    assert.not_equal(answers[1].replay, answers[2].replay)
    assert.is_false(answers[3].replay)
    assert.equal(2, store:stats().held)
  end)

  it("commits what many coroutines ask for", function()
    local ids, tasks = {}, {}
    for index = 1, 500 do
      tasks[index] = function() ids[index] = assert(store:accept(stores.request("r-" .. index))).execution end
    end
    stores.together(tasks)
    local seen = {}
    for _, id in ipairs(ids) do
      assert.is_nil(seen[id])
      seen[id] = true
    end
    assert.equal(500, store:stats().held)
    assert.equal(500, stores.counters(store).targeted)
  end)

  it("refuses a version that is not there, and keeps nothing", function()
    local accepted, message, code = store:accept(stores.request("r-1", { version = "v2" }))
    assert.is_nil(accepted)
    assert.equal("not-found", code)
    assert.matches("version", message)
    assert.is_nil(store:request("prod", "r-1", NOW))
    assert.equal("not-found", select(3, store:accept(stores.request("r-1", { campaign = "nobody" }))))
    assert.same({}, store:outbox { limit = 10 })
  end)

  it("makes the minimal profile when it is missing, and only when told to", function()
    stores.accept(store, "r-1")
    stores.accept(store, "r-2", nil, { user_id = "external", create_profile = false })
    assert.same({ namespace = "email", user_id = "jane@example.com", attributes = "{}", created_at = NOW, modified_at = NOW },
      store:profile("email", "jane@example.com"))
    assert.is_nil(store:profile("email", "external"))
  end)

  it("leaves a profile that exists alone", function()
    assert.is_true(store:save_profile { namespace = "email", user_id = "jane@example.com", attributes = '{"a":1}', at = NOW - 5 })
    stores.accept(store, "r-1")
    assert.equal('{"a":1}', store:profile("email", "jane@example.com").attributes)
    assert.equal(NOW - 5, store:profile("email", "jane@example.com").created_at)
  end)

  it("counts what was targeted, queued and excluded", function()
    stores.accept(store, "r-1", { messages = {
      stores.message(), stores.message { user_id = "b", state = "waiting" },
      stores.message { user_id = "c", state = "skipped", reason = "blocked" }, stores.message { user_id = "d", state = "skipped" },
    } })
    assert.same({ targeted = 4, queued = 2, ["excluded:blocked"] = 1, ["excluded:skipped"] = 1 }, stores.counters(store))
    local stats = store:stats()
    assert.same({ 1, 1, 2, 0 }, { stats.held, stats.waiting, stats.skipped, stats.sent })
  end)

  it("cuts a long reason for the counter at a whole character", function()
    stores.accept(store, "r-1", nil, { state = "skipped", reason = "x" .. ("é"):rep(100) })
    assert.equal(1, stores.counters(store)["excluded:x" .. ("é"):rep(31)])
    assert.equal("x" .. ("é"):rep(100), store:recent({ limit = 1 })[1].reason)
  end)

  it("counts the first 50 reasons of a campaign by name and the rest as other", function()
    for index = 1, 60 do stores.accept(store, "r-" .. index, nil, { state = "skipped", reason = "user " .. index }) end
    stores.accept(store, "again", nil, { state = "skipped", reason = "user 50" })
    local counters = stores.counters(store)
    assert.equal(2, counters["excluded:user 50"])
    assert.is_nil(counters["excluded:user 51"])
    assert.equal(10, counters["excluded:other"])
    assert.equal("user 60", store:recent({ limit = 100 })[60].reason)
  end)

  it("shows a skipped message as such", function()
    local id = stores.accept(store, "r-1", nil, { state = "skipped", reason = "blocked" })
    local message = store:message(id)
    assert.same({ "skipped", "blocked", NOW }, { message.state, message.reason, message.settled_at })
    assert.same({ { message = id, id = id, at = NOW, kind = "skipped", detail = "blocked" } }, store:events(id))
  end)

  it("raises for misuse", function()
    local function bad(pattern, changes, message_changes)
      assert.error_matches(function() store:accept(stores.request("r-1", changes, message_changes)) end, pattern)
    end
    bad("option 'request_id': expected a string, got number", { request_id = 1 })
    bad("option 'at': expected an integer", { at = "now" })
    bad("option 'at': expected an integer", { at = 1.5 })
    bad("unknown option 'colour'", { colour = "red" })
    bad("messages: 0 is not between", { messages = {} })
    bad("messages: expected tables", { messages = { 1 } })
    bad("option 'messages': expected an array", { messages = 1 })
    bad("there is no state 'gone'", nil, { state = "gone" })
    bad("cannot start as 'sent'", nil, { state = "sent" })
    bad("unknown option 'size'", nil, { size = 1 })
    bad("option 'payload': expected a string, got boolean", nil, { payload = true })
    bad("option 'create_profile': expected a boolean", nil, { create_profile = 1 })
    assert.error_matches(function() store:accept(nil) end, "table expected")
    assert.same({}, store:outbox { limit = 10 })
  end)
end)
