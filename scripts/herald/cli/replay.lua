-- herald replay: recorded triggers against other code. Reads the store beside the daemon; nothing is sent or written.

local clock = require "herald.clock"
local engine = require "herald.engine"
local log = require "herald.log"
local payload = require "herald.payload"
local place = require "herald.cli.place"
local replay = require "herald.replay"
local since_of = require "herald.cli.since"
local store = require "herald.store"
local transfer = require "herald.transfer"
local window = require "herald.window"

-- Whoever runs scripts here gets no way out.
local function no_outside()
  return {
    sleep = function() end,
    http = function() return nil, "a replay asks nobody", "unreachable" end,
  }
end

-- The store to read: --data, the project's own, or where the code comes from elsewhere that of the present folder.
local function find_store(app, file)
  local data, message = place.data_dir(app)
  if not data then return nil, message end
  local path = data .. "/" .. file
  if place.exists(path) or app.data_dir or app.project_dir == "." then return path end
  local here = setmetatable({ project_dir = "." }, { __index = app })
  local other = place.data_dir(here)
  if other and place.exists(other .. "/" .. file) then return other .. "/" .. file end
  return nil, ("there is no store %s; say with --data which data folder holds the triggers"):format(path)
end

local function open(app)
  local project, message = place.load(app)
  if not project then return nil, message end
  local path, missing = find_store(app, project.settings.store.file)
  if not path then return nil, missing end
  local system = clock.system()
  local opened, failure, code = store.open { path = path, clock = system, readonly = true }
  if not opened then
    local advice = code == "not-found" and "; say with --data which data folder holds the triggers" or ""
    return nil, failure .. advice
  end
  local client = transfer.new {}
  local made = engine.new {
    store = opened, clock = system, transfer = client, project = project, data = ".", outside = no_outside(),
    log = log.open { format = "logfmt", level = "error" }, version = app.host.version,
  }
  return made, function()
    client:close()
    opened:close()
  end
end

local function sorted(map)
  local names = {}
  for name in pairs(map) do names[#names + 1] = name end
  table.sort(names, function(a, b) return map[a] > map[b] or map[a] == map[b] and a < b end)
  return names
end

local LONGEST_SHOWN = 200

local function shown(text)
  if text == nil then return "nothing" end
  text = text:gsub("%c", " ")
  if #text <= LONGEST_SHOWN then return text end
  return text:sub(1, (utf8.offset(text, 0, LONGEST_SHOWN) or LONGEST_SHOWN) - 1) .. "…"
end

-- Both texts from a little before the place where they part.
local function parting(old, new)
  if not old or not new or #old <= LONGEST_SHOWN and #new <= LONGEST_SHOWN then return shown(old), shown(new) end
  local at = 1
  while old:byte(at) == new:byte(at) do at = at + 1 end
  if at <= 60 then return shown(old), shown(new) end
  local first = utf8.offset(old, 0, at - 40) or 1
  return "…" .. shown(old:sub(first)), "…" .. shown(new:sub(first))
end

local function print_trigger(app, trigger)
  app:print(("%s  %s  %s  %s"):format(trigger.message, window.format(trigger.at), trigger.campaign, trigger.user_id))
  for _, difference in ipairs(trigger.differences) do
    local where = difference.place and " at " .. difference.place or ""
    if difference.field == "question" then
      app:print("    " .. shown(difference.new))
    else
      local old, new = parting(difference.old, difference.new)
      app:print(("    %s%s\n      - %s\n      + %s"):format(difference.field, where, old, new))
    end
  end
end

local function counted(count, one, many)
  return ("%d %s"):format(count, count == 1 and one or many)
end

local function print_report(app, report, since)
  for _, trigger in ipairs(report.differences) do print_trigger(app, trigger) end
  if report.differing > #report.differences then
    app:print(("… and %d more that differ; --limit shows more"):format(report.differing - #report.differences))
  end
  if report.replayed == 0 then return app:print(("no trigger was accepted since %s"):format(window.format(since))) end
  app:print(("%s replayed, %s"):format(counted(report.replayed, "trigger", "triggers"),
    report.differing == 0 and "none differs" or counted(report.differing, "differs", "differ")))
  for _, field in ipairs(sorted(report.fields)) do app:print(("  %6d  %s"):format(report.fields[field], field)) end
  if report.masked > 0 then
    app:print(("%d were compared with marks in the place of masked values; what depends on these was not compared"):format(report.masked))
  end
  for _, reason in ipairs(sorted(report.reasons)) do app:print(("%d could not be compared: %s"):format(report.reasons[reason], reason)) end
end

local function as_json(report)
  local list = payload.array {}
  for index, trigger in ipairs(report.differences) do
    list[index] = {
      messageId = trigger.message, campaignId = trigger.campaign, userId = trigger.user_id, acceptedAt = window.format(trigger.at),
      differences = payload.array(trigger.differences),
    }
  end
  return {
    replayed = report.replayed, differing = report.differing, masked = report.masked, notComparable = report.not_comparable,
    fields = report.fields, reasons = report.reasons, triggers = list,
  }
end

local function run(app, args)
  local most = math.tointeger(tonumber(args.limit))
  if not most or most < 0 then return app:misused(("--limit: expected a whole number, got %q"):format(args.limit)) end
  local since, wrong = since_of(args.since, clock.system():now())
  if not since then return app:misused(wrong) end
  local made, close = open(app)
  if not made then return app:fail(close) end
  local find = args.live and replay.from_live(made) or replay.from_project(made)
  local report, message = replay.run(made, { since = since, campaign = args.campaign, find = find, most = most })
  close()
  if not report then return app:fail(message) end
  if app.json then app:print_json(as_json(report)) else print_report(app, report, since) end
  return report.differing == 0 and 0 or 1
end

return {
  { name = "replay", summary = "Run recorded triggers against the project's code and show what would differ.", data = true, run = run,
    configure = function(command)
      command:option("--since", "From then on: 1h, \"30 minutes\", or a time."):argname "AGO":count "1"
      command:option("--campaign", "Only this campaign's."):argname "ID"
      command:flag("--live", "Against the versions that are live, not the project's files.")
      command:option("--limit", "How many differing triggers to show.", "20"):argname "N"
    end },
}
