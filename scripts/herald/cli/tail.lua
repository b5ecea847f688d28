-- herald tail: follows what happens to messages.

local loop = require "herald.loop"

local PAUSE_MS = 1000

local function line(app, event)
  if app.json then return app:print_json(event) end
  app:print(("%s  %-9s  %s  %s  %s"):format(event.at, event.kind, event.messageId or "-", event.campaignId or "-", event.detail or ""))
end

local function run(app, args)
  local after
  local turns = args.once and 1 or math.huge
  local turn = 0
  while turn < turns do
    turn = turn + 1
    local query = { after = after, campaign = args.campaign, limit = not after and args.lines or nil }
    local body = app:call("GET", "/events", { query = query })
    if not body then return 1 end
    for _, event in ipairs(body.events) do line(app, event) end
    after = body.next or after
    if turn < turns then loop.sleep(PAUSE_MS) end
  end
  return 0
end

return {
  { name = "tail", summary = "Follow the events of messages until Ctrl-C.", data = true, run = run,
    configure = function(command)
      command:option("--campaign", "Only this campaign's."):argname "ID"
      command:option("--lines", "How many of the past to begin with.", "20"):argname "N"
      command:flag("--once", "Print what there is and end.")
    end },
}
