local problem = require "herald.problem"
local support = require "spec.support.api"

describe("the endpoints of messages", function()
  local api
  before_each(function()
    api = support.open {
      ["campaigns/later.lua"] = [[
        return campaign {
          id = "later", title = "Later", category = "transactional", channel = "email", surface = "transactional",
          namespace = "email", message = { subject = "S", text = "T" },
          on_trigger = function(trigger) trigger:delay "1 hour" end,
        }]],
    }
  end)
  after_each(function() api:close() end)

  local function trigger_later(user)
    local status, body = api:call("POST", "/im/executions/unitary", { body = {
      requestId = user, campaignId = "later", recipients = { { type = "external", userId = user, namespace = "email" } },
    } })
    assert.equal(202, status)
    return body.executionId
  end

  it("show an execution and each recipient's message", function()
    local _, accepted = api:trigger "jane@example.com"
    api.engine:deliver_due()
    local status, body = api:call("GET", "/im/executions/unitary/" .. accepted.executionId)
    assert.equal(200, status)
    assert.equal(accepted.executionId, body.executionId)
    assert.equal("jane@example.com", body.requestId)
    assert.equal("welcome", body.campaignId)
    assert.equal("sent", body.recipients[1].state)
    assert.equal("jane@example.com", body.recipients[1].userId)
  end)

  it("show a message without its payload", function()
    local _, accepted = api:trigger "jane@example.com"
    local status, body = api:call("GET", "/messages/" .. accepted.executionId)
    assert.equal(200, status)
    assert.equal("welcome", body.campaignId)
    assert.is_table(body.events)
    assert.is_nil(body.payload)
  end)

  it("answer 404 to an unknown id and to what is no id", function()
    for _, path in ipairs { "/messages/0000000000000001", "/messages/xyz", "/im/executions/unitary/0000000000000001", "/im/executions/unitary/1" } do
      local status, body = api:call("GET", path)
      assert.equal(404, status, path)
      assert.equal("not-found", problem.code(body))
    end
  end)

  it("list messages in any state: the newest, those behind an id, those named, and one user's", function()
    local ids = {}
    for index = 1, 3 do ids[index] = trigger_later(index .. "@example.com") end
    api:call("POST", "/outbox/cancel", { body = { ids = { ids[1] } } })
    local function listed(query)
      local status, body = api:call("GET", "/messages?" .. query)
      assert.equal(200, status)
      local found = {}
      for index, message in ipairs(body.messages) do found[index] = message.id end
      return found, body
    end
    assert.same(ids, (listed "campaign=later"))
    assert.same({ ids[2], ids[3] }, (listed "limit=2"))
    assert.same({ ids[2] }, (listed("limit=1&after=" .. ids[1])))
    local found, body = listed("ids=" .. ids[3] .. "," .. ids[1])
    assert.same({ ids[3], ids[1] }, found)
    assert.equal("cancelled", body.messages[2].state)
    assert.same({ ids[2] }, (listed "userId=2%40example.com"))
    assert.same({}, (listed "campaign=welcome"))
    for _, query in ipairs { "ids=1", "after=x", "limit=0" } do
      assert.equal(400, (api:call("GET", "/messages?" .. query)), query)
    end
  end)

  it("list the outbox in pages", function()
    for index = 1, 3 do trigger_later(index .. "@example.com") end
    local status, body = api:call("GET", "/outbox?state=waiting&campaign=later&limit=2")
    assert.equal(200, status)
    assert.equal(2, #body.messages)
    assert.equal("2026-11-23T11:00:00.000Z", body.messages[1].dueAt)
    local _, rest = api:call("GET", "/outbox?state=waiting&campaign=later&limit=2&after=" .. body.next)
    assert.equal(1, #rest.messages)
    assert.is_nil(rest.next)
  end)

  it("refuse a query that means nothing", function()
    for _, query in ipairs { "limit=0", "limit=ten", "limit=1001", "state=asleep", "after=1" } do
      local status, body = api:call("GET", "/outbox?" .. query)
      assert.equal(400, status, query)
      assert.equal("invalid-request", problem.code(body))
    end
  end)

  it("refuse a query parameter that they do not know, and name those they do", function()
    for _, query in ipairs { "campaignId=later", "state=expired" } do
      local status, body = api:call("GET", "/messages?" .. query)
      assert.equal(400, status)
      assert.equal("invalid-request", problem.code(body))
      assert.matches("known are ids, userId, campaign, limit, after", body.detail, 1, true)
    end
    assert.equal(400, (api:call("GET", "/status?verbose=1")))
  end)

  it("try waiting messages at once", function()
    local id = trigger_later "jane@example.com"
    local status, body = api:call("POST", "/outbox/retry", { body = { ids = { id } } })
    assert.equal(200, status)
    assert.equal(1, body.retried)
    api.engine:deliver_due()
    assert.equal("sent", select(2, api:call("GET", "/messages/" .. id)).state)
  end)

  it("give waiting messages of a campaign up, with the reason", function()
    local id = trigger_later "jane@example.com"
    local status, body = api:call("POST", "/outbox/cancel", { body = { campaign = "later", reason = "wrong price" } })
    assert.equal(200, status)
    assert.equal(1, body.cancelled)
    local _, message = api:call("GET", "/messages/" .. id)
    assert.equal("cancelled", message.state)
    assert.equal("wrong price", message.reason)
  end)

  it("refuse a retry of everything, of nothing, and of what is no id", function()
    for _, body in ipairs { "{}", '{"ids":[]}', '{"ids":["1"]}', '{"ids":["0000000000000001"],"campaign":"later"}', '{"all":true}' } do
      assert.equal(400, (api:call("POST", "/outbox/retry", { body = body })), body)
    end
  end)
end)
