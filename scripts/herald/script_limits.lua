-- What a run of a project's script may use. limits.on_trigger of herald.lua holds for every script; a campaign or an
-- endpoint may set bounds of its own in `limits`, lower ones freely, and higher ones up to limits.most.

local schema = require "herald.schema"
local window = require "herald.window"

local M = {}

local LONGEST_MS = 3600000

-- In the order in which they are shown.
M.NAMES = { "instructions", "cpu", "memory", "time", "requests", "messages" }

local TEXTS = {
  instructions = "the script ran too many instructions",
  cpu = "the script used up its CPU time",
  memory = "the script used up its memory",
  time = "the script waited too long",
  requests = "the script asked other systems too often",
  messages = "the script triggered too many messages",
}

local function check_duration(text)
  local ms = window.duration(text)
  if ms < 1 then return "expected more than no time" end
  if ms > LONGEST_MS then return ("expected at most %d seconds"):format(LONGEST_MS // 1000) end
end

local function check_size(bytes)
  if bytes < 65536 or bytes > 1 << 40 then return ("expected from %d to %d bytes"):format(65536, 1 << 40) end
end

---Fields of a schema.
---@param defaults table<string, any> by name; none where a bound may be left out
---@return table<string, table>
function M.fields(defaults)
  return {
    instructions = { type = "integer", least = 1000, default = defaults.instructions },
    cpu = { type = "duration", check = check_duration, default = defaults.cpu },
    memory = { type = "size", check = check_size, default = defaults.memory },
    time = { type = "duration", check = check_duration, default = defaults.time },
    requests = { type = "integer", least = 0, default = defaults.requests },
    messages = { type = "integer", least = 0, default = defaults.messages },
  }
end

-- Of all runs: what herald.lua has where it says nothing.
local DEFAULTS = { instructions = 10000000, cpu = "150 ms", memory = "16 MB", time = "10 seconds", requests = 20, messages = 100 }

---The schema of limits.on_trigger.
M.ON_TRIGGER = { type = "table", default = {}, fields = M.fields(DEFAULTS) }

---The schema of limits.most, and of `limits` in a campaign or an endpoint.
M.OWN = { type = "table", fields = M.fields {} }

-- Durations in milliseconds, sizes in bytes.
local function number(value)
  return type(value) == "string" and window.duration(value) or value
end

-- A bound of a script with the words for it, such as "limits.on_trigger.cpu = 150 ms".
local function choose(name, settings, own, owner)
  local value, setting = settings.on_trigger[name], "limits.on_trigger." .. name
  if own and own[name] ~= nil then
    value, setting = own[name], ("%s's limits.%s"):format(owner, name)
    local most = M.most(settings, name)
    if number(value) > number(most) then value, setting = most, M.most_setting(settings, name) end
  end
  return number(value), ("%s = %s"):format(setting, tostring(value))
end

---@param settings table `limits` of herald.lua
---@param name string
---@return any # as it was written
function M.most(settings, name)
  local most = settings.most
  if most and most[name] ~= nil then return most[name] end
  return settings.on_trigger[name]
end

---@return string # where M.most is from
function M.most_setting(settings, name)
  local is_set = settings.most and settings.most[name] ~= nil
  return (is_set and "limits.most." or "limits.on_trigger.") .. name
end

---What is wrong with limits.most: less than what holds for every script.
---@param settings table `limits` of herald.lua
---@param add fun(path: string, message: string)
function M.check_most(settings, add)
  for _, name in ipairs(M.NAMES) do
    local most = settings.most and settings.most[name]
    if most ~= nil and number(most) < number(settings.on_trigger[name]) then
      add("limits.most." .. name, ("has to be limits.on_trigger.%s (%s) or more"):format(name, tostring(settings.on_trigger[name])))
    end
  end
end

---What is wrong with a script's own limits: more than limits.most allows.
---@param settings table `limits` of herald.lua
---@param own table|nil
---@param add fun(path: string, message: string)
function M.check_own(settings, own, add)
  for _, name in ipairs(M.NAMES) do
    local value = own and own[name]
    local most = M.most(settings, name)
    if value ~= nil and number(value) > number(most) then
      add("limits." .. name, ("%s is more than herald.lua allows (%s = %s): lower it, or raise limits.most.%s"):format(
        tostring(value), M.most_setting(settings, name), tostring(most), name))
    end
  end
end

---@class herald.ScriptLimits
---@field bounds { instructions: integer, cpu_ms: integer, memory: integer } for herald.budget
---@field wait_ms integer of all waits together
---@field requests integer
---@field messages integer
---@field settings table<string, string> a bound's name -> its setting and value

---The limits of one script; of a bound above limits.most that one holds.
---@param settings table `limits` of herald.lua
---@param own table|nil as M.OWN describes it
---@param owner string|nil who has `own`: "the campaign", "the endpoint"
---@return herald.ScriptLimits
function M.resolve(settings, own, owner)
  local values, named = {}, {}
  for _, name in ipairs(M.NAMES) do values[name], named[name] = choose(name, settings, own, owner) end
  return {
    bounds = { instructions = values.instructions, cpu_ms = values.cpu, memory = values.memory },
    wait_ms = values.time, requests = values.requests, messages = values.messages, settings = named,
  }
end

---@return table # `limits` of herald.lua as far as scripts go, where nothing is said
function M.defaults()
  return { on_trigger = (schema.check(M.ON_TRIGGER, {})) }
end

---Which bound was passed, where, and the setting that says so.
---@param limits herald.ScriptLimits
---@param bound string
---@param place string|nil
---@return string
function M.exceeded(limits, bound, place)
  return ("%s%s (%s)"):format(place and place .. ": " or "", TEXTS[bound], limits.settings[bound])
end

---The error of herald.budget with the setting behind it.
---@param limits herald.ScriptLimits
---@param message string
---@param bound string|nil nil, or one that is no setting: the message stays
---@return string
function M.explain(limits, message, bound)
  local setting = bound and limits.settings[bound]
  return setting and ("%s (%s)"):format(message, setting) or message
end

return M
