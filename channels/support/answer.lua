-- How an HTTP provider's answer becomes an outcome: what every provider that speaks HTTP has in common.
local M = {}

local KEPT = 300

---The provider's answer as it is kept with the message: one line, not longer than KEPT characters.
---@param text string|nil
---@return string
function M.trim(text)
  local line = (text or ""):gsub("[%c%s]+", " "):match "^%s*(.-)%s*$"
  if #line <= KEPT then return line end
  local cut = line:sub(1, KEPT)
  local last = utf8.len(cut) and KEPT or select(2, utf8.len(cut)) - 1
  return line:sub(1, last) .. "…"
end

---The wait that a Retry-After header asks for (RFC 9110 10.2.3; the form in seconds, as APIs send it).
---@param headers table<string, string>|nil
---@return integer|nil ms
function M.retry_after(headers)
  local seconds = headers and tonumber(headers["retry-after"])
  return seconds and seconds >= 0 and seconds < 86400 and math.ceil(seconds * 1000) or nil
end

---Whether the same request can succeed later (RFC 9110: 408 and 5xx; RFC 8470: 425; RFC 6585: 429).
---@param status integer
---@return boolean
function M.is_transient(status)
  return status == 408 or status == 425 or status == 429 or status >= 500
end

---A request that got no answer at all: the provider may be back later. One that cannot even be made never gets any.
---@param why string
---@param kind string
---@return table outcome
function M.unreachable(why, kind)
  local state = kind == "invalid-request" and "failed" or "retry"
  return { state = state, code = kind or "connect", answer = M.trim(why) }
end

---The JSON object of an answer; an empty table when it is none.
---@param response table
---@param tools table
---@return table
function M.body(response, tools)
  local value = tools.json.decode(response.body or "")
  return type(value) == "table" and value or {}
end

---Form encoding, in the order of the names.
---@param fields table<string, string|number>
---@return string
function M.form(fields)
  local parts = {}
  for name, value in pairs(fields) do
    local text = tostring(value):gsub("[^%w*._ -]", function(char) return ("%%%02X"):format(char:byte()) end)
    parts[#parts + 1] = name .. "=" .. text:gsub(" ", "+")
  end
  table.sort(parts)
  return table.concat(parts, "&")
end

return M
