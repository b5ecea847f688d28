-- What the log has of triggers, failures and answers, and what it must not have.
local apis = require "spec.support.api"
local payload = require "herald.payload"

local FILES = {
  ["campaigns/plain.lua"] = [[return campaign {
    id = "plain", channel = "email", surface = "transactional", message = { subject = "S", text = "T" },
    on_trigger = function(trigger)
      if trigger.context.x == "fail" then
        error("no such customer: " .. trigger.recipient.userId)
      end
    end,
  }]],
  ["endpoints/broken.lua"] = [[return endpoint {
    method = "GET", path = "/hooks/broken", authenticate = endpoint.none,
    handle = function() error "broken" end,
  }]],
}

describe("the log", function()
  local api, lines

  before_each(function()
    api = apis.open(FILES)
    lines = {}
    local log = setmetatable({}, { __index = function(_, level)
      return function(_, text, fields)
        fields.level = level
        lines[#lines + 1] = { text = text, fields = fields }
      end
    end })
    api.engine.log, api.engine.notices.log = log, log
  end)
  after_each(function() api:close() end)

  local function trigger(x)
    return api:call("POST", "/im/executions/unitary", { headers = { ["x-request-id"] = "from-outside" }, body = {
      requestId = "r-1", campaignId = "plain",
      recipients = payload.array { { type = "aep", userId = "jane@example.com", namespace = "email", context = { x = x } } },
    } })
  end

  local function line(text)
    for _, each in ipairs(lines) do
      if each.text == text then return each.fields end
    end
  end

  it("has each trigger and each message that was sent, by the ids of the answer", function()
    local _, body = trigger "fine"
    api.engine:deliver_due()
    assert.same({ level = "debug", request = "r-1", execution = body.executionId, campaign = "plain", messages = 1 }, line "a trigger was accepted")
    local sent = line "a message was sent"
    assert.equal("debug", sent.level)
    assert.equal(body.executionId, sent.execution)
    assert.equal(body.executionId, sent.message)
  end)

  it("has the place of a script's error, and nothing of the recipient", function()
    assert.equal(400, (trigger "fail"))
    assert.same({ level = "warn", request = "r-1", campaign = "plain", at = "campaigns/plain.lua:5" }, line "on_trigger failed")
    api:call("GET", "/hooks/broken", { headers = { ["x-request-id"] = "from-outside" } })
    assert.same({ level = "warn", request = "from-outside", endpoint = "/hooks/broken", at = "endpoints/broken.lua:3" }, line "an endpoint failed")
    for _, each in ipairs(lines) do
      for _, value in pairs(each.fields) do assert.is_nil(tostring(value):find("jane", 1, true)) end
    end
  end)

  it("has the answers of 500 and above", function()
    api.engine.store = setmetatable({ accept = function() return nil, "the disk is full", "storage-unavailable" end },
      { __index = function(_, name) return function(_, ...) return api.store[name](api.store, ...) end end })
    assert.equal(503, (trigger "fine"))
    assert.same({ level = "warn", request = "from-outside", method = "POST", status = 503, code = "storage-unavailable" },
      line "a request was answered with 503")
  end)
end)
