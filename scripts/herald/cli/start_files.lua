-- The files that init and new write. They pass the check, and their specs pass, as they are.

local editor_files = require "herald.cli.editor_files"

local M = {}

M.DEFAULT_SURFACES = { email = "transactional", sms = "texts", push = "app", webhook = "hooks" }

local SETTINGS = [[
-- The settings of this project; what is not said here has a default.
return {
  listen     = "127.0.0.1:8025",
  data       = "data",
  activation = "automatic",   -- every version that passes its review goes live; say "reviewed" where people decide
}
]]

local SURFACES = {
  email = [[
-- Email into files under data/captured. Change the provider to "smtp" and say url, user and password to send real mail.
return surface {
  name     = "@name@",
  channel  = "email",
  provider = "capture",
  from     = "Example <no-reply@example.com>",
}
]],
  sms = [[
-- Text messages into files under data/captured. Change the provider to send real ones.
return surface {
  name     = "@name@",
  channel  = "sms",
  provider = "capture",
}
]],
  push = [[
-- Push messages into files under data/captured. Change the provider to reach real devices.
return surface {
  name     = "@name@",
  channel  = "push",
  provider = "capture",
}
]],
  webhook = [[
-- Calls into files under data/captured. Change the provider to "http" to call for real.
return surface {
  name     = "@name@",
  channel  = "webhook",
  provider = "capture",
}
]],
}

local CAMPAIGN = [[
-- @title@: say here what it sends, and when.
local campaign = require "campaign"

return campaign {
  id        = "@id@",
  title     = "@title@",
  category  = "transactional",
  channel   = "@channel@",
  surface   = "@surface@",
  namespace = "@namespace@",
  context   = { firstName = "string", link = "url" },
  message   = {
@message@
  },
}
]]

local MESSAGES = {
  email = [[
    subject = "@title@",
    html    = campaign.template "@id@.html",
    text    = "Hello {{context.firstName}}, go on here: {{context.link}}",]],
  sms = [[
    text = "Hello {{context.firstName}}: {{context.link}}",]],
  push = [[
    title = "@title@",
    body  = "Hello {{context.firstName}}",
    link  = "{{{context.link}}}",]],
  webhook = [[
    method  = "POST",
    url     = "https://example.com/hook",
    headers = { ["Content-Type"] = "application/json" },
    body    = '{"name":"{{context.firstName}}","link":"{{context.link}}"}',]],
}

local HTML = [[
<!doctype html>
<html>
  <body>
    <p>Hello {{context.firstName}},</p>
    <p><a href="{{context.link}}">Go on here</a>.</p>
  </body>
</html>
]]

