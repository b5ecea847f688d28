-- Commands to operate the daemon: status, version, backup, audit.

local payload = require "herald.payload"
local window = require "herald.window"

local FIELDS = { "status", "version", "now", "generation", "workers", "listen", "campaigns", "outbox" }

-- Why the scripts in force are not those of the folder.
local function print_failure(app, failure)
  local at = math.type(failure.at) and window.format(math.tointeger(failure.at)) or failure.at
  app:print(("the last reload failed, at %s by %s:"):format(at, failure.by))
  for _, line in ipairs(failure.errors) do app:print("  " .. line) end
end

local function print_parked(app, parked)
  app:print "parked, for they keep exceeding their budget:"
  for _, one in ipairs(parked) do app:print(("  %s, until %s: %s"):format(one.campaignId, one["until"], one.reason)) end
end

local function print_shadow(app, run)
  app:print(("%s: generation %d as a shadow, %d triggers compared, %d differ; see herald shadow"):format(
    run.state, run.generation, run.compared, run.differing))
end

local function status(app)
  local body = app:call("GET", "/status")
  if not body then return 1 end
  body.server = app:connect().is_server and "running" or "not running"
  if app.json then return app:print_json(body) end
  app:record(body, { "server", table.unpack(FIELDS) })
  if body.parked then print_parked(app, body.parked) end
  if body.shadow then print_shadow(app, body.shadow) end
  if body.lastReloadFailure then print_failure(app, body.lastReloadFailure) end
  return 0
end

local function version(app)
  if app.json then return app:print_json { version = app.host.version } end
  app:print("herald " .. app.host.version)
  return 0
end

local function absolute(file)
  if file:sub(1, 1) == "/" then return file end
  return (os.getenv("PWD") or ".") .. "/" .. file
end

local function backup(app, args)
  local body = app:call("POST", "/backup", { body = { file = absolute(args.file), overwrite = args.force } })
  if not body then return 1 end
  app:print("written to " .. body.file)
  return 0
end

local function audit(app, args)
  local body = app:call("GET", "/audit", { query = { campaign = args.campaign, limit = args.limit } })
  if not body then return 1 end
  if app.json then return app:print_json(body) end
  local rows = {}
  for index, entry in ipairs(body.entries) do
    rows[index] = { entry.at, entry.by, entry.action, entry.campaignId, entry.detail and payload.encode(entry.detail) }
  end
  app:table({ "AT", "BY", "ACTION", "CAMPAIGN", "DETAIL" }, rows)
  return 0
end

return {
  { name = "status", summary = "Show how the daemon and its store are.", data = true, run = status },
  { name = "version", summary = "Print the version.", anywhere = true, data = true, run = version },
  { name = "backup", summary = "Copy the store into a file while it is in use.", run = backup,
    configure = function(command)
      command:argument("file", "The file to write.")
      command:flag("--force", "Replace a file of this name.")
    end },
  { name = "audit", summary = "Show who changed what, the newest first.", data = true, run = audit,
    configure = function(command)
      command:option("--campaign", "Only this campaign's changes."):argname "ID"
      command:option("--limit", "How many at most.", "100")
    end },
}
