-- Why one user did, or did not, get a campaign's message: each call that was made for them, and when there was none, since
-- when it would have been seen.

local lifecycle = require "herald.lifecycle"
local record = require "herald.journal.record"
local sentences = require "herald.why.sentences"
local window = require "herald.window"

local M = {}

local PAGE = 1000
local MOST_CALLS = 100

---@class herald.WhyCall
---@field at integer
---@field kind "accepted"|"refused"
---@field outcome string the message's state, or the code of the refusal
---@field message_id integer|nil
---@field request_id string|nil
---@field namespace string|nil
---@field text string
---@field place string|nil

local function last_place(row, word)
  local place
  for _, step in ipairs(row.record and record.decode(row.record).steps or {}) do
    if step[1] == word then place = step[2] end
  end
  return place
end

local function accepted(row)
  local text = row.reason and row.state ~= "waiting" and ("%s: %s."):format(row.state, row.reason) or row.state .. "."
  if row.state == "waiting" or row.state == "held" then text = text .. " " .. sentences.next(row) end
  if row.state == "sent" and row.answer then text = ("sent: %s"):format(row.answer) end
  return {
    at = row.at, kind = "accepted", outcome = row.state, message_id = row.id, execution = row.execution, namespace = row.namespace, text = text,
    place = row.state == "skipped" and last_place(row, "skip") or nil,
  }
end

local function refused(row)
  local text = ("refused: %s%s."):format(row.code, row.reason and " (" .. row.reason .. ")" or "")
  if row.left_out > 0 then text = ("%s Before it %d refused calls left no trace, for there were too many."):format(text, row.left_out) end
  return {
    at = row.at, kind = "refused", outcome = row.code, request_id = row.request_id, namespace = row.namespace, text = text, place = row.place,
  }
end

-- The messages of the user, the newest MOST_CALLS of them, the oldest first.
local function read_messages(engine, query)
  local list, after = {}, nil
  repeat
    local rows, message, code = engine.store:journal {
      campaign = query.campaign, user_id = query.user, since = query.since, after = after, limit = PAGE,
    }
    if not rows then return nil, message, code end
    for _, row in ipairs(rows) do
      list[#list + 1] = row
      after = row.id
    end
    if #list > MOST_CALLS then list = table.move(list, #list - MOST_CALLS + 1, #list, 1, {}) end
  until #rows < PAGE
  return list
end

local function read_calls(engine, query)
  local messages, message, code = read_messages(engine, query)
  if not messages then return nil, message, code end
  local refusals, failure, failure_code = engine.store:refusals {
    user_id = query.user, campaign = query.campaign, since = query.since, limit = MOST_CALLS,
  }
  if not refusals then return nil, failure, failure_code end
  local calls = {}
  for _, row in ipairs(messages) do calls[#calls + 1] = accepted(row) end
  for _, row in ipairs(refusals) do calls[#calls + 1] = refused(row) end
  table.sort(calls, function(a, b) return a.at < b.at end)
  return calls
end

-- The calls in the namespace that is meant; several of them and none named is a question back.
local function in_namespace(calls, namespace)
  local seen, names, kept = {}, {}, {}
  for _, call in ipairs(calls) do
    local name = call.namespace
    if name and not seen[name] then
      seen[name] = true
      names[#names + 1] = name
    end
    if not namespace or name == namespace then kept[#kept + 1] = call end
  end
  if #names > 1 and not namespace then
    table.sort(names)
    return nil, ("This userId came in several namespaces: %s. Say which with namespace."):format(table.concat(names, ", "))
  end
  return kept
end

local function add_request_ids(engine, calls)
  for _, call in ipairs(calls) do
    local execution = call.execution and engine.store:execution(call.execution)
    if execution then call.request_id = execution.request_id end
  end
end

-- How the campaign stands now.
local function standing(engine, id)
  local entry = engine.registry:get(id)
  if not entry then return nil end
  local status = lifecycle.status(entry.record, entry.live, engine.clock:now())
  return status, entry.record
end

local function nothing_found(engine, query, record_of_campaign)
  local now, journal = engine.clock:now(), engine.journal
  local made = record_of_campaign.created_at
  local sent_since = math.max(query.since, now - engine.settings.retention_ms, made)
  local text = ("No call for %q reached this campaign: one that was accepted would be seen since %s"):format(query.user, window.format(sent_since))
  if not journal.is_on then return text .. ", one that was refused would leave no trace, for the journal is off (journal.on in herald.lua)." end
  return ("%s, one that was refused since %s."):format(text, window.format(math.max(query.since, now - journal.keep_ms, made)))
end

---@class herald.WhyQuery
---@field user string
---@field campaign string
---@field since integer
---@field namespace string|nil

---@param engine herald.Engine
---@param query herald.WhyQuery
---@return { calls: herald.WhyCall[], status: string|nil, summary: string }|nil
---@return string|nil message
---@return string|nil code
function M.tell(engine, query)
  local calls, message, code = read_calls(engine, query)
  if not calls then return nil, message, code end
  local kept, question = in_namespace(calls, query.namespace)
  if not kept then return nil, question, "invalid-request" end
  local status, record_of_campaign = standing(engine, query.campaign)
  if not status and #kept == 0 then return nil, "There is no campaign with this id.", "not-found" end
  add_request_ids(engine, kept)
  local summary
  if #kept == 0 then
    summary = nothing_found(engine, query, record_of_campaign)
  else
    summary = ("%d calls since %s."):format(#kept, window.format(query.since))
    if #kept == 1 then summary = ("One call since %s."):format(window.format(query.since)) end
  end
  if status and status ~= "live" then summary = ("%s The campaign is %s now: a call would be refused."):format(summary, status) end
  if not status then summary = summary .. " There is no campaign with this id." end
  return { calls = kept, status = status, summary = summary }
end

return M
