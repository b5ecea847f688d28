-- Commands of a campaign's lifecycle.

local lifecycle = require "herald.lifecycle"

local function with_id(command)
  command:argument("id", "The campaign's id.")
end

local function print_checks(app, title, checks)
  for _, check in ipairs(checks) do
    local where = check.path and check.path ~= "" and check.path .. ": " or ""
    app:print(("%s  %s%s"):format(title, where, check.message))
  end
end

local function review(app, args)
  local body = app:call("GET", "/campaigns/" .. args.id .. "/review")
  if not body then return 1 end
  if app.json then
    app:print_json(body)
  else
    print_checks(app, "error  ", body.errors)
    print_checks(app, "warning", body.warnings)
    app:print(body.passes and ("%s can be activated: herald activate %s"):format(args.id, args.id)
      or ("%s cannot be activated: correct the errors first"):format(args.id))
  end
  return body.passes and 0 or 1
end

local function change(name)
  return function(app, args)
    local body = app:call("POST", ("/campaigns/%s/%s"):format(args.id, name))
    if not body then return 1 end
    if app.json then return app:print_json(body) end
    app:print(("%s is %s"):format(body.id, body.status))
    return 0
  end
end

local function duplicate(app, args)
  local body = app:call("POST", "/campaigns/" .. args.id .. "/duplicate", { body = { id = args.to } })
  if not body then return 1 end
  if app.json then return app:print_json(body) end
  app:print(("%s is a copy of %s, as a draft: herald activate %s"):format(body.id, args.id, body.id))
  return 0
end

local function unpark(app, args)
  local body = app:call("POST", ("/campaigns/%s/unpark"):format(args.id))
  if not body then return 1 end
  if app.json then return app:print_json(body) end
  app:print(("%s takes triggers again"):format(body.id))
  return 0
end

local function list(app, args)
  local body = app:call("GET", "/campaigns", { query = { status = args.status } })
  if not body then return 1 end
  if app.json then return app:print_json(body) end
  local rows = {}
  for index, campaign in ipairs(body.campaigns) do
    local status = campaign.status .. (campaign.parked and " (parked)" or "") .. (campaign.fileGone and " (file gone)" or "")
    rows[index] = { campaign.id, status, campaign.channel, campaign.draft and "yes" or "no", campaign.title }
  end
  app:table({ "ID", "STATUS", "CHANNEL", "DRAFT", "TITLE" }, rows)
  return 0
end

return {
  { name = "campaigns", summary = "List the campaigns and their status.", data = true, run = list,
    configure = function(command) command:option("--status", "Only those of this status."):choices(lifecycle.STATUSES) end },
  { name = "review", summary = "Show every check that stands before activation.", data = true, configure = with_id, run = review },
  { name = "activate", summary = "Make the draft version live.", data = true, configure = with_id, run = change "activate" },
  { name = "pause", summary = "Refuse triggers until resumed.", data = true, configure = with_id, run = change "pause" },
  { name = "resume", summary = "Make a paused campaign live again.", data = true, configure = with_id, run = change "resume" },
  { name = "stop", summary = "End a campaign for good.", data = true, configure = with_id, run = change "stop" },
  { name = "duplicate", summary = "Copy a campaign into a new draft.", data = true, run = duplicate,
    configure = function(command)
      with_id(command)
      command:option("--to", "The copy's id, instead of one made from the first's."):argname "ID"
    end },
  { name = "unpark", summary = "Let a campaign that is parked take triggers at once.", data = true, configure = with_id, run = unpark },
  { name = "archive", summary = "Put a stopped or completed campaign away.", data = true, configure = with_id, run = change "archive" },
}
