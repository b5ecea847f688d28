-- herald report: a campaign's numbers.

local PLAIN = { "targeted", "queued", "sent", "delivered" }
local LATER = { "retries", "failed", "expired", "cancelled", "opens", "clicks", "unsubscribes", "complaints" }

local function parts(rows, name, counted, by)
  rows[#rows + 1] = { name, counted.total }
  local names = {}
  for part in pairs(counted[by] or {}) do names[#names + 1] = part end
  table.sort(names)
  for _, part in ipairs(names) do rows[#rows + 1] = { "  " .. part, counted[by][part] } end
end

local function totals(app, sums)
  local rows = {}
  for _, name in ipairs(PLAIN) do rows[#rows + 1] = { name, sums[name] } end
  parts(rows, "excluded", sums.excluded, "byReason")
  rows[#rows + 1] = { "bounced", sums.bounced.total }
  rows[#rows + 1] = { "  hard", sums.bounced.hard }
  rows[#rows + 1] = { "  soft", sums.bounced.soft }
  parts(rows, "errors", sums.errors, "byCode")
  for _, name in ipairs(LATER) do rows[#rows + 1] = { name, sums[name] } end
  for _, name in ipairs { "p50", "p95", "p99" } do
    local ms = sums.latencyMs[name]
    rows[#rows + 1] = { "latency " .. name, ms and ms .. " ms" or "-" }
  end
  app:table({ "METRIC", "COUNT" }, rows)
end

local function series(app, steps)
  if #steps == 0 then return end
  local rows = {}
  for index, step in ipairs(steps) do
    rows[index] = {
      step.at, step.targeted, step.sent, step.delivered, step.excluded.total, step.bounced.total, step.errors.total, step.retries,
    }
  end
  app:print ""
  app:table({ "AT", "TARGETED", "SENT", "DELIVERED", "EXCLUDED", "BOUNCED", "ERRORS", "RETRIES" }, rows)
end

local function run(app, args)
  if args.live and (args.from or args.to or args.by) then
    app:complain "--live is the last 24 hours: it takes no --from, --to or --by"
    return 2
  end
  local path = ("/campaigns/%s/reports/%s"):format(args.id, args.live and "live" or "global")
  local body = app:call("GET", path, { query = { from = args.from, to = args.to, by = args.by } })
  if not body then return 1 end
  if app.json then return app:print_json(body) end
  app:print(("%s, %s to %s"):format(args.id, body.from or "the beginning", body.to))
  totals(app, body.totals)
  series(app, body.series)
  return 0
end

return {
  { name = "report", summary = "Show a campaign's numbers.", data = true, run = run,
    configure = function(command)
      command:argument("id", "The campaign's id.")
      command:flag("--live", "The last 24 hours by minute, instead of all time by day.")
      command:option("--from", "From this instant on (RFC 3339, or a date in UTC).")
      command:option("--to", "Up to this instant.")
      command:option("--by", "The series' step."):choices { "hour", "day" }
    end },
}
