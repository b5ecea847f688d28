-- The tape of a live run: hears what the world answered and what the script decided, and gives the journal's record of it.
-- A run that asks and decides nothing costs a table.

local payload = require "herald.payload"
local question_of = require "herald.journal.question"
local record = require "herald.journal.record"

local M = {}
local Recording = {}
Recording.__index = Recording

-- Of one run, in bytes: what is beyond is not kept, and a replay says so.
local MOST_TAPE = 64 * 1024

local function as_json(value)
  if value == nil then return "null" end
  if type(value) ~= "string" then return tostring(value) end
  return payload.quote(utf8.len(value) and value or (value:gsub("[\128-\255]", "?")))
end

-- What tells the world something and is told nothing.
M.SILENT = { sleep = true, log = true, metric = true }

---@class herald.Recording : herald.Tape
---@field mask herald.Mask

---@param mask herald.Mask
---@return herald.Recording
function M.new(mask)
  return setmetatable({ mask = mask, steps = nil, tape = nil, masked = nil, size = 0 }, Recording)
end

local function masked_paths(self)
  self.masked = self.masked or {}
  return self.masked
end

-- The first name of a mask's rule for a word: kv for kv.get.
local function root_of(kind)
  return kind:match "^[^.]+"
end

-- The answers as JSON, or why there are none.
local function kept(self, kind, answers)
  kind = root_of(kind)
  if self.mask:hides(kind) then
    masked_paths(self)[kind] = true
    return '"masked"'
  end
  if self.mask.rules[kind] then
    local covered = { n = answers.n }
    for index = 1, answers.n do covered[index] = self.mask:value(kind, answers[index], masked_paths(self)) end
    answers = covered
  end
  local ok, text = pcall(record.answers, answers)
  if not ok then return '"not plain data"' end
  if self.size + #text > MOST_TAPE then return '"too long"' end
  self.size = self.size + #text
  return text
end

local function keep(self, kind, question, ...)
  local answers = table.pack(...)
  local words = self.mask:hides(root_of(kind)) and "" or question_of.words(kind, question)
  self.tape = self.tape or {}
  self.tape[#self.tape + 1] = ("[%s,%s,%s,%s]"):format(
    payload.quote(kind), payload.quote(question_of.digest(kind, question)), payload.quote(words), kept(self, kind, answers))
  return ...
end

---Asks the world and keeps what it says.
function Recording:ask(kind, question, f)
  if M.SILENT[kind] then return f() end
  return keep(self, kind, question, f())
end

-- Where masked by rule, the texts that a word was called with.
local function covered(self, word, value)
  if not self.mask.rules[word] or type(value) ~= "string" then return value end
  masked_paths(self)[word] = true
  return "[masked]"
end

---Keeps a step of the decision: the word, where it was called, and with what.
---@param word string
---@param place string
---@param a string|number|boolean|nil
---@param b string|number|boolean|nil
function Recording:note(word, place, a, b)
  if self.mask.rules[word] then a, b = covered(self, word, a), covered(self, word, b) end
  local step = '["' .. word .. '",' .. payload.quote(place) .. "," .. as_json(a)
  step = step .. (b == nil and "]" or "," .. as_json(b) .. "]")
  self.steps = self.steps and self.steps .. "," .. step or step
  self.last_place = place
end

---The journal's record of the run.
---@param received string|nil the context as it came, JSON text
---@param sent string|nil the context as the message has it
---@return string
function Recording:record(received, sent)
  local context
  received = received or "{}"
  if sent and sent ~= received then context = self.mask:text("context", received, masked_paths(self)) end
  if not (self.tape or context) then return self.steps and not self.masked and '{"s":[' .. self.steps .. "]}" or self:encode(nil) end
  return self:encode(context)
end

---@param context string|nil
---@return string
function Recording:encode(context)
  if not (self.steps or self.tape or context) then return "" end
  return record.encode { steps = self.steps, tape = self.tape, context = context, masked = self.masked }
end

return M
