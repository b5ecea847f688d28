-- What an endpoint's handler returned, as an HTTP answer. Runs within the handler's budget and reads raw, so that nothing
-- of the script is left to run when the answer is written.

local form = require "herald.form"
local json = require "herald.json"
local json_rules = require "herald.json_rules"

local M = {}

local MOST_BYTES = 8 * 1000 * 1000
local MOST_HEADERS = 24

-- What only Herald knows: how long the answer is, and whether the connection goes on.
local OWN = { ["content-length"] = true, ["transfer-encoding"] = true, connection = true }

local TEXT = "text/plain; charset=utf-8"

-- body of a media type -> { content, media_type }
local bodies = setmetatable({}, { __mode = "k" })

local function body_of(content, media_type)
  local body = setmetatable({}, { __metatable = false, __name = "body" })
  bodies[body] = { content = content, media_type = media_type }
  return body
end

local function text_word(name, media_type)
  return function(text)
    if type(text) ~= "string" then error(("endpoint.%s: expected a string"):format(name), 2) end
    return body_of(text, media_type)
  end
end

local function form_word(fields)
  if type(fields) ~= "table" then error("endpoint.form: expected a table", 2) end
  local texts = {}
  for name, value in next, fields do
    local kind = type(value)
    if type(name) ~= "string" or kind ~= "string" and kind ~= "number" and kind ~= "boolean" then
      error("endpoint.form: expected names with texts, numbers or booleans", 2)
    end
    texts[name] = tostring(value)
  end
  return body_of(form.format(texts), "application/x-www-form-urlencoded")
end

---What stands behind `endpoint.` to say a body's media type.
M.words = { text = text_word("text", TEXT), html = text_word("html", "text/html; charset=utf-8"), form = form_word }

local function refuse(text, ...)
  error(("the handler's answer: " .. text):format(...), 0)
end

local function read_status(status)
  if math.type(status) == "integer" and status >= 200 and status <= 599 then return status end
  refuse("status: expected a whole number from 200 to 599, got %s", type(status) == "number" and tostring(status) or "a " .. type(status))
end

-- The bytes, and their media type where it is not JSON.
local function read_body(body)
  if body == nil then return "" end
  if type(body) == "string" then return body, TEXT end
  if type(body) ~= "table" then refuse("body: expected a string or a table, got a %s", type(body)) end
  local known = bodies[body]
  if known and #known.content > MOST_BYTES then refuse("body: larger than %d bytes", MOST_BYTES) end
  if known then return known.content, known.media_type end
  local message = json_rules.check(body, "body", MOST_BYTES)
  if message then refuse("%s", message) end
  return json.encode(body)
end

local function read_header(name, value)
  if type(name) ~= "string" or not name:find "^[%w!#$%%&'*+.^_`|~-]+$" then refuse("headers: expected names such as X-Shop") end
  if OWN[name:lower()] then refuse("headers.%s: this one is Herald's own", name) end
  if math.type(value) == "integer" then value = tostring(value) end
  if type(value) ~= "string" or value:find "[\0-\8\10-\31\127]" then refuse("headers.%s: expected a text of one line", name) end
  return name:lower() == "content-type" and "Content-Type" or name, value
end

local function read_headers(headers)
  if headers == nil then return nil end
  if type(headers) ~= "table" then refuse("headers: expected a table, got a %s", type(headers)) end
  local result, count = {}, 0
  for given, text in next, headers do
    local name, value = read_header(given, text)
    count = count + 1
    if count > MOST_HEADERS then refuse("headers: more than %d", MOST_HEADERS) end
    result[name] = value
  end
  return result
end

local function complete(status, body, headers)
  local content, media_type = read_body(body)
  headers = read_headers(headers) or {}
  headers["Content-Type"] = headers["Content-Type"] or media_type
  return status, content, headers
end

---Nothing at all is 200; a body may stand without a status. Raises for what is no answer.
---@return integer status
---@return string|table body
---@return table<string, string>|nil headers
function M.read(status, body, headers)
  if status == nil then return 200, { status = "ok" } end
  if type(status) == "table" or type(status) == "string" then return complete(200, status) end
  return complete(read_status(status), body, headers)
end

return M
