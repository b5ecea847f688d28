-- What a script asks of another system: its options, checked, and the request that comes of them.

local duration = require "herald.primitives.duration"
local payload = require "herald.payload"
local secret = require "herald.secret"

local M = {}

local OPTIONS = {
  url = "string", method = "string", headers = "table", body = "string or table", json = "any", form = "table", query = "table",
  timeout = "string or number", retries = "table", redirects = "number or boolean", bearer = "string or secret", tls = "table",
}
local TLS = { ca = "string", certificate = "secret or string", key = "secret or string" }
local RETRIES = { times = "number", first = "string or number", most = "string or number", on = "table" }
local TIMEOUT_MS = 5000
local MOST_REDIRECTS, USUAL_REDIRECTS = 10, 5
local MOST_RETRIES = 10
local RETRIED = { 429, 502, 503, 504 }

-- Raises at the script's line, which is `level` above.
local function misuse(level, format, ...)
  error("http: " .. format:format(...), level + 1)
end

local function kind_of(value)
  return secret.is(value) and "secret" or type(value)
end

local function check_fields(fields, known, prefix, level)
  for name, value in next, fields do
    local expected = known[name]
    if not expected then misuse(level, "unknown field '%s%s'", prefix, tostring(name)) end
    if expected ~= "any" and not expected:find(kind_of(value), 1, true) then misuse(level, "%s%s: expected a %s", prefix, name, expected) end
  end
end

local function check_url(url, level)
  if url == nil then misuse(level, "url: missing") end
  if url:find "[%c%s]" then misuse(level, "url: a space or line break cannot be sent; encode it") end
  if not url:lower():find "^https?://[^/?#]" then misuse(level, "url: expected an http or https URL, got %q", url:sub(1, 100)) end
end

-- The headers, and the same with each secret by its name.
local function read_headers(given, level)
  local headers, shown = {}, {}
  for name, value in next, given or {} do
    if type(name) ~= "string" or type(value) ~= "string" and not secret.is(value) then misuse(level, "headers: expected strings") end
    if not name:find "^[%w!#$%%&'*+.^_`|~-]+$" then misuse(level, "headers: %q is no header's name", name) end
    local text = secret.reveal(value) or ""
    if text:find "[\r\n%z]" then misuse(level, "headers: %s: a line break cannot be sent", name) end
    headers[name], shown[name] = text, tostring(value)
  end
  return headers, shown
end

local function encode(text)
  return (tostring(text):gsub("[^%w._~-]", function(byte) return ("%%%02X"):format(byte:byte()) end))
end

local PLAIN = { string = true, number = true, boolean = true }

local function pairs_of(fields, word, level)
  local names, parts = {}, {}
  for name in next, fields do
    if type(name) ~= "string" then misuse(level, "%s: expected names", word) end
    names[#names + 1] = name
  end
  table.sort(names)
  for _, name in ipairs(names) do
    local value = rawget(fields, name)
    if type(value) == "table" and rawlen(value) == 0 and next(value) ~= nil then misuse(level, "%s: %s: expected a list", word, name) end
    for _, one in ipairs(type(value) == "table" and value or { value }) do
      if not PLAIN[type(one)] then misuse(level, "%s: %s: expected texts, numbers or booleans", word, name) end
      parts[#parts + 1] = encode(name) .. "=" .. encode(one)
    end
  end
  return table.concat(parts, "&")
end

local function with_query(url, query, level)
  if not query then return url end
  local address, fragment = url:match "^([^#]*)(.*)$"
  return address .. (address:find("?", 1, true) and "&" or "?") .. pairs_of(query, "query", level + 1) .. fragment
end

-- The body and the media type that it has unless a header says another one.
local function read_body(options, level)
  local body, given = rawget(options, "body"), 0
  for _, name in ipairs { "body", "json", "form" } do given = given + (rawget(options, name) ~= nil and 1 or 0) end
  if given > 1 then misuse(level, "body, json, form: one of them") end
  if rawget(options, "form") then return pairs_of(options.form, "form", level + 1), "application/x-www-form-urlencoded" end
  local value = rawget(options, "json")
  if value == nil and type(body) == "table" then value = body end
  if value == nil then return body end
  return payload.encode(value), "application/json"
end

local function has(headers, wanted)
  for name in pairs(headers) do
    if name:lower() == wanted then return true end
  end
end

local function set(headers, shown, name, text, as_shown)
  if has(headers, name:lower()) then return end
  headers[name], shown[name] = text, as_shown or text
end

local function read_tls(given, level)
  if not given then return nil end
  check_fields(given, TLS, "tls.", level + 1)
  local ca = rawget(given, "ca")
  if ca and (ca:sub(1, 1) == "/" or ca:find("..", 1, true) or ca:find "%c") then
    misuse(level, "tls.ca: expected a path in the project's folder, got %q", ca)
  end
  return { ca = ca, certificate = secret.reveal(rawget(given, "certificate")), key = secret.reveal(rawget(given, "key")) }
end

local function read_retries(given, level)
  if not given then return nil end
  check_fields(given, RETRIES, "retries.", level + 1)
  local times = math.tointeger(rawget(given, "times") or 2)
  if not times or times < 0 or times > MOST_RETRIES then misuse(level, "retries.times: expected a number from 0 to %d", MOST_RETRIES) end
  local on = {}
  for _, status in ipairs(rawget(given, "on") or RETRIED) do on[status] = true end
  return {
    times = times, on = on, first_ms = duration(rawget(given, "first") or 200, "http: retries.first", level + 1),
    most_ms = duration(rawget(given, "most") or 30000, "http: retries.most", level + 1),
  }
end

local function read_redirects(given, level)
  if given == nil or given == false then return 0 end
  if given == true then return USUAL_REDIRECTS end
  local most = math.tointeger(given)
  if not most or most < 0 or most > MOST_REDIRECTS then misuse(level, "redirects: expected a number from 0 to %d", MOST_REDIRECTS) end
  return most
end

---@class herald.HttpCall
---@field request herald.ScriptRequest
---@field shown table<string, string> the headers without their secrets
---@field retries { times: integer, on: table<integer, true>, first_ms: integer, most_ms: integer }|nil
---@field redirects integer how many may be followed

---@param options table
---@param level integer of the script's line above this function
---@return herald.HttpCall
function M.read(options, level)
  if type(options) ~= "table" then misuse(level, "expected a table") end
  check_fields(options, OPTIONS, "", level + 1)
  check_url(rawget(options, "url"), level + 1)
  local headers, shown = read_headers(rawget(options, "headers"), level + 1)
  local body, kind = read_body(options, level + 1)
  if kind then set(headers, shown, "Content-Type", kind) end
  local bearer = rawget(options, "bearer")
  if bearer then
    read_headers({ Authorization = bearer }, level + 1)
    set(headers, shown, "Authorization", "Bearer " .. (secret.reveal(bearer) or ""), "Bearer " .. tostring(bearer))
  end
  local method = rawget(options, "method") or body and "POST" or "GET"
  if not method:find "^%u+$" then misuse(level, "method: expected capital letters, got %q", method) end
  return {
    request = {
      url = with_query(rawget(options, "url"), rawget(options, "query"), level + 1), method = method, headers = headers, body = body,
      timeout_ms = math.max(1, duration(rawget(options, "timeout") or TIMEOUT_MS, "http: timeout", level + 1)),
      tls = read_tls(rawget(options, "tls"), level + 1),
    },
    shown = shown, retries = read_retries(rawget(options, "retries"), level + 1), redirects = read_redirects(rawget(options, "redirects"), level + 1),
  }
end

return M
