-- Review of what a message says: links, the text part, the way out of marketing, sizes, and what happens to
-- names that may be missing.

local M = {}

local MOST_HTML = 102 * 1000     -- beyond it large mail services cut a message off
local MOST_SUBJECT = 150
local MOST_SMS = 7 * 153         -- seven parts of a long text message
local MOST_PUSH = 4000           -- what the push services take, headers aside

local SCHEMES = { http = true, https = true, mailto = true, tel = true, sms = true, cid = true, data = true }

local function is_blank(source)
  return not source:find "%S"
end

local function by_path(list, path)
  for _, found in ipairs(list) do
    if found.path == path then return found end
  end
end

local function check_link(found, attribute, link, report)
  if link == "" then return report.warning("link-empty", found.path, attribute .. " is empty") end
  if link:find "^#" or link:find "^{" then return end
  local scheme = link:match "^(%a[%w+.-]*):"
  if not scheme then
    return report.error("link-relative", found.path, ('%s="%s" leads nowhere in a message: write the whole address, with https://'):format(attribute, link))
  end
  if scheme:lower() == "http" then
    return report.warning("link-insecure", found.path, ('%s="%s" is not https'):format(attribute, link))
  end
  if not SCHEMES[scheme:lower()] then
    report.error("link-scheme", found.path, ('%s="%s": links of the kind %s: do not work in messages'):format(attribute, link, scheme))
  end
end

local function check_links(list, report)
  for _, found in ipairs(list) do
    if found.mode == "html" then
      for attribute, quote, rest in found.source:gmatch "%f[%w-]([hHsS][rR][eEcC][fF]?)%s*=%s*([\"'])()" do
        local last = found.source:find(quote, rest, true)
        local link = last and found.source:sub(rest, last - 1):match "^%s*(.-)%s*$"
        local name = attribute:lower()
        if link and (name == "href" or name == "src") then check_link(found, name, link, report) end
      end
    end
  end
end

local function uses(list, prefix, name)
  for _, found in ipairs(list) do
    if found.path:sub(1, #prefix) == prefix then
      for _, used in ipairs(found.names) do
        if used == name then return true end
      end
    end
  end
  return false
end

-- What fills the links of a message is a setting.
local function check_message_links(project, list, report)
  for name, setting in pairs { unsubscribeUrl = "unsubscribe", mirrorUrl = "mirror" } do
    for _, found in ipairs(list) do
      if not project.settings.links[setting] and uses({ found }, found.path, "message." .. name) then
        report.error("link-unset", found.path,
          ('{{message.%s}} is empty: herald.lua needs links = { %s = "https://…/{id}" }'):format(name, setting))
      end
    end
  end
end

-- A channel with HTML has room for a link; on the others people stop by other means.
local function check_unsubscribe(campaign, project, messages, list, report)
  if campaign.definition.category ~= "marketing" then return end
  for name, entry in pairs(messages) do
    if not uses(list, entry.path .. ".", "message.unsubscribeUrl") then
      local channel = project.channels[name]
      local has_room = channel and channel.fields.html ~= nil
      local add = has_room and report.error or report.warning
      add("unsubscribe-missing", entry.path, "a marketing message needs {{message.unsubscribeUrl}}, so that people can stop it")
    end
  end
end

local function check_text_part(messages, report)
  for _, entry in pairs(messages) do
    if entry.message.html and not entry.message.text then
      report.warning("text-missing", entry.path .. ".text", "is made from the html; a written one reads better and is trusted more")
    end
  end
end

local function check_empty(project, messages, list, report)
  for name, entry in pairs(messages) do
    local channel = project.channels[name]
    for field, spec in pairs(channel and channel.fields or {}) do
      local found = spec.required and by_path(list, entry.path .. "." .. field)
      if found and is_blank(found.source) then report.error("text-empty", found.path, "is empty") end
    end
  end
end

-- A field's name, the most it should have, and why.
local SIZES = {
  { "%.html$", MOST_HTML, "some mail services show only the first part of so long a message" },
  { "%.subject$", MOST_SUBJECT, "most of so long a subject is not shown" },
  { "s%.push%.%w+$", MOST_PUSH, "push services do not take so much" },
  { "^messages?%.sms%.text$", MOST_SMS, "it takes more than seven text messages" },
}

local function check_sizes(campaign, list, report)
  for _, found in ipairs(list) do
    local path = found.path:gsub("^message%.", ("messages.%s."):format(campaign.definition.channel))
    for _, rule in ipairs(SIZES) do
      if path:find(rule[1]) and #found.source > rule[2] then
        report.warning("size", found.path, ("%d bytes before any value is in it, more than %d: %s"):format(#found.source, rule[2], rule[3]))
      end
    end
  end
end

local function escape(text)
  return (text:gsub("%W", "%%%0"))
end

-- Whether the template says what to do when the name is missing.
local function has_fallback(source, name)
  local path = "context%." .. escape(name)
  for _, form in ipairs { "#if%s+" .. path, "#unless%s+" .. path, "#with%s+" .. path, "#each%s+" .. path, path .. "%s*%?:" } do
    if source:find(form .. "%f[^%w_]") or source:find(form) then return true end
  end
  return false
end

local function check_defaults(campaign, list, report)
  for name, kind in pairs(campaign.definition.context or {}) do
    if kind:sub(-1) == "?" then
      for _, found in ipairs(list) do
        if uses({ found }, found.path, "context." .. name) and not has_fallback(found.source, name) then
          report.warning("default-missing", found.path,
            ("{{context.%s}} may be missing and nothing stands in for it: {%%= context.%s ?: \"…\" %%} or {{#if context.%s}}"):format(name, name, name))
        end
      end
    end
  end
end

-- With an on_trigger the script may be what uses a name.
local function check_unused(campaign, list, report)
  if campaign.on_trigger then return end
  for name in pairs(campaign.definition.context or {}) do
    local is_used = false
    for _, found in ipairs(list) do
      for _, used in ipairs(found.names) do
        is_used = is_used or used == "context" or used == "context." .. name or used:sub(1, #name + 9) == "context." .. name .. "."
      end
    end
    if not is_used then report.warning("context-unused", "context." .. name, "is declared and used nowhere") end
  end
end

---@param campaign herald.Campaign
---@param project herald.Project
---@param messages table<string, { path: string, message: table }>
---@param list herald.ReviewedTemplate[]
---@param report { error: function, warning: function }
function M.check(campaign, project, messages, list, report)
  check_links(list, report)
  check_message_links(project, list, report)
  check_unsubscribe(campaign, project, messages, list, report)
  check_text_part(messages, report)
  check_empty(project, messages, list, report)
  check_sizes(campaign, list, report)
  check_defaults(campaign, list, report)
  check_unused(campaign, list, report)
end

return M
