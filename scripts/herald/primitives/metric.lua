-- `metric`: numbers of a project's scripts at GET /metrics, as herald_script_NAME. Names, labels and how many there are of
-- them are bounded; what a preview or a replay counts is left out.

local guarded = require "herald.guarded"
local script_run = require "herald.script_run"

local MOST_LABELS, MOST_VALUE = 5, 100

local function check(word, name, value)
  if type(name) ~= "string" or #name > 64 or not name:find "^%l[%l%d_]*$" then
    error(("metric.%s: expected a name of small letters, digits and _, got %q"):format(word, tostring(name)), 4)
  end
  if type(value) ~= "number" or value ~= value or value - value ~= 0 then error(("metric.%s: %s: expected a number"):format(word, name), 4) end
end

-- As Prometheus has them, sorted; `other` takes the place of each value.
local function write_labels(word, labels, other)
  local names, parts = {}, {}
  for name, value in next, labels or {} do
    if type(name) ~= "string" or #name > 64 or not name:find "^%l[%l%d_]*$" or name == "le" then
      error(("metric.%s: labels: expected names of small letters, digits and _, as in { kind = \"x\" }"):format(word), 4)
    end
    if type(value) == "table" or type(value) == "function" then error(("metric.%s: labels: %s: expected a text"):format(word, name), 4) end
    names[#names + 1] = name
  end
  if #names > MOST_LABELS then error(("metric.%s: more than %d labels"):format(word, MOST_LABELS), 4) end
  table.sort(names)
  for index, name in ipairs(names) do
    local value = other or tostring(rawget(labels, name)):sub(1, MOST_VALUE)
    parts[index] = ('%s="%s"'):format(name, value:gsub('[\\"%c]', { ["\\"] = "\\\\", ['"'] = '\\"', ["\n"] = "\\n" }))
  end
  return table.concat(parts, ",")
end

-- Series beyond the bound count together, with "other" as each label's value.
local function note(engine, word, name, value, labels)
  local tally = engine.tally
  local done, message, code = tally[word](tally, name, write_labels(word, labels), value)
  if code == "too-many-series" then done, message, code = tally[word](tally, name, write_labels(word, labels, "other"), value, true) end
  if done then return end
  engine.notices:warn("a script's metric is not kept", name, { metric = name, code = code, error = message })
end

local function change(word, name, value, labels)
  local run = script_run.need("metric." .. word)
  check(word, name, value)
  if labels ~= nil and type(labels) ~= "table" then error(("metric.%s: expected a table of labels"):format(word), 3) end
  write_labels(word, labels)
  if run.options.is_rehearsal then return end
  script_run.tell(run, "metric", { word, name, value }, function() note(run.engine, word, name, value, labels) end)
end

local M = {}

---Adds to a counter.
---@param name string
---@param count number|nil 1 unless told; not below 0
---@param labels table<string, any>|nil
function M.add(name, count, labels)
  if type(count) == "number" and count < 0 then error("metric.add: a counter only grows; metric.set takes any number", 2) end
  change("add", name, count or 1, labels)
end

---Sets a gauge. The workers share it: the last one that sets it counts.
---@param name string
---@param value number
---@param labels table<string, any>|nil
function M.set(name, value, labels)
  change("set", name, value, labels)
end

return guarded.freeze("metric", M)
