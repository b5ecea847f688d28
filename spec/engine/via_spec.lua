-- What on_trigger is told of its mistakes: the place, also where Lua has forgotten it after a tail call.
local apis = require "spec.support.api"
local payload = require "herald.payload"

local CAMPAIGN = [[return campaign {
  id = "note", channel = "email", surface = "transactional",
  messages = { email = { subject = "S", text = "T" }, sms = { text = "T" } },
  on_trigger = function(trigger)
    %s
  end,
}]]

local function detail(script)
  local api <close> = setmetatable({ api = apis.open { ["campaigns/note.lua"] = CAMPAIGN:format(script) } },
    { __close = function(self) self.api:close() end })
  local _, body = api.api:call("POST", "/im/executions/unitary", { body = {
    requestId = "r", campaignId = "note", recipients = payload.array { { type = "aep", userId = "jane@example.com", namespace = "email" } },
  } })
  return body.detail
end

describe("a mistake in on_trigger", function()
  it("is told with its line", function()
    assert.matches('campaigns/note.lua:5: trigger:via: name a surface, too', detail 'trigger:via "sms"', 1, true)
    assert.matches('campaigns/note.lua:5: trigger:via: there is no surface "x"', detail 'trigger:via("sms", "x")', 1, true)
  end)

  it("is told with the function's line when it is returned, or found afterwards", function()
    assert.matches('campaigns/note.lua:4: trigger:via: there is no surface "x"', detail 'return trigger:via("sms", "x")', 1, true)
    assert.matches("campaigns/note.lua:4: trigger.context.system: this name is reserved", detail "trigger.context.system = 1", 1, true)
  end)
end)
