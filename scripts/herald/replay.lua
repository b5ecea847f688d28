-- Runs recorded triggers against other code and says what would differ. On one side stands what the journal has as decided
-- and what the pinned version renders, on the other the code in question, which sees what the first run saw. Sends nothing,
-- writes nothing, asks nobody.

local compare = require "herald.replay.compare"
local delivery = require "herald.delivery"
local ids = require "herald.ids"
local payload = require "herald.payload"
local record = require "herald.journal.record"
local rendering = require "herald.rendering"
local run = require "herald.replay.run"
local window = require "herald.window"

local M = {}

local PAGE = 500

---@class herald.ReplayOptions
---@field since integer
---@field campaign string|nil only this one's
---@field find fun(id: string): herald.Campaign|nil, string|nil the code in question, ready to run
---@field most integer how many differing triggers are kept with their particulars

---@class herald.ReplayReport
---@field replayed integer
---@field differing integer
---@field not_comparable integer
---@field fields table<string, integer> field -> how many triggers differ in it
---@field reasons table<string, integer> why triggers could not be compared -> how many
---@field masked integer compared with marks in the place of masked values
---@field exceeded integer on which the code in question exceeded a limit
---@field differences { message: string, campaign: string, user_id: string, at: integer, differences: herald.Difference[] }[]

local function delay_of(steps)
  local ms = 0
  for _, step in ipairs(steps) do
    if step[1] == "delay" then ms = type(step[3]) == "string" and window.duration(step[3]) or step[3] end
  end
  return ms
end

-- What the store has of the first run, masked by rule.
local function input_of(engine, row, kept, found)
  local mask, doc = engine.journal.mask, payload.parse(row.payload)
  local function part(name, text) return mask:text(name, text, found) end
  local sent = part("context", doc:raw(doc:find(1, "context")))
  return {
    at = row.at, type = row.type, user_id = row.user_id, namespace = row.namespace,
    context = kept.context and part("context", kept.context) or sent,
    profile = part("profile", doc:raw(doc:find(1, "profile"))), channel_data = part("channelData", doc:raw(doc:find(1, "channelData"))),
    tape = kept.tape, masked = found,
  }, sent
end

-- What was decided when it happened; context is not known apart from marks where values are masked.
local function decided_then(row, kept, sent)
  local is_skipped = row.state == "skipped"
  return {
    verdict = row.verdict or is_skipped and "skipped" or "sent", reason = (is_skipped or row.verdict) and row.reason or nil, delay_ms = delay_of(kept.steps),
    channel = row.channel, surface = row.surface, context = sent, places = {},
  }
end

local function render(engine, campaign, row, decided, profile)
  local roots = rendering.roots(campaign, {
    id = ids.format(row.id), context = decided.context, profile = profile, links = engine.settings.links,
  })
  local content, failure = rendering.render(campaign, decided.channel, roots, row.at)
  return content or { error = failure }
end

