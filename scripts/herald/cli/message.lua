-- herald message: one message, what happened to it, and why.

local FIELDS = { "id", "executionId", "campaignId", "version", "userId", "namespace", "type", "channel", "surface", "state", "reason",
  "acceptedAt", "dueAt", "expiresAt", "settledAt", "attempts", "provider", "code", "answer" }

local function run(app, args)
  local body = app:call("GET", "/messages/" .. args.id)
  if not body then return 1 end
  if app.json then return app:print_json(body) end
  app:record(body, FIELDS)
  if #body.events > 0 then
    local rows = {}
    for index, event in ipairs(body.events) do rows[index] = { event.at, event.kind, event.detail } end
    app:print ""
    app:table({ "AT", "EVENT", "DETAIL" }, rows)
  end
  return 0
end

return {
  { name = "message", summary = "Show one message, its events and the reasons.", data = true, run = run,
    configure = function(command) command:argument("id", "The message's id (16 hex digits).") end },
}
