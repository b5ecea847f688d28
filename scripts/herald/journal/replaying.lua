-- The tape of a run that is repeated: answers what the journal has, and asks the world nothing. A question that it cannot
-- answer ends the run, whatever the script catches: what it decides after that says nothing.

local question_of = require "herald.journal.question"
local recording = require "herald.journal.recording"

local M = {}
local Replaying = {}
Replaying.__index = Replaying

---@class herald.Replaying : herald.Tape
---@field new_question string|nil what was asked and is not on the tape
---@field lost string|nil what was asked, and why its answer was not kept
---@field places table<string, string> word -> where it was called last

---@param tape any[] of a herald.JournalRecord
---@return herald.Replaying
function M.new(tape)
  local answers = {}
  for _, entry in ipairs(tape) do
    local name = entry.kind .. " " .. entry.digest
    local queue = answers[name] or { first = 1 }
    queue[#queue + 1] = entry
    answers[name] = queue
  end
  return setmetatable({ answers = answers, places = {} }, Replaying)
end

local function stop(self, field, text)
  self[field] = self[field] or text
  error("the journal has no answer to this", 0)
end

---Answers as the world did; never calls f.
function Replaying:ask(kind, question)
  if recording.SILENT[kind] then return end
  local queue = self.answers[kind .. " " .. question_of.digest(kind, question)]
  local entry = queue and queue[queue.first]
  local said = (kind .. " " .. question_of.words(kind, question)):gsub("%s+$", "")
  if self.new_question or self.lost then return stop(self, "new_question", said) end
  if not entry then return stop(self, "new_question", said) end
  queue.first = queue.first + 1
  if entry.lost then return stop(self, "lost", ("%s (%s)"):format(kind, entry.lost)) end
  return table.unpack(entry.answers, 1, entry.answers.n)
end

---Lets nothing out: what the run tells the world was told once.
function Replaying:tell() end

---Remembers where a decision was made.
function Replaying:note(word, place)
  self.places[word] = place
end

return M
