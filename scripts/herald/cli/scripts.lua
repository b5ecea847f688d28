-- Commands about the loaded scripts: reload, promote, generations, rollback.

-- What became of campaigns, each with what to do about it.
local CHANGES = {
  { "activated", "live now: %s" },
  { "drafts", "draft, not live until activated: %s" },
  { "fileGone", "file gone, goes on until stopped: %s" },
}

local function print_changes(app, body)
  for _, change in ipairs(CHANGES) do
    local ids = body[change[1]]
    if ids then app:print(change[2]:format(table.concat(ids, ", "))) end
  end
  return 0
end

local UNITS = { s = "seconds", m = "minutes", h = "hours", d = "days" }

-- "10m" as words; anything else is taken as it is.
local function duration(text)
  local count, unit = text:match "^(%d+)([smhd])$"
  return count and ("%s %s"):format(count, UNITS[unit]) or text
end

local function print_canary(app, body)
  app:print(("generation %d is tried beside generation %d; herald promote puts it in force, herald rollback withdraws it"):format(
    body.canary, body.generation))
  app:print(body.tried and "campaigns that are others: " .. table.concat(body.tried, ", ") or "no campaign is another")
  return 0
end

local function reload(app, args)
  local canary = args.canary and { percent = tonumber((args.canary:gsub("%%$", ""))), ["for"] = duration(args["for"] or "10m") }
  if args.canary and not canary.percent then return app:misused("--canary: expected a share such as 5%") end
  if args["for"] and not canary then return app:misused "--for: goes with --canary" end
  local body = app:call("POST", "/reload", { body = { canary = canary } })
  if not body then return 1 end
  if app.json then return app:print_json(body) end
  if body.canary then return print_canary(app, body) end
  app:print(body.generation and ("generation %d is in force"):format(body.generation) or "the project's campaigns are taken over")
  return print_changes(app, body)
end

local function promote(app)
  local body = app:call("POST", "/promote")
  if not body then return 1 end
  if app.json then return app:print_json(body) end
  app:print(("generation %d is in force"):format(body.generation))
  return print_changes(app, body)
end

local function rollback(app, args)
  local body = app:call("POST", "/rollback", { body = { generation = args.generation } })
  if not body then return 1 end
  if app.json then return app:print_json(body) end
  if body.withdrawn then
    app:print(("generation %d is withdrawn, generation %d goes on"):format(body.withdrawn, body.generation))
    return 0
  end
  app:print(body.to and ("generation %d is in force, with the scripts of generation %d"):format(body.generation, body.to)
    or ("generation %d is in force again"):format(body.generation))
  return print_changes(app, body)
end

local function generations(app)
  local body = app:call("GET", "/generations")
  if not body then return 1 end
  if app.json then return app:print_json(body) end
  local rows = {}
  for index, entry in ipairs(body.generations) do
    rows[index] = {
      entry.number, entry.state ~= "past" and entry.state or "", entry.loadedAt, entry.loadedBy, entry.action, entry.campaigns,
      entry.hash:sub(1, 12), entry.note or "",
    }
  end
  app:table({ "GENERATION", "", "LOADED", "BY", "HOW", "CAMPAIGNS", "FILES", "" }, rows)
  return 0
end

return {
  { name = "reload", summary = "Load all scripts anew and switch to them if they pass.", data = true,
    run = reload, configure = function(command)
      command:option("--canary", "Try them beside those in force, with this share of the recipients, such as 5%."):argname "SHARE"
      command:option("--for", "How long, such as 10m; then they are put in force. 10 minutes unless told."):argname "TIME"
    end },
  { name = "promote", summary = "Put the scripts in force that are tried as a canary.", data = true, run = promote },
  { name = "generations", summary = "List the sets of scripts that were loaded.", data = true, run = generations },
  { name = "rollback", summary = "Go back to an earlier generation, and to its versions that were live.", data = true, run = rollback,
    configure = function(command)
      command:argument("generation", "Its number; unless told, the newest one with other files."):args "?":convert(math.tointeger)
    end },
}
