-- The test kit, for the specs of campaign teams: the production engine on a store in memory, with a clock that
-- the spec moves and providers that record instead of sending, or fail as they are told.
--
--   local kit = require "herald.testing"
--   local engine = kit.engine { project = "examples", now = "2026-11-23T10:00:00Z" }
--   engine:trigger("password-reset", { userId = "jane@example.com", context = { resetUrl = "https://example.com/r" } })
--   engine:delivered()[1].text

local clock = require "herald.clock"
local chance = require "herald.testing.chance"
local crypto = require "herald.crypto"
local engines = require "herald.engine"
local fail = require "herald.testing.fail"
local folder = require "herald.testing.folder"
local golden = require "herald.testing.golden"
local json = require "herald.json"
local lifecycle = require "herald.lifecycle"
local log = require "herald.log"
local payload = require "herald.payload"
local project = require "herald.project"
local property = require "herald.testing.property"
local recorder = require "herald.testing.recorder"
local spec_engine = require "herald.testing.engine"
local store = require "herald.store"
local transfer = require "herald.transfer"
local window = require "herald.window"

local M = {}

local WHO = "spec"

---@class herald.testing.Options
---@field project string|nil folder of the project; without it the one that the spec file lies in
---@field now string|nil the clock's first time, RFC 3339; without it 2026-01-01T00:00:00Z
---@field secrets table<string, string>|nil what `secret` reads; others read "spec-secret-NAME", with dots behind it to 32 bytes
---@field seed integer|nil of the random source; 1 unless told
---@field log_level string|nil "error" unless told

local OPTIONS = { project = "string", now = "string", secrets = "table", seed = "number", log_level = "string" }

local function check_options(options)
  for name, value in pairs(options) do
    if not OPTIONS[name] then error(("kit.engine: unknown option '%s'"):format(tostring(name)), 4) end
    if type(value) ~= OPTIONS[name] then error(("kit.engine: option '%s': expected a %s"):format(name, OPTIONS[name]), 4) end
  end
end

-- As long as a key has to be.
local function stand_in(name)
  local text = "spec-secret-" .. name
  return text .. ("."):rep(32 - #text)
end

local function load_project(dir, secrets)
  local bundle, message = project.read(dir)
  if not bundle then error(("kit.engine: %s"):format(tostring(message)), 4) end
  local loaded, faults = project.load(bundle, {
    secrets = function(name) return secrets[name] or stand_in(name) end,
  })
  if loaded then return loaded end
  local lines = { ("kit.engine: the project %s has errors:"):format(dir) }
  for _, fault in ipairs(faults) do lines[#lines + 1] = "  " .. tostring(fault) end
  error(table.concat(lines, "\n"), 4)
end

-- Every campaign of the project goes live, whatever the project's activation says; one that is over is completed.
local function activate_all(engine, loaded)
  lifecycle.import(engine, loaded, WHO)
  for id in pairs(loaded.campaigns) do
    local record = engine.store:campaign(id)
    if record and record.draft then
      local activated, message = lifecycle.activate(engine, id, WHO, true)
      if not activated then error(("kit.engine: %s cannot go live: %s"):format(id, message), 3) end
    end
  end
end

-- For the function that called the kit, whose file lies in the project.
local function open(options, level)
  check_options(options)
  local dir, message = folder.find(options.project, debug.getinfo(level, "S").source)
  if not dir then error("kit.engine: " .. message, level) end
  local start, failure = window.parse(options.now or "2026-01-01T00:00:00Z")
  if not start then error("kit.engine: now: " .. failure, level) end
  local loaded = load_project(dir, options.secrets or {})

  local time = clock.manual(start)
  local records = recorder.new(time)
  records:attach(loaded)
  local parts = {
    store = assert(store.open { path = ":memory:", clock = time }), clock = time, transfer = transfer.new {},
    outside = records:outside(), log = log.open { level = options.log_level or "error" }, project = loaded, data = dir .. "/data", version = "spec",
  }
  chance.attach(parts.outside, options.seed or 1)
  local engine = engines.new(parts)
  activate_all(engine, loaded)
  return spec_engine.new(engine, records, parts)
end

---A fresh engine with every campaign of the project live.
---@param options herald.testing.Options|nil
---@return herald.testing.Engine
function M.engine(options)
  local engine = open(options or {}, 3)
  return engine
end

---Checks that something holds for whatever a campaign's context may be: triggers it with contexts that its declaration allows,
---and calls the invariant with each message that was sent. Fails with the smallest context that breaks it, and how to repeat it.
---@param id string the campaign
---@param invariant fun(message: table, context: table, answer: table) raises, as assert does, where it does not hold
---@param options herald.testing.CheckOptions|nil
function M.check(id, invariant, options)
  options = options or {}
  property.check_options(options, 2)
  local own = not options.engine and open({ project = options.project, now = options.now, secrets = options.secrets }, 3)
  local run = property.new(options.engine or own, id, invariant, options)
  local complaint = run and run:complaint() or not run and ("kit.check: there is no campaign %q"):format(id)
  if own then own:close() end
  if complaint then fail(complaint, 2) end
end

---JSON text as it is, where Lua would change a number: context = kit.json '{"total": 10.50}'.
---@param text string
---@return any
function M.json(text)
  return payload.raw(text)
end

---What a JSON text says, such as a webhook's body; raises where it is none.
---@param text string
---@return any
function M.decode(text)
  local value, message = json.decode(text)
  if message then error("kit.decode: " .. message, 2) end
  return value
end

---The signature that endpoint.hmac expects of a body.
---@param secret string
---@param body string
---@return string # hex
function M.sign(secret, body)
  return crypto.hex(crypto.hmac_sha256(secret, body))
end

golden.register()

return M
