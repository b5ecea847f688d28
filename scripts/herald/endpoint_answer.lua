-- What an endpoint's handler returned, as an HTTP answer. Runs within the handler's budget and reads raw, so that nothing
-- of the script is left to run when the answer is written.

local json = require "herald.json"
local json_rules = require "herald.json_rules"

local M = {}

local MOST_BYTES = 8 * 1000 * 1000
local MOST_HEADERS = 24

-- What only Herald knows: how long the answer is, and whether the connection goes on.
local OWN = { ["content-length"] = true, ["transfer-encoding"] = true, connection = true }

local function refuse(text, ...)
  error(("the handler's answer: " .. text):format(...), 0)
end

local function read_status(status)
  if math.type(status) == "integer" and status >= 200 and status <= 599 then return status end
  refuse("status: expected a whole number from 200 to 599, got %s", type(status) == "number" and tostring(status) or "a " .. type(status))
end

local function read_body(body)
  if body == nil or type(body) == "string" then return body or "" end
  if type(body) ~= "table" then refuse("body: expected a string or a table, got a %s", type(body)) end
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

---Nothing at all is 200; a body may stand without a status. Raises for what is no answer.
---@param status any
---@param body any
---@param headers any
---@return integer status
---@return string|table body
---@return table<string, string>|nil headers
function M.read(status, body, headers)
  if status == nil then return 200, { status = "ok" } end
  if type(status) == "table" or type(status) == "string" then return 200, read_body(status) end
  return read_status(status), read_body(body), read_headers(headers)
end

return M
