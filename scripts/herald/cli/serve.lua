-- herald serve: runs the daemon.

local MOST_WORKERS = 256

local function run(app, args)
  local workers = args.workers and math.tointeger(tonumber(args.workers))
  if args.workers and (not workers or workers < 1 or workers > MOST_WORKERS) then
    app:complain(("--workers: expected a whole number from 1 to %d"):format(MOST_WORKERS))
    return 2
  end
  if not app.host.serve then return app:fail "this build cannot serve" end
  local code = app.host.serve { project = args.project, listen = args.listen, data = args.data, workers = workers }
  return code or 0
end

return {
  { name = "serve", summary = "Run: take triggers and deliver messages.", run = run,
    configure = function(command)
      command:option("--listen", "Where to listen (127.0.0.1:8025), instead of what herald.lua says."):argname "ADDRESS"
      command:option("--workers", "How many workers; one per core unless told."):argname "N"
    end },
}