local SPEC = [[
local kit = require "herald.testing"

describe("@id@", function()
  local engine

  before_each(function() engine = kit.engine { now = "2026-11-23T10:00:00Z" } end)
  after_each(function() engine:close() end)

  local function send(context)
    return engine:trigger("@id@", {
      userId = "@user@",@channel_data@
      context = context,
    })
  end

  it("is the message that we agreed on", function()
    assert.equal(202, send({ firstName = "Jane", link = "https://example.com/go" }).status)
    assert.golden(engine:delivered()[1], "@id@") -- after a change that is meant: herald test --update
  end)

  it("carries the link, whatever else there is", function()
    kit.check("@id@", function(message, context)
      @invariant@
    end)
  end)

  it("is refused without the link", function()
    assert.equal("context-invalid", send({ firstName = "Jane" }).code)
  end)

  it("is tried again when the provider is away", function()
    engine:fail_next { fault = "timeout" }
    send { firstName = "Jane", link = "https://example.com/go" }
    assert.same({}, engine:delivered())
    engine:travel "1 hour"
    assert.equal(1, #engine:delivered())
  end)
end)
]]

-- Of a new project: what a script that asks another system looks like, and how it is tested.
local REMINDER = [[
-- Reminds somebody of what is left to do, a day later, unless the shop says that it is done.
local campaign = require "campaign"

return campaign {
  id        = "reminder",
  title     = "Reminder",
  channel   = "email",
  surface   = "transactional",
  namespace = "email",
  context   = { task = "string", link = "url" },
  message   = {
    subject = "Still to do: {{context.task}}",
    text    = "Go on here: {{context.link}}",
  },

  on_trigger = function(trigger)
    local answer = http.post("https://shop.example.com/api/done", {
      body = { user = trigger.recipient.userId, task = trigger.context.task }, timeout = "2 seconds",
    })
    if answer and answer.status == 200 and answer:json().done then return trigger:skip "done-already" end
    trigger:delay "1 day"
  end,
}
]]

local REMINDER_SPEC = [[
local kit = require "herald.testing"

local DONE = "https://shop.example.com/api/done"

describe("reminder", function()
  local engine

  before_each(function() engine = kit.engine { now = "2026-11-23T10:00:00Z" } end)
  after_each(function() engine:close() end)

  local function remind()
    return engine:trigger("reminder", {
      userId = "jane@example.com", context = { task = "your address", link = "https://example.com/go" },
    })
  end

  it("comes after a day", function()
    engine:http("POST", DONE, { json = { done = false } })
    remind()
    engine:travel "23 hours"
    assert.same({}, engine:delivered())
    engine:travel "1 hour"
    assert.equal("Still to do: your address", engine:delivered()[1].subject)
    assert.same({ user = "jane@example.com", task = "your address" }, engine:http_calls()[1].json)
  end)

  it("is left out when the task is done", function()
    engine:http("POST", DONE, { json = { done = true } })
    assert.equal("done-already", remind().messages[1].reason)
  end)

  for name, answer in pairs {
    ["is away"] = { fault = "connect" },
    ["has an error"] = { status = 500 },
    ["takes too long"] = { takes = "5 seconds" },
  } do
    it("comes all the same when the shop " .. name, function()
      engine:http("POST", DONE, answer)
      remind()
      engine:travel "25 hours"
      assert.equal(1, #engine:delivered())
    end)
  end
end)
]]

local DEVICE = { appID = "app", platform = "android", token = "TOKEN" }

-- By channel: the namespace, the recipient of the spec, and how the link is looked for.
local KINDS = {
  email = { namespace = "email", user = "jane@example.com", invariant = "assert.matches(context.link, message.text, 1, true)" },
  sms = { namespace = "phone", user = "+15550100", invariant = "assert.matches(context.link, message.text, 1, true)" },
  push = { namespace = "email", user = "jane@example.com", invariant = "assert.equal(context.link, message.link)",
    device = DEVICE, channel_data = '\n      channelData = { pushInfo = { appID = "app", platform = "android", token = "TOKEN" } },' },
  webhook = { namespace = "email", user = "jane@example.com", invariant = "assert.equal(context.link, kit.decode(message.body).link)" },
}

local function fill(text, values)
  return (text:gsub("@([%l_]+)@", values))
end

local function title_of(id)
  local words = id:gsub("[._-]+", " ")
  return words:sub(1, 1):upper() .. words:sub(2)
end

---@param name string
---@param channel string
---@return { path: string, text: string }[]
function M.surface(name, channel)
  return { { path = ("surfaces/%s.lua"):format(name), text = fill(SURFACES[channel], { name = name }) } }
end

---@param id string
---@param channel string
---@param surface string
---@return { path: string, text: string }[]
function M.campaign(id, channel, surface)
  local kind = KINDS[channel]
  local values = {
    id = id, title = title_of(id), channel = channel, surface = surface, namespace = kind.namespace, user = kind.user,
    invariant = kind.invariant, channel_data = kind.channel_data or "",
  }
  values.message = fill(MESSAGES[channel], values)
  local list = {
    { path = ("campaigns/%s.lua"):format(id), text = fill(CAMPAIGN, values) },
    { path = ("spec/%s_spec.lua"):format(id), text = fill(SPEC, values) },
  }
  if channel == "email" then list[#list + 1] = { path = ("templates/%s.html"):format(id), text = HTML } end
  return list
end

---Whom the spec of a campaign triggers it for, and with what.
---@param channel string
---@return table recipient
function M.recipient(channel)
  local kind = KINDS[channel]
  return {
    userId = kind.user, channelData = kind.device and { pushInfo = kind.device },
    context = { firstName = "Jane", link = "https://example.com/go" },
  }
end

---A project with two email campaigns: one that says something, and one that asks another system first; and what
---editors need to know of the project.
---@return { path: string, text: string }[]
function M.project()
  local list = {
    { path = "herald.lua", text = SETTINGS },
    { path = ".gitignore", text = "data/\nsecrets/\n" },
  }
  for _, file in ipairs(M.surface("transactional", "email")) do list[#list + 1] = file end
  for _, file in ipairs(M.campaign("welcome", "email", "transactional")) do list[#list + 1] = file end
  list[#list + 1] = { path = "campaigns/reminder.lua", text = REMINDER }
  list[#list + 1] = { path = "spec/reminder_spec.lua", text = REMINDER_SPEC }
  for _, file in ipairs(assert(editor_files.all())) do list[#list + 1] = file end
  return list
end

return M
