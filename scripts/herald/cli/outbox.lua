-- herald outbox: the messages that are accepted and not finished.

local function list(app, args)
  local query = { state = args.state, campaign = args.campaign, limit = args.limit, after = args.after }
  local body = app:call("GET", "/outbox", { query = query })
  if not body then return 1 end
  if app.json then return app:print_json(body) end
  local rows = {}
  for index, message in ipairs(body.messages) do
    rows[index] = {
      message.id, message.campaignId, message.userId, message.state, message.attempts, message.dueAt, message.answer or message.reason,
    }
  end
  app:table({ "ID", "CAMPAIGN", "USER", "STATE", "ATTEMPTS", "DUE", "WHY" }, rows)
  if body.next then app:print("more: herald outbox list --after " .. body.next) end
  return 0
end

local function wrong_id(ids)
  for _, id in ipairs(ids) do
    if not id:match("^" .. ("%x"):rep(16) .. "$") then return id end
  end
end

local function change(verb, counted)
  return function(app, args)
    local wrong = wrong_id(args.ids)
    if wrong then return app:misused(("%q is not a message's id: expected 16 hex digits"):format(wrong)) end
    if (#args.ids == 0) == (args.campaign == nil) then
      return app:misused(("name the messages or give --campaign, one of the two: herald outbox %s ID…"):format(verb))
    end
    local body = app:call("POST", "/outbox/" .. verb, {
      body = { ids = #args.ids > 0 and args.ids or nil, campaign = args.campaign, reason = args.reason },
    })
    if not body then return 1 end
    -- Who names messages means them; a campaign may well have none that waits.
    local is_done = body[counted] > 0 or args.campaign ~= nil
    if app.json then
      app:print_json(body)
    else
      app:print(("%d %s%s"):format(body[counted], counted, is_done and "" or ": none of these messages waits"))
    end
    return is_done and 0 or 1
  end
end

local function which(command)
  command:argument("ids", "Message ids."):args "*"
  command:option("--campaign", "All of this campaign's, instead of ids."):argname "ID"
end

return {
  { name = "outbox", summary = "Look at and change what is not sent yet.", commands = {
    { name = "list", summary = "List the messages that are not finished.", data = true, run = list,
      configure = function(command)
        command:option("--state", "Only those in this state (waiting, held, …).")
        command:option("--campaign", "Only this campaign's."):argname "ID"
        command:option("--limit", "How many at most.", "100")
        command:option("--after", "Those behind this message's id."):argname "ID"
      end },
    { name = "retry", summary = "Try waiting messages now.", data = true, configure = which, run = change("retry", "retried") },
    { name = "cancel", summary = "Give waiting messages up.", data = true, run = change("cancel", "cancelled"),
      configure = function(command)
        which(command)
        command:option("--reason", "Why; it is kept with the messages.")
      end },
  } },
}
