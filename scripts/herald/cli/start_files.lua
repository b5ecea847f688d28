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
  local engine = kit.engine { project = ".", now = "2026-11-23T10:00:00Z" }

  it("carries the link", function()
    local answer = engine:trigger("@id@", {
      userId = "@user@",@channel_data@
      context = { firstName = "Jane", link = "https://example.com/go" },
    })
    assert.equal(202, answer.status)
    assert.matches("https://example.com/go", engine:delivered()[1].@field@, 1, true)
  end)

  it("is refused without the link", function()
    assert.equal("context-invalid", engine:trigger("@id@", { userId = "@user@", context = { firstName = "Jane" } }).code)
  end)
end)
]]

-- By channel: the namespace, the recipient of the spec, and the field in which the link is looked for.
local KINDS = {
  email = { namespace = "email", user = "jane@example.com", field = "text" },
  sms = { namespace = "phone", user = "+15550100", field = "text" },
  push = { namespace = "email", user = "jane@example.com", field = "link",
    channel_data = '\n      channelData = { pushInfo = { appID = "app", platform = "android", token = "TOKEN" } },' },
  webhook = { namespace = "email", user = "jane@example.com", field = "body" },
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
    field = kind.field, channel_data = kind.channel_data or "",
  }
  values.message = fill(MESSAGES[channel], values)
  local list = {
    { path = ("campaigns/%s.lua"):format(id), text = fill(CAMPAIGN, values) },
    { path = ("spec/%s_spec.lua"):format(id), text = fill(SPEC, values) },
  }
  if channel == "email" then list[#list + 1] = { path = ("templates/%s.html"):format(id), text = HTML } end
  return list
end

---A project with one email campaign, and what editors need to know of it.
---@return { path: string, text: string }[]
function M.project()
  local list = {
    { path = "herald.lua", text = SETTINGS },
    { path = ".gitignore", text = "data/\nsecrets/\n" },
  }
  for _, file in ipairs(M.surface("transactional", "email")) do list[#list + 1] = file end
  for _, file in ipairs(M.campaign("welcome", "email", "transactional")) do list[#list + 1] = file end
  for _, file in ipairs(assert(editor_files.all())) do list[#list + 1] = file end
  return list
end

return M
