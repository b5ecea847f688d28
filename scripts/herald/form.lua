-- Names and values as a query and an HTML form have them (application/x-www-form-urlencoded), both ways.

local M = {}

local function decode(text)
  return (text:gsub("+", " "):gsub("%%(%x%x)", function(hex) return string.char(tonumber(hex, 16)) end))
end

local function encode(text)
  return (text:gsub("[^%w%-._~ ]", function(byte) return ("%%%02X"):format(byte:byte()) end):gsub(" ", "+"))
end

---Of a name that comes twice the last value holds. What is no escape stays as it is.
---@param text string|nil
---@param most integer|nil how many names there may be
---@return table<string, string>|nil nil: more than that
function M.parse(text, most)
  local fields, count = {}, 0
  for part in (text or ""):gmatch("[^&]+") do
    local name, value = part:match("^([^=]*)=?(.*)$")
    count = count + 1
    if most and count > most then return nil end
    fields[decode(name)] = decode(value)
  end
  return fields
end

---@param fields table<string, string> read raw
---@return string # in the order of the names
function M.format(fields)
  local parts = {}
  for name, value in next, fields do parts[#parts + 1] = encode(name) .. "=" .. encode(value) end
  table.sort(parts)
  return table.concat(parts, "&")
end

return M
