-- Commands about the loaded scripts: reload, generations, rollback.

-- What became of campaigns, each with what to do about it.
local CHANGES = {
  { "activated", "live now: %s" },
  { "drafts", "draft, not live until activated: %s" },
  { "fileGone", "file gone, goes on until stopped: %s" },
}

local function switch(name, said)
  return function(app)
    local body = app:call("POST", "/" .. name)
    if not body then return 1 end
    if app.json then return app:print_json(body) end
    app:print(body.generation and said:format(tostring(body.generation)) or "the project's campaigns are taken over")
    for _, change in ipairs(CHANGES) do
      local ids = body[change[1]]
      if ids then app:print(change[2]:format(table.concat(ids, ", "))) end
    end
    return 0
  end
end

local function generations(app)
  local body = app:call("GET", "/generations")
  if not body then return 1 end
  if app.json then return app:print_json(body) end
  local rows = {}
  for index, entry in ipairs(body.generations) do
    rows[index] = { entry.number, entry.current and "current" or "", entry.loadedAt, entry.loadedBy, entry.campaigns }
  end
  app:table({ "GENERATION", "", "LOADED", "BY", "CAMPAIGNS" }, rows)
  return 0
end

return {
  { name = "reload", summary = "Load all scripts anew and switch to them if they pass.", data = true,
    run = switch("reload", "generation %s is in force") },
  { name = "generations", summary = "List the loaded sets of scripts.", data = true, run = generations },
  { name = "rollback", summary = "Go back to the generation before, and to its versions that were live.", data = true,
    run = switch("rollback", "generation %s is in force again") },
}
