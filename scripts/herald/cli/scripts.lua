-- Commands about the loaded scripts: reload, promote, shadow, generations, rollback.

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

local function print_shadow(app, body)
  app:print(("generation %d runs as a shadow beside generation %d; herald shadow shows what differs, herald rollback ends it"):format(
    body.shadow, body.generation))
  app:print("campaigns that are others: " .. table.concat(body.tried, ", "))
  return 0
end

-- What is asked of a reload, or what is wrong with it.
local function how(args)
  local time = duration(args["for"] or "10m")
  if args.canary and args.shadow then return nil, "--canary, --shadow: one of the two" end
  if args["for"] and not (args.canary or args.shadow) then return nil, "--for: goes with --canary or --shadow" end
  if args.shadow then return { shadow = { ["for"] = time } } end
  if not args.canary then return {} end
  local percent = tonumber((args.canary:gsub("%%$", "")))
  if not percent then return nil, "--canary: expected a share such as 5%" end
  return { canary = { percent = percent, ["for"] = time } }
end

local function reload(app, args)
  local asked, wrong = how(args)
  if not asked then return app:misused(wrong) end
  local body = app:call("POST", "/reload", { body = asked })
  if not body then return 1 end
  if app.json then return app:print_json(body) end
  if body.canary then return print_canary(app, body) end
  if body.shadow then return print_shadow(app, body) end
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
  if body.ended then
    app:print(("the shadow run of generation %d is over, generation %d goes on"):format(body.ended, body.generation))
    return 0
  end
  if body.withdrawn then
    app:print(("generation %d is withdrawn, generation %d goes on"):format(body.withdrawn, body.generation))
    return 0
  end
  app:print(body.to and ("generation %d is in force, with the scripts of generation %d"):format(body.generation, body.to)
    or ("generation %d is in force again"):format(body.generation))
  return print_changes(app, body)
end

local function counted(count, one, many)
  return ("%d %s"):format(count, count == 1 and one or many)
end

-- Names with their counts, the most frequent first.
local function print_counts(app, format, counts)
  local names = {}
  for name in pairs(counts) do names[#names + 1] = name end
  table.sort(names, function(a, b) return counts[a] > counts[b] or counts[a] == counts[b] and a < b end)
  for _, name in ipairs(names) do app:print(format:format(counts[name], name)) end
end

local function print_campaign(app, campaign)
  app:print(("%s: %d compared, %s"):format(campaign.campaignId, campaign.compared,
    campaign.differing == 0 and "none differs" or counted(campaign.differing, "differs", "differ")))
  print_counts(app, "  %6d  %s", campaign.fields)
  print_counts(app, "  %6d  asks something new: %s", campaign.asks)
  print_counts(app, "  %6d  script error at %s", campaign.places)
  print_counts(app, "  %6d  could not be compared: %s", campaign.reasons)
  if campaign.dropped > 0 then app:print(("  %6d  dropped, for there was no time to compare them"):format(campaign.dropped)) end
  if campaign.left then app:print "  left alone since its new code took too long or exceeded its limits several times" end
  if #campaign.examples > 0 then app:print("  such as " .. table.concat(campaign.examples, " ")) end
end

local function shadow(app)
  local body = app:call("GET", "/shadow")
  if not body then return 1 end
  if app.json then return app:print_json(body) end
  app:print(body.state == "running" and ("generation %d runs as a shadow until %s"):format(body.generation, body.endsAt)
    or ("generation %d ran as a shadow until %s: %s"):format(body.generation, body.endsAt, body.reason))
  for _, campaign in ipairs(body.campaigns) do print_campaign(app, campaign) end
  return 0
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
      command:flag("--shadow", "Run them beside those in force, without any effect, and compare: see herald shadow."):target "shadow"
      command:option("--for", "How long, such as 10m; then a canary is put in force, a shadow run ends. 10 minutes unless told."):argname "TIME"
    end },
  { name = "promote", summary = "Put the scripts in force that are tried as a canary.", data = true, run = promote },
  { name = "shadow", summary = "Show what the scripts that run as a shadow would do differently.", data = true, run = shadow },
  { name = "generations", summary = "List the sets of scripts that were loaded.", data = true, run = generations },
  { name = "rollback", summary = "Go back to an earlier generation, and to its versions that were live.", data = true, run = rollback,
    configure = function(command)
      command:argument("generation", "Its number; unless told, the newest one with other files."):args "?":convert(math.tointeger)
    end },
}
