-- Writes the curl command that triggers a campaign: its id, a placeholder for the key, and every context
-- name that its templates use or its definition declares. It can be pasted into a shell as it is.

local payload = require "herald.payload"

local M = {}

local EXAMPLES = {
  url = "https://example.com/", string = "text", email = "jane@example.com", number = 1, integer = 1, boolean = true,
  datetime = "2026-01-01T00:00:00Z", array = payload.array {}, object = {}, map = {},
}
local ADDRESSES = {
  email = { "channelData", { { "emailAddress", "jane@example.com" } } },
  sms = { "channelData", { { "mobilePhoneNumber", "+15550100" } } },
  push = { "channelData", { { "pushInfo", { { "appID", "APP" }, { "platform", "android" }, { "token", "DEVICE-TOKEN" } } } } },
}
local USERS = { email = "jane@example.com", phone = "+15550100" }

local function example_of(kind)
  local name = type(kind) == "string" and kind:gsub("%?$", "") or "string"
  local value = EXAMPLES[name]
  if value == nil then return EXAMPLES.string end
  return value
end

-- Puts a value at a dotted path; an object wins over a plain value at the same place.
local function put(root, path, value)
  local steps = {}
  for step in path:gmatch("[^.]+") do
    if step:match("^%[%d+%]$") then break end
    steps[#steps + 1] = step
  end
  local at = root
  for index = 1, #steps - 1 do
    if type(at[steps[index]]) ~= "table" then at[steps[index]] = {} end
    at = at[steps[index]]
  end
  local last = steps[#steps]
  if last and type(at[last]) ~= "table" then at[last] = value end
end

---The context that a call should carry, with example values.
---@param declared table<string, string>|nil the definition's context
---@param used string[] dotted paths of the templates
---@return table context
---@return string[] names sorted, without "context."
function M.context(declared, used)
  local context, seen, names = {}, {}, {}
  for _, path in ipairs(used) do
    local name = path:match("^context%.(.+)$")
    if name and not name:match("^system%f[%W]") and not seen[name] then
      seen[name] = true
      put(context, name, EXAMPLES.string)
    end
  end
  for name, kind in pairs(declared or {}) do
    seen[name] = true
    if type(context[name]) ~= "table" then context[name] = example_of(kind) end
  end
  for name in pairs(seen) do names[#names + 1] = name end
  table.sort(names)
  return context, names
end

-- An ordered object is a list of {name, value}; anything else is written as JSON by payload.
local function write(value, indent)
  if type(value) ~= "table" or type(value[1]) ~= "table" or type(value[1][1]) ~= "string" then
    if type(value) ~= "table" or next(value) == nil or value[1] ~= nil then return payload.encode(value) end
    local members = {}
    for name, member in pairs(value) do members[#members + 1] = { name, member } end
    table.sort(members, function(a, b) return a[1] < b[1] end)
    return write(members, indent)
  end
  local lines = {}
  for index, member in ipairs(value) do
    lines[index] = ("%s  %s: %s"):format(indent, payload.quote(member[1]), write(member[2], indent .. "  "))
  end
  return "{\n" .. table.concat(lines, ",\n") .. "\n" .. indent .. "}"
end

local function quote_shell(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

local REQUEST_ID = "REQUESTID"

-- An address that listens everywhere is reached on this machine.
local EVERYWHERE = { [""] = true, ["*"] = true, ["0.0.0.0"] = true, ["[::]"] = true }

---Where a listener is reached from its own machine.
---@param listen string an address of the settings: 127.0.0.1:8025, unix:/run/herald.sock
---@param is_tls boolean
---@return { url: string, unix_socket: string|nil }
function M.place(listen, is_tls)
  local scheme = is_tls and "https://" or "http://"
  local path = listen:match "^unix:(.+)$"
  if path then return { url = scheme .. "localhost", unix_socket = path } end
  local host, port = listen:match "^(.*):(%d+)$"
  return { url = ("%s%s:%s"):format(scheme, EVERYWHERE[host] and "localhost" or host, port) }
end

---@class herald.CurlOptions
---@field id string campaign
---@field channel string
---@field namespace string
---@field declared table<string, string>|nil
---@field used string[] names of the templates
---@field url string where the server is reached, without a path
---@field unix_socket string|nil the socket that it listens on

---@param options herald.CurlOptions
---@return { command: string, url: string, names: string[] }
function M.command(options)
  local context, names = M.context(options.declared, options.used)
  local recipient = {
    { "type", "aep" }, { "namespace", options.namespace }, { "userId", USERS[options.namespace] or "USER-ID" },
  }
  if ADDRESSES[options.channel] then recipient[#recipient + 1] = ADDRESSES[options.channel] end
  recipient[#recipient + 1] = { "context", context }
  local url = options.url .. "/im/executions/unitary"
  local head = ('{\n  "requestId": "%s",\n  "campaignId": %s,\n  "recipients": [\n    '):format(REQUEST_ID, payload.quote(options.id))
  local body = quote_shell(head .. write(recipient, "    ") .. "\n  ]\n}")
  -- A new request id with each run: the same one again would only repeat the first answer.
  body = body:gsub(REQUEST_ID, "curl-'\"$(date +%%s%%N)\"'", 1)
  local socket = options.unix_socket and "--unix-socket " .. quote_shell(options.unix_socket) .. " " or ""
  local lines = {
    "curl -sS -X POST " .. socket .. quote_shell(url), '-H "Authorization: Bearer $HERALD_KEY"', "-H 'Content-Type: application/json'",
    "-d " .. body,
  }
  return { command = table.concat(lines, " \\\n  "), url = url, names = names }
end

return M
