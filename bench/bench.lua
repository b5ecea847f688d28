-- The benchmarks: lua5.4 bench/bench.lua [NAME...]. Each runs Herald and its peers in turn, round after round, and takes the
-- median of each; one table with the ratios and the goals stands at the end. BENCH_ROUNDS and BENCH_SECONDS make it shorter.

local NAMES = { "trigger", "email", "smtp", "render", "reload" }

local rounds = tonumber(os.getenv "BENCH_ROUNDS" or "5")

local function median(values)
  table.sort(values)
  local middle = #values // 2
  if #values % 2 == 1 then return values[middle + 1] end
  return (values[middle] + values[middle + 1]) / 2
end

-- A contender's measure() gives a rate, higher is better; nil when it cannot run here.
local function run(benchmark)
  local figures = {}
  for round = 1, rounds do
    for i, contender in ipairs(benchmark.contenders) do
      figures[i] = figures[i] or {}
      local rate, note = contender.measure()
      io.stderr:write(("%s, round %d: %-42s %s\n"):format(benchmark.name, round, contender.name,
        rate and ("%.0f %s %s"):format(rate, benchmark.unit, note or "") or "cannot run here: " .. tostring(note)))
      if rate then table.insert(figures[i], rate) end
    end
  end
  local medians = {}
  for i in ipairs(benchmark.contenders) do medians[i] = #figures[i] > 0 and median(figures[i]) or false end
  if benchmark.close then benchmark.close() end
  return medians
end

local function rate_text(rate)
  return rate and (rate >= 1000 and ("%.1fk/s"):format(rate / 1000) or ("%.0f/s"):format(rate)) or "-"
end

local function report(benchmark, medians, lines)
  local ours = medians[1]
  for i = 2, #medians do
    local peer, goal = benchmark.contenders[i], benchmark.contenders[i].goal
    local ratio = ours and medians[i] and ours / medians[i]
    lines[#lines + 1] = ("| %s | %s | %s | %s | %s | %s | %s |"):format(benchmark.name, rate_text(ours), peer.name, rate_text(medians[i]),
      ratio and ("%.2f"):format(ratio) or "-", goal and ("≥ %g"):format(goal) or "-",
      goal and ratio and (ratio >= goal and "reached" or "not yet") or "-")
  end
end

local names = #arg > 0 and arg or NAMES
local lines = { "| benchmark | Herald | beside it | its figure | ratio | goal | |", "|---|---|---|---|---|---|---|" }
for _, name in ipairs(names) do
  for _, benchmark in ipairs(require("bench." .. name)) do report(benchmark, run(benchmark), lines) end
end
print(table.concat(lines, "\n"))
