-- herald tail: follows messages, a line for each and one more whenever its state changes.

local loop = require "herald.loop"

local PAUSE_MS = 1000
local MOST_WATCHED = 200
local UNFINISHED = { waiting = true, held = true }

-- What Herald or its operator decided says why itself; else the provider does.
local DECIDED = { cancelled = true, expired = true, skipped = true }

local function show(app, message)
  if app.json then return app:print_json(message) end
  local why = DECIDED[message.state] and message.reason or message.answer or message.reason or ""
  app:print(("%s  %-9s  %s  %s  %s  %s"):format(
    message.settledAt or message.acceptedAt, message.state, message.id, message.campaignId, message.userId, (why:gsub("%c", " "))))
end

-- Shows those that are new or in another state than before, and remembers the unfinished ones.
local function take(app, messages, watched)
  for _, message in ipairs(messages) do
    local seen = watched[message.id]
    local now = message.state .. message.attempts
    if seen ~= now then show(app, message) end
    watched[message.id] = UNFINISHED[message.state] and now or nil
  end
end

local function watched_ids(watched)
  local ids = {}
  for id in pairs(watched) do ids[#ids + 1] = id end
  table.sort(ids, function(a, b) return a > b end)
  for index = MOST_WATCHED + 1, #ids do
    watched[ids[index]] = nil
    ids[index] = nil
  end
  return table.concat(ids, ",")
end

local function follow(app, args, last, watched)
  if next(watched) then
    local changed = app:call("GET", "/messages", { query = { ids = watched_ids(watched) } })
    if not changed then return nil end
    take(app, changed.messages, watched)
  end
  local query = { after = last, campaign = args.campaign, limit = not last and args.lines or 1000 }
  local body = app:call("GET", "/messages", { query = query })
  if not body then return nil end
  take(app, body.messages, watched)
  local newest = body.messages[#body.messages]
  return newest and newest.id or last or "0000000000000000"
end

local function run(app, args)
  local last, watched = nil, {}
  repeat
    last = follow(app, args, last, watched)
    if not last then return 1 end
    if not args.once then loop.sleep(PAUSE_MS) end
  until args.once
  return 0
end

return {
  { name = "tail", summary = "Follow messages and their states until Ctrl-C.", data = true, run = run,
    configure = function(command)
      command:option("--campaign", "Only this campaign's."):argname "ID"
      command:option("--lines", "How many of the past to begin with.", "20"):argname "N"
      command:flag("--once", "Print what there is and end.")
    end },
}
