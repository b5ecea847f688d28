-- The whole story of one message, in the order of its time.

local children = require "herald.children"
local ids = require "herald.ids"
local payload = require "herald.payload"
local record = require "herald.journal.record"
local sentences = require "herald.why.sentences"

local M = {}

---@class herald.StoryLine
---@field at integer
---@field kind string
---@field text string
---@field place string|nil file:line

local PARTS = { "context", "profile", "channelData" }

local function names_of(doc)
  local names = {}
  for _, part in ipairs(PARTS) do
    for child in children(doc, doc:find(1, part)) do names[#names + 1] = part .. "." .. doc:key(child) end
  end
  return names
end

-- The members of the context that the script changed, by what came and what templates see.
local function changed(received, doc)
  local before, after = payload.parse(received), doc:find(1, "context")
  local names = {}
  for child in children(doc, after) do
    local name = doc:key(child)
    local old = before:find(1, name)
    if not old or before:raw(old) ~= doc:raw(child) and before:raw(old) ~= '"[masked]"' then names[#names + 1] = "context." .. name end
  end
  return names
end

local function tell_call(engine, row, add)
  local execution = engine.store:execution(row.execution)
  local request_id = execution and execution.request_id
  local others = execution and #execution.messages > 1 and (", one of %d recipients"):format(#execution.messages) or ""
  add("call", ("The call %q came with the key %q, for %s (%s)%s."):format(request_id or "?", row.by, row.user_id, row.namespace, others))
  return request_id
end

local function tell_payload(row, doc, kept, add)
  local names = names_of(kept and kept.context and payload.parse(('{"context":%s,"profile":%s,"channelData":%s}'):format(
    kept.context, doc:raw(doc:find(1, "profile")), doc:raw(doc:find(1, "channelData")))) or doc)
  add("payload", #names > 0 and ("It brought %s."):format(table.concat(names, ", ")) or "It brought nothing but the recipient.")
end

local function tell_version(engine, row, add)
  local version = engine.store:version(row.campaign, row.version)
  local number = version and (" %d"):format(version.number) or ""
  local generation = row.generation and (", loaded as generation %d"):format(row.generation) or ""
  add("version", ("Version%s of the campaign (%s) accepted it%s."):format(number, row.version:sub(1, 12), generation))
  return version and version.number
end

local function tell_script(engine, campaign, row, kept, doc, add)
  if not campaign.on_trigger then
    return add("script", "The campaign has no on_trigger: nothing was decided.")
  end
  if not kept then
    local reason = engine.journal.is_on and "the record is past journal.keep, or the journal was off then" or "the journal is off (journal.on in herald.lua)"
    return add("script", ("What on_trigger saw and decided is not known: %s."):format(reason))
  end
  for _, entry in ipairs(kept.tape) do
    -- trigger:once is told as a step, with its place.
    if entry.kind ~= "once" or entry.words:find "^:" then add("asked", sentences.question(entry)) end
  end
  for _, step in ipairs(kept.steps) do add("decided", sentences.step(step), step[2]) end
  local names = kept.context and changed(kept.context, doc) or {}
  if #names > 0 then add("decided", ("The script set %s."):format(table.concat(names, ", "))) end
  if #kept.tape + #kept.steps + #names == 0 then add("script", "on_trigger ran and let it pass.") end
end

local function tell_sending(row, add)
  if row.attempts == 0 then return end
  add("rendered", ("It was rendered from that version for the channel %s and handed to the surface %s%s."):format(
    row.channel or "?", row.surface or "?", row.provider and ", provider " .. row.provider or ""))
end

-- The payload as it was received, masked by rule.
local function shown_payload(engine, doc, kept)
  local parts = {}
  for _, part in ipairs(PARTS) do
    local text = part == "context" and kept and kept.context or doc:raw(doc:find(1, part))
    parts[part] = payload.raw(engine.journal.mask:text(part, text, {}))
  end
  return parts
end

---@param engine herald.Engine
---@param id integer
---@param with_payload boolean|nil
---@return { row: table, request_id: string|nil, version_number: integer|nil, story: herald.StoryLine[], payload: table|nil }|nil
---@return string|nil message
---@return string|nil code
function M.tell(engine, id, with_payload)
  local rows, failure, code = engine.store:journal { since = 0, after = id - 1, limit = 1 }
  if not rows then return nil, failure, code end
  local row = rows[1]
  if not row or row.id ~= id then return nil, ("There is no message %s; it never was, or is past the retention."):format(ids.format(id)), "not-found" end
  local events, wrong, wrong_code = engine.store:events(id)
  if not events then return nil, wrong, wrong_code end
  local kept, doc, story = row.record and record.decode(row.record), payload.parse(row.payload), {}
  local function add(kind, text, place) story[#story + 1] = { at = row.at, kind = kind, text = text, place = place } end
  local request_id = tell_call(engine, row, add)
  tell_payload(row, doc, kept, add)
  local campaign, missing = engine.registry:version(row.campaign, row.version)
  if campaign then add("window", sentences.window(campaign)) end
  local number = tell_version(engine, row, add)
  if campaign then
    tell_script(engine, campaign, row, kept, doc, add)
  else
    add("version", ("That version cannot be loaded any more: %s."):format(tostring(missing)))
  end
  tell_sending(row, add)
  for _, event in ipairs(events) do
    local text = sentences.event(event)
    if text then story[#story + 1] = { at = event.at, kind = event.kind, text = text } end
  end
  story[#story + 1] = { at = engine.clock:now(), kind = "next", text = sentences.next(row) }
  return {
    row = row, request_id = request_id, version_number = number, story = story, payload = with_payload and shown_payload(engine, doc, kept) or nil,
  }
end

return M
