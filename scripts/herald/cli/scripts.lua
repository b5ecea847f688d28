-- Commands about the loaded scripts: reload, generations, rollback.

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

local function reload(app)
  local body = app:call("POST", "/reload")
  if not body then return 1 end
  if app.json then return app:print_json(body) end
  app:print(body.generation and ("generation %d is in force"):format(body.generation) or "the project's campaigns are taken over")
  return print_changes(app, body)
end

local function rollback(app, args)
  local body = app:call("POST", "/rollback", { body = { generation = args.generation } })
  if not body then return 1 end
  if app.json then return app:print_json(body) end
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
    run = reload },
  { name = "generations", summary = "List the sets of scripts that were loaded.", data = true, run = generations },
  { name = "rollback", summary = "Go back to an earlier generation, and to its versions that were live.", data = true, run = rollback,
    configure = function(command)
      command:argument("generation", "Its number; unless told, the newest one with other files."):args "?":convert(math.tointeger)
    end },
}
