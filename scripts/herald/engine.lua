-- The engine of one Lua state: everything that triggering, delivery and the API share, put together from
-- what it is handed. A worker, a spec and a command each make their own; nothing here is global.

local budget = require "herald.budget"
local dispatcher = require "herald.dispatcher"
local keys = require "herald.keys"
local loop = require "herald.loop"
local notices = require "herald.notices"
local parking = require "herald.parking"
local registry = require "herald.registry"
local rehearsal = require "herald.rehearsal"
local script_limits = require "herald.script_limits"
local toolbox = require "herald.toolbox"
local trigger = require "herald.trigger"

local M = {}
---@class herald.Engine
local Engine = {}
Engine.__index = Engine

local function limits_of(settings)
  local limits = settings.limits
  return {
    recipients = limits.recipients,
    context = limits.context,
    idempotency_ms = settings.idempotency_ms,
    script = script_limits.resolve(limits),
    kv = limits.kv,
  }
end

-- What scripts reach of the world around them.
local function real_outside(transfer)
  return { sleep = loop.sleep, http = function(request) return transfer:http(request) end }
end

---@class herald.EngineParts
---@field store herald.Store
---@field clock herald.Clock
---@field transfer herald.Transfer
---@field log herald.Log
---@field project table
---@field data string folder for what providers write (captured messages)
---@field outside { sleep: fun(ms: integer), http: fun(request: table): table|nil, string|nil, string|nil }|nil for scripts; the real one unless told
---@field workers integer|nil how many states share the surfaces' rates
---@field generation integer|nil
---@field control table<string, function>|nil what only the daemon can do: reload, rollback, generations, status, metrics
---@field version string|nil
---@field url string|nil where the API is reached, for curl commands

---@param parts herald.EngineParts
---@return herald.Engine
function M.new(parts)
  local engine = setmetatable({
    store = parts.store, clock = parts.clock, transfer = parts.transfer, log = parts.log, project = parts.project,
    outside = parts.outside or real_outside(parts.transfer), data = parts.data, workers = parts.workers or 1, generation = parts.generation or 1,
    control = parts.control, version = parts.version, url = parts.url,
    settings = parts.project.settings,
    limits = limits_of(parts.project.settings),
    cache = {},
  }, Engine)
  engine.notices = notices.new(engine)
  engine.keys = keys.new { store = parts.store }
  engine.registry = registry.new(engine)
  engine.parking = parking.new(engine)
  engine.dispatcher = dispatcher.new(engine)
  return engine
end

---What a provider may use; the cache is the surface's own and lives as long as the generation.
---@param surface table
---@return table
function Engine:tools(surface)
  local tools = self.cache[surface.name]
  if not tools then
    tools = toolbox.new(self)
    self.cache[surface.name] = tools
  end
  return tools
end

---What is wrong with sending a campaign's message through this channel and surface.
---@return string|nil message
function Engine:way_problem(campaign, channel, surface_name)
  local definition = campaign.definition
  if not campaign.compiled[channel] then return ("the campaign has no message for the channel %q"):format(tostring(channel)) end
  if not surface_name then
    return channel ~= definition.channel and ("name a surface, too: the campaign's own is not for the channel %q"):format(channel) or nil
  end
  local surface = self.project.surfaces[surface_name]
  if not surface then return ("there is no surface %q"):format(tostring(surface_name)) end
  if surface.channel ~= channel then
    return ("the surface %q is for the channel %q, not %q"):format(surface_name, surface.channel, channel)
  end
end

---Whether trigger:via may choose this channel and surface.
---@return boolean
---@return string|nil message
function Engine:can_go_via(campaign, channel, surface_name)
  local wrong = self:way_problem(campaign, channel, surface_name)
  return not wrong, wrong and "trigger:via: " .. wrong
end

---Handles the body of POST /im/executions/unitary.
---@param body string
---@param who herald.Who
---@return integer status
---@return string|table body
---@return table|nil headers
function Engine:unitary(body, who)
  -- A script may ask: its budget must not end the engine's own work half done.
  return budget.outside(trigger.unitary, self, body, who)
end

---Renders the whole message for one recipient; nothing is stored or sent.
---@param id string
---@param recipient table as in the API, all fields optional
---@param sandbox string|nil whose keys on_trigger reads; "prod" unless told
---@return table|nil content
---@return string|nil message
---@return string|nil code
function Engine:preview(id, recipient, sandbox)
  return rehearsal.preview(self, id, recipient, sandbox)
end

---Sends the message for one recipient to another address; counts in no report.
---@param id string
---@param address string
---@param recipient table
---@param sandbox string|nil
---@return table|nil outcome
---@return string|nil message
---@return string|nil code
function Engine:proof(id, address, recipient, sandbox)
  return rehearsal.proof(self, id, address, recipient, sandbox)
end

---Delivers what is due now, one after the other.
---@return integer
function Engine:deliver_due()
  return self.dispatcher:deliver_due()
end

return M
