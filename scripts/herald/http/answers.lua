-- What the management endpoints share: reading a JSON body, turning a failure into a problem, and the
-- outside's spelling of ids and times.

local ids = require "herald.ids"
local payload = require "herald.payload"
local problem = require "herald.problem"
local window = require "herald.window"

local M = {}

---@param ms integer|nil
---@return string|nil RFC 3339 with milliseconds, UTC
function M.time(ms)
  if not ms then return nil end
  return window.format(ms)
end

---@param id integer
---@return string 16 lower-case hex digits
function M.id(id)
  return ids.format(id)
end

---@param text string
---@return integer|nil
function M.parse_id(text)
  return ids.parse(text)
end

---Turns `nil, message, code` of a module into an answer.
---@param message string|nil
---@param code string|nil
---@param additional table<string, any>|nil
---@return integer status
---@return table body
---@return table|nil headers
function M.failure(message, code, additional)
  if code == "closed" then code = "storage-unavailable" end
  if not code or not problem.status(code) then code = "internal-error" end
  local status, body = problem(code, { detail = message, additional = additional })
  return status, body, status == 503 and { ["Retry-After"] = "1" } or nil
end

---The body as a JSON object; an empty body is an empty object.
---@param request herald.Request
---@param fields table<string, string>|nil name -> Lua type or "any"; other names are refused
---@return table|nil
---@return integer|nil status of the problem
---@return table|nil body of the problem
function M.object(request, fields)
  local text = request.body
  if not text or text == "" then return {} end
  local doc, message, code = payload.parse(text)
  if not doc then return nil, problem(code or "invalid-json", { detail = message }) end
  if doc:kind(1) ~= "object" then
    return nil, problem("invalid-request", { detail = "The body must be a JSON object." })
  end
  local value = doc:value(1)
  for name, given in pairs(value) do
    local wanted = fields and fields[name]
    if given == payload.null then
      value[name] = nil
    elseif fields and not wanted then
      return nil, problem("invalid-request", { detail = ("There is no field %q here."):format(name) })
    elseif wanted and wanted ~= "any" and type(given) ~= wanted then
      local kind = wanted == "table" and "an array or object" or "a " .. wanted
      return nil, problem("invalid-request", { detail = ("%s: expected %s."):format(name, kind) })
    end
  end
  return value
end

---A whole number of the query string.
---@param request herald.Request
---@param name string
---@param default integer|nil
---@param most integer
---@return integer|nil
---@return integer|nil status
---@return table|nil body
function M.query_integer(request, name, default, most)
  local text = request.query[name]
  if not text then return default end
  local value = text:match("^%d+$") and math.tointeger(tonumber(text))
  if not value or value < 1 or value > most then
    return nil, problem("invalid-request", { detail = ("%s: expected a whole number from 1 to %d."):format(name, most) })
  end
  return value
end

---An instant: RFC 3339, or a date alone, which is its first moment in UTC.
---@param text string|nil
---@return integer|nil ms
---@return string|nil message
function M.parse_time(text)
  if text and text:match("^%d%d%d%d%-%d%d%-%d%d$") then text = text .. "T00:00:00Z" end
  return window.parse(text)
end

---Who asks, as it is written to the audit log.
---@param request herald.Request
---@return string
function M.by(request)
  return request.who and request.who.name or "unknown"
end

M.array = payload.array
M.problem = problem

return M
