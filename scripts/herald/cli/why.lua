-- herald why: the story of a message, or of what was called for a user.

local clock = require "herald.clock"
local since_of = require "herald.cli.since"
local window = require "herald.window"

local function line(app, at, text, place)
  app:print(("%s  %s%s"):format(at, text, place and " (" .. place .. ")" or ""))
end

local function of_message(app, args)
  local body = app:call("GET", "/messages/" .. args.id .. "/why", { query = { payload = args.payload and "true" or nil } })
  if not body then return 1 end
  if app.json then return app:print_json(body) end
  app:print(("%s  %s  %s  %s"):format(body.id, body.campaignId, body.userId, body.state))
  for _, part in ipairs(body.story) do line(app, part.at, part.text, part.place) end
  if body.payload then app:record(body.payload, { "context", "profile", "channelData" }) end
  return 0
end

local function of_user(app, args)
  local since, wrong
  if args.since then
    since, wrong = since_of(args.since, clock.system():now())
    if not since then return app:misused(wrong) end
  end
  local body = app:call("GET", "/why", { query = {
    user = args.user, campaign = args.campaign, namespace = args.namespace, since = since and window.format(since),
  } })
  if not body then return 1 end
  if app.json then return app:print_json(body) end
  for _, call in ipairs(body.calls) do
    local who = call.messageId and "message " .. call.messageId or ("call %q"):format(call.requestId or "?")
    line(app, call.at, ("%s: %s"):format(who, call.text), call.place)
  end
  app:print(body.summary)
  return 0
end

local function run(app, args)
  if args.id and (args.user or args.campaign) then return app:misused "name a message, or --user and --campaign, not both" end
  if args.id then return of_message(app, args) end
  if not args.user or not args.campaign then return app:misused "name a message, or --user and --campaign" end
  return of_user(app, args)
end

return {
  { name = "why", summary = "Tell why a message was sent, or was not.", data = true, run = run,
    configure = function(command)
      command:argument("id", "The message's id (16 hex digits)."):args "?"
      command:option("--user", "Instead of a message: the user's calls, also those that became none."):argname "U"
      command:option("--campaign", "With --user: of this campaign."):argname "ID"
      command:option("--namespace", "With --user: in this namespace alone."):argname "N"
      command:option("--since", "With --user: from then on, such as 1h or a time; as long as the journal keeps unless told."):argname "AGO"
      command:flag("--payload", "Show the payload, masked by rule.")
    end },
}
