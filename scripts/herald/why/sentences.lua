-- What the journal and a message's history say, in plain sentences.

local payload = require "herald.payload"
local window = require "herald.window"

local M = {}

local function quoted(text)
  return ("%q"):format(tostring(text)):gsub("\\\n", " ")
end

---The campaign's window at a time.
---@param campaign { starts_ms: integer|nil, ends_ms: integer|nil }
---@return string
function M.window(campaign)
  local from, to = campaign.starts_ms and window.format(campaign.starts_ms), campaign.ends_ms and window.format(campaign.ends_ms)
  if from and to then return ("The campaign was open: it runs from %s to %s."):format(from, to) end
  if from then return ("The campaign was open: it runs from %s on."):format(from) end
  if to then return ("The campaign was open: it runs until %s."):format(to) end
  return "The campaign was open: it has neither start nor end."
end

local steps = {}

function steps.skip(reason) return ("The script skipped it: %s."):format(quoted(reason)) end
function steps.reject(reason) return ("The script rejected it: %s."):format(quoted(reason)) end
function steps.delay(by) return ("The script put it off by %s."):format(type(by) == "number" and by .. " ms" or tostring(by)) end

function steps.via(channel, surface)
  return ("The script chose the channel %s%s."):format(channel, surface and ", by the surface " .. surface or "")
end

function steps.once(key, is_first)
  return ("The script asked for %s once: it was %s."):format(quoted(key), is_first and "the first time" or "not the first time")
end

---A step of the script's decision.
---@param step any[] word, place, what it was called with
---@return string
function M.step(step)
  local say = steps[step[1]]
  if say then return (say(table.unpack(step, 3))) end
  return ("The script called %s."):format(step[1])
end

local LONGEST_ANSWER = 100

local function value_text(value)
  if value == nil then return "nothing" end
  local text = type(value) == "string" and quoted(value) or type(value) == "table" and payload.encode(value) or tostring(value)
  return #text <= LONGEST_ANSWER and utf8.len(text) and text or ("%d bytes"):format(#text)
end

local function answer_of(entry)
  if entry.lost then return ("the answer was not kept (%s)"):format(entry.lost) end
  local first = entry.answers[1]
  if entry.kind == "http" then
    if type(first) == "table" then return ("it answered with status %s"):format(tostring(first.status)) end
    return ("there was no answer: %s"):format(tostring(entry.answers[2]))
  end
  if entry.kind == "profile" then return first == "{}" and "nothing was known" or "it was there" end
  return "the answer was " .. value_text(first)
end

---A question to the world, and its answer.
---@param entry table of a record's tape
---@return string
function M.question(entry)
  local about = entry.words ~= "" and entry.kind ~= "profile" and " " .. entry.words or ""
  local what = entry.kind == "profile" and "the stored profile" or entry.kind .. about
  return ("The script asked %s: %s."):format(what, answer_of(entry))
end

local kinds = {
  sent = "It was sent", delivered = "The provider says that it was delivered", bounced = "It bounced", failed = "It was given up",
  expired = "It expired", cancelled = "It was cancelled", excluded = "It could not be made or addressed",
  retry = "An attempt failed, to be tried again", failover = "A surface did not take it, and another stood in",
}

---Something that happened to the message; nothing for what has been said already.
---@param event { kind: string, detail: string|nil }
---@return string|nil
function M.event(event)
  if event.kind == "queued" or event.kind == "skipped" then return nil end
  local head = kinds[event.kind] or "Event: " .. event.kind
  return event.detail and event.detail ~= "" and ("%s: %s"):format(head, event.detail) or head .. "."
end

local finished = {
  sent = "Nothing more is to be done: it is sent.", delivered = "Nothing more is to be done: it is delivered.",
  skipped = "Nothing was sent: the script skipped it.", failed = "Nothing more is tried: it was given up.",
  bounced = "Nothing more is tried: it bounced.", expired = "It is not sent any more: it expired.",
  cancelled = "It is not sent any more: it was cancelled.", excluded = "It is not sent: it could not be made or addressed.",
}

---What comes next, or that nothing does.
---@param message herald.MessageRecord
---@return string
function M.next(message)
  if message.state == "held" then return "Next: it is with a worker, which sends it as soon as the surface has a free connection." end
  local text = finished[message.state]
  if text then return text end
  local until_when = message.expires_at and (" It is given up if that is not done by %s."):format(window.format(message.expires_at)) or ""
  if message.attempts > 0 then
    return ("Next: attempt %d, at %s.%s"):format(message.attempts + 1, window.format(message.due_at), until_when)
  end
  local because = message.code and (" It waits because of %s: %s."):format(message.code, tostring(message.reason)) or ""
  return ("Next: it is sent at %s.%s%s"):format(window.format(message.due_at), because, until_when)
end

return M
