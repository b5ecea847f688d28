-- What the journal keeps of one run of on_trigger, as the store has it: one JSON text, empty where the script asked nothing,
-- decided nothing and changed nothing. What the message's own row says is not said again.
--   s  steps: [word, place, what it was called with, …]
--   t  tape: [word, digest, words, [answers]], or in the place of the answers why they are not kept
--   c  the context as it was received, where the script changed it
--   m  the paths of values that are masked in it

local crypto = require "herald.crypto"
local payload = require "herald.payload"

local M = {}

---@class herald.JournalRecord
---@field steps any[][]
---@field tape any[][]
---@field context string|nil JSON text
---@field masked string[]

local BINARY = "base64 of bytes"

-- Plain data as JSON can say it: bytes that are no text, and floats, come back as they were.
local function plain(value)
  local kind = type(value)
  if kind == "string" then return utf8.len(value) and value or { [BINARY] = crypto.base64(value) } end
  if math.type(value) == "float" then
    local text = ("%.17g"):format(value)
    if not text:find "^%-?%d" then error("a number that is none cannot be kept", 0) end
    return payload.raw(text:find "[.e]" and text or text .. ".0")
  end
  if kind ~= "table" then return value end
  local copy = {}
  for name, item in next, value do copy[name] = plain(item) end
  return copy
end

local function revived(value)
  if type(value) ~= "table" then return value end
  if value[BINARY] then return crypto.unbase64(value[BINARY]) end
  for name, item in next, value do value[name] = revived(item) end
  return value
end

---The answers of a question, in the order in which they were given. Raises for what is no plain data.
---@param answers table with n
---@return string JSON text
function M.answers(answers)
  local list, last = payload.array {}, answers.n
  while last > 0 and answers[last] == nil do last = last - 1 end
  for index = 1, last do
    local value = answers[index]
    list[index] = value == nil and payload.null or plain(value)
  end
  return payload.encode(list)
end

---@param parts { steps: string|nil, tape: string[]|nil, context: string|nil, masked: table<string, true>|nil } JSON texts; steps
---with commas between them
---@return string
function M.encode(parts)
  local members = {}
  if parts.context then members[#members + 1] = '"c":' .. parts.context end
  if parts.masked and next(parts.masked) then
    local paths = payload.array {}
    for path in pairs(parts.masked) do paths[#paths + 1] = path end
    table.sort(paths)
    members[#members + 1] = '"m":' .. payload.encode(paths)
  end
  if parts.steps then members[#members + 1] = '"s":[' .. parts.steps .. "]" end
  if parts.tape then members[#members + 1] = '"t":[' .. table.concat(parts.tape, ",") .. "]" end
  return #members > 0 and "{" .. table.concat(members, ",") .. "}" or ""
end

local function read_tape(list)
  local tape = {}
  for index, entry in ipairs(list or {}) do
    local answers, lost = entry[4], nil
    if type(answers) == "table" then
      answers.n = #answers
      for at = 1, answers.n do
        local value = revived(answers[at])
        if value == payload.null then value = nil end
        answers[at] = value
      end
    else
      answers, lost = nil, answers
    end
    tape[index] = { kind = entry[1], digest = entry[2], words = entry[3], answers = answers, lost = lost }
  end
  return tape
end

---@param text string as the store has it
---@return herald.JournalRecord
function M.decode(text)
  if text == "" then return { steps = {}, tape = {}, masked = {} } end
  local doc = assert(payload.parse(text))
  local context, value = doc:find(1, "c"), doc:value(1)
  return {
    steps = value.s or {}, tape = read_tape(value.t), context = context and doc:raw(context), masked = value.m or {},
  }
end

return M
