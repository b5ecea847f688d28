-- The journal of an engine: what each run of on_trigger saw and decided, kept for a time beside its message, and a trace of
-- the calls that were refused. Masks of herald.lua are applied before anything is written.

local mask = require "herald.journal.mask"
local recording = require "herald.journal.recording"
local refusals = require "herald.journal.refusals"

local M = {}
---@class herald.Journal
---@field is_on boolean
---@field keep_ms integer
---@field mask herald.Mask
local Journal = {}
Journal.__index = Journal

---@param engine herald.Engine
---@return herald.Journal
function M.new(engine)
  local settings = engine.settings.journal
  return setmetatable({
    engine = engine, is_on = settings.on, keep_ms = settings.keep_ms, mask = mask.new(settings.mask),
    refusals = refusals.new(engine),
  }, Journal)
end

---The tape of one run; nil while the journal is off and nothing else asks for it.
---@return herald.Recording|nil
function Journal:tape()
  return (self.is_on or self.engine.shadow) and recording.new(self.mask) or nil
end

---Keeps a trace of a call that was refused, soon and not before it is answered.
---@param refused herald.Refused
function Journal:refused(refused)
  if self.is_on then self.refusals:note(refused) end
end

return M
