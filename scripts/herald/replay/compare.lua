-- What differs between what was decided and what would be, field by field, in the order in which people read it.

local children = require "herald.children"
local payload = require "herald.payload"

local M = {}

local UNITS = { { 86400000, "d" }, { 3600000, "h" }, { 60000, "min" }, { 1000, "s" } }

---@class herald.Difference
---@field field string such as "decision", "delay", "context.region", "message.subject"
---@field old string|nil nil: there was none
---@field new string|nil
---@field place string|nil file:line of the new decision

local function duration(ms)
  for _, unit in ipairs(UNITS) do
    if ms > 0 and ms % unit[1] == 0 then return ("%d %s"):format(ms // unit[1], unit[2]) end
  end
  return ms == 0 and "none" or ms .. " ms"
end

local WORDS = { skipped = "skip", rejected = "reject" }

local function decision(decided)
  return decided.reason and ("%s: %s"):format(decided.verdict, decided.reason) or decided.verdict
end

local function members(text)
  local doc, list = payload.parse(text), {}
  for child in children(doc, 1) do list[doc:key(child)] = doc:raw(child) end
  return list
end

local function sorted_names(a, b)
  local names = {}
  for name in pairs(a) do names[#names + 1] = name end
  for name in pairs(b) do
    if a[name] == nil then names[#names + 1] = name end
  end
  table.sort(names)
  return names
end

local function add_members(list, prefix, old, new)
  for _, name in ipairs(sorted_names(old, new)) do
    if old[name] ~= new[name] then list[#list + 1] = { field = prefix .. name, old = old[name], new = new[name] } end
  end
end

---The decisions alone.
---@param old herald.Decided
---@param new herald.Decided
---@return herald.Difference[]
function M.decisions(old, new)
  local list = {}
  local function add(field, before, after, place)
    if before ~= after then list[#list + 1] = { field = field, old = before, new = after, place = place } end
  end
  if new.new_question then
    add("question", nil, "asks something new: " .. new.new_question)
    return list
  end
  add("decision", decision(old), decision(new), new.places[WORDS[new.verdict]])
  if old.verdict ~= "sent" or new.verdict ~= "sent" then return list end
  add("delay", duration(old.delay_ms), duration(new.delay_ms), new.places.delay)
  add("channel", old.channel, new.channel, new.places.via)
  add("surface", old.surface, new.surface, new.places.via)
  if old.context ~= new.context then add_members(list, "context.", members(old.context), members(new.context)) end
  return list
end

-- Fields of fields as paths: headers.X-A.
local function flatten(value, path, into)
  if type(value) ~= "table" then
    into[path] = tostring(value)
    return into
  end
  for name, item in pairs(value) do flatten(item, path == "" and tostring(name) or path .. "." .. tostring(name), into) end
  return into
end

---The rendered messages.
---@param old table field -> value, or { error = sentence }
---@param new table
---@return herald.Difference[]
function M.messages(old, new)
  local list = {}
  add_members(list, "message.", flatten(old, "", {}), flatten(new, "", {}))
  return list
end

return M
