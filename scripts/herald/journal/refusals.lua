-- A trace of each call that became no message: who was meant, what for, when and why. A flood of them costs little: only
-- so many are written in a second, and the next one says how many were left out.

local loop = require "herald.loop"
local script_run = require "herald.script_run"

local M = {}
local Refusals = {}
Refusals.__index = Refusals

local MOST_A_SECOND = 50
local MOST_AT_ONCE = 200
local LONGEST = { campaign = 64, request_id = 255, user_id = 255, namespace = 64, reason = 500 }

-- There the store has enough to do, or the trouble is not the call's.
local UNTOLD = { overloaded = true, ["storage-unavailable"] = true, ["internal-error"] = true }

---One call that was refused.
---@class herald.Refused
---@field at integer
---@field by string the key's name
---@field campaign string as it was named
---@field request_id string
---@field code string of the answer
---@field reason string|nil what is wrong with the call as a whole
---@field recipients table[] user_id and namespace; false for one that could not be read
---@field faults table<integer, { code: string, text: string }> by recipient
---@field places table<integer, string>|nil where a recipient was rejected

---@param engine herald.Engine
---@return herald.Refusals
function M.new(engine)
  return setmetatable({ engine = engine, room = MOST_AT_ONCE, filled_at = 0, left_out = 0 }, Refusals)
end

-- Whether one more may be written now.
local function has_room(self, now)
  self.room = math.min(MOST_AT_ONCE, self.room + math.max(0, now - self.filled_at) * MOST_A_SECOND / 1000)
  self.filled_at = now
  if self.room < 1 then return false end
  self.room = self.room - 1
  return true
end

local function cut(name, text)
  local most = LONGEST[name]
  if not text or #text <= most then return text end
  return text:sub(1, (utf8.offset(text, 0, most + 1) or most + 1) - 1)
end

-- What a script's error says may hold values of the payload, so that its place alone is kept.
local function why(refused, index)
  local fault = refused.faults[index]
  if not fault then
    if next(refused.faults) then return refused.code, "another recipient of the call was refused" end
    return refused.code, refused.reason
  end
  if fault.code == "script-error" then return fault.code, nil, script_run.place(fault.text) end
  return fault.code, fault.text, refused.places and refused.places[index]
end

local function write(self, row)
  loop.spawn(function()
    local ok, message = self.engine.store:note_refusal(row)
    if not ok then self.engine.notices:warn("a refused call leaves no trace", "", { error = message }) end
  end)
end

---@param refused herald.Refused
function Refusals:note(refused)
  if UNTOLD[refused.code] then return end
  for index, recipient in ipairs(refused.recipients) do
    if recipient and recipient.user_id then
      if has_room(self, refused.at) then
        local code, reason, place = why(refused, index)
        write(self, {
          at = refused.at, by = refused.by, campaign = cut("campaign", refused.campaign), request_id = cut("request_id", refused.request_id),
          user_id = cut("user_id", recipient.user_id), namespace = cut("namespace", recipient.namespace), code = code,
          reason = cut("reason", reason), place = place, left_out = self.left_out,
        })
        self.left_out = 0
      else
        self.left_out = self.left_out + 1
      end
    end
  end
end

return M