local function joined(paths)
  local names = {}
  for path in pairs(paths) do names[#names + 1] = path end
  table.sort(names)
  return table.concat(names, ", ")
end

-- The old side of a comparison; where values are masked the pinned version runs, too, so that both sides see the same marks.
local function old_side(engine, campaign, row, kept, input, sent, found)
  local old = decided_then(row, kept, sent)
  if not next(found) then return old end
  local again = run.run(engine, campaign, input)
  old.context = again.context
  if again.lost or #compare.decisions(old, again) > 0 then return nil, "what was decided depends on a masked value: " .. joined(found) end
  return old
end

---What differs between what became of one recorded trigger and what the code in question makes of it.
---@param engine herald.Engine
---@param row table as store:journal gives it; verdict, where no message came of it: "rejected" or "script error"
---@param options { find: fun(id: string): herald.Campaign|nil, string|nil }
---@param report { masked: integer, exceeded: integer } counts those with masked values, and the runs that exceeded a limit
---@return herald.Difference[]|nil
---@return string|nil reason why that cannot be said
function M.differences(engine, row, options, report)
  local kept = record.decode(row.record or "")
  local old_campaign = engine.registry:version(row.campaign, row.version)
  if not old_campaign then return nil, "the version that accepted it cannot be loaded" end
  if old_campaign.on_trigger and not row.record then
    return nil, "what its script saw is not recorded: the journal was off, or journal.keep is over"
  end
  local new_campaign, missing = options.find(row.campaign)
  if not new_campaign then return { { field = "campaign", old = row.campaign, new = missing } } end
  local found = {}
  for _, path in ipairs(kept.masked) do found[path] = true end
  local input, sent = input_of(engine, row, kept, found)
  local profile = engine.journal.mask:text("profile", delivery.profile_text(engine, row, payload.parse(row.payload)), found)
  local old, reason = old_side(engine, old_campaign, row, kept, input, sent, found)
  if not old then return nil, reason end
  local new = run.run(engine, new_campaign, input)
  if new.lost then return nil, "an answer was not kept: " .. new.lost end
  if next(found) then report.masked = report.masked + 1 end
  if new.bound then report.exceeded = report.exceeded + 1 end
  -- The same failure on another line is the same.
  if old.verdict == "script error" and new.verdict == old.verdict then new.reason = old.reason end
  local list = compare.decisions(old, new)
  if old.verdict ~= "sent" or new.verdict ~= "sent" or new.new_question then return list end
  local messages = compare.messages(
    render(engine, old_campaign, row, old, profile), render(engine, new_campaign, row, new, profile))
  return table.move(messages, 1, #messages, #list + 1, list)
end

local function count(map, name)
  map[name] = (map[name] or 0) + 1
end

local function replay_one(engine, row, options, report)
  local list, reason = M.differences(engine, row, options, report)
  report.replayed = report.replayed + 1
  if not list then
    report.not_comparable = report.not_comparable + 1
    return count(report.reasons, reason)
  end
  if #list == 0 then return end
  report.differing = report.differing + 1
  for _, difference in ipairs(list) do count(report.fields, difference.field) end
  if #report.differences < options.most then
    report.differences[#report.differences + 1] = {
      message = ids.format(row.id), campaign = row.campaign, user_id = row.user_id, at = row.at, differences = list,
    }
  end
end

---@param engine herald.Engine with the store to read and the project of the code in question
---@param options herald.ReplayOptions
---@return herald.ReplayReport|nil
---@return string|nil message
function M.run(engine, options)
  local report = {
    replayed = 0, differing = 0, not_comparable = 0, masked = 0, exceeded = 0, fields = {}, reasons = {}, differences = {},
  }
  local after
  repeat
    local rows, message = engine.store:journal { campaign = options.campaign, since = options.since, after = after, limit = PAGE }
    if not rows then return nil, message end
    for _, row in ipairs(rows) do
      replay_one(engine, row, options, report)
      after = row.id
    end
  until #rows < PAGE
  return report
end

---The campaigns of the engine's project as the code in question.
---@param engine herald.Engine
---@return fun(id: string): herald.Campaign|nil, string|nil
function M.from_project(engine)
  local ready = {}
  return function(id)
    local campaign = engine.project.campaigns[id]
    if not campaign then return nil, "the project has no such campaign" end
    if not ready[id] then
      local compiled, message = rendering.compile(campaign, engine.project)
      if not compiled then return nil, message end
      campaign.compiled, campaign.version, ready[id] = compiled, campaign.hash, true
    end
    return campaign
  end
end

---The live versions of the store as the code in question.
---@param engine herald.Engine
---@return fun(id: string): herald.Campaign|nil, string|nil
function M.from_live(engine)
  local live = {}
  return function(id)
    if live[id] == nil then live[id] = (engine.store:campaign(id) or {}).live or false end
    if not live[id] then return nil, "no version of it is live" end
    return engine.registry:version(id, live[id])
  end
end

return M
