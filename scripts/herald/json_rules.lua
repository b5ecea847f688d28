-- Whether JSON can say what a script made, and within how many bytes. Tables are read raw, so that no metamethod of the
-- script runs. One that is reached twice counts twice, for it would be written twice.

local payload = require "herald.payload"
local secret = require "herald.secret"

local M = {}

local DEEPEST = 60

local check

-- The field's path from the keys that led to it, such as order.items[2].
local function place(walk, depth)
  local parts = { walk.where }
  for index = 1, depth do
    local key = walk.keys[index]
    parts[#parts + 1] = type(key) == "number" and ("[%d]"):format(key) or (#parts > 0 and "." or "") .. key
  end
  return table.concat(parts)
end

local function spend(walk, depth, bytes)
  walk.left = walk.left - bytes
  if walk.left < 0 then return ("%s: larger than %d bytes"):format(walk.where or place(walk, depth), walk.most), "too-large" end
end

local function refuse(walk, depth, what)
  return ("%s: JSON cannot say %s"):format(place(walk, depth), what), "not-json"
end

local function check_items(walk, list, depth)
  for index = 1, rawlen(list) do
    walk.keys[depth + 1] = index
    local message, code = check(walk, rawget(list, index), depth + 1)
    if message then return message, code end
  end
end

local function check_members(walk, object, depth)
  for name, value in next, object do
    if type(name) ~= "string" then return refuse(walk, depth, ("an object with a %s as a name"):format(type(name))) end
    walk.keys[depth + 1] = name
    local message, code = spend(walk, depth + 1, #name + 3)
    if not message then message, code = check(walk, value, depth + 1) end
    if message then return message, code end
  end
end

local function check_table(walk, value, depth)
  if walk.open[value] then return refuse(walk, depth, "a table that contains itself") end
  if depth >= DEEPEST then return refuse(walk, depth, "a table that is nested so deeply") end
  walk.open[value] = true
  local message, code = (rawlen(value) > 0 and check_items or check_members)(walk, value, depth)
  walk.open[value] = nil
  return message, code
end

function check(walk, value, depth)
  local kind = type(value)
  local message, code = spend(walk, depth, kind == "string" and #value + 2 or 2)
  if message then return message, code end
  if secret.is(value) then return refuse(walk, depth, "a secret: it is not to be shown") end
  if kind == "table" then return check_table(walk, value, depth) end
  if kind == "number" and (value ~= value or value == math.huge or value == -math.huge) then
    return refuse(walk, depth, value ~= value and "NaN" or "infinity")
  end
  if kind == "function" or kind == "thread" or kind == "userdata" and value ~= payload.null then
    return refuse(walk, depth, "a " .. kind)
  end
end

---@param value any
---@param where string|nil the value's own path, for the message
---@param most integer bytes of JSON, about
---@return string|nil message what is wrong, with the field's path
---@return "too-large"|"not-json"|nil code
function M.check(value, where, most)
  return check({ where = where, most = most, left = most, keys = {}, open = {} }, value, 0)
end

return M
