-- What is done once: keys that an owner takes, and that become final, or are given back, with what the owner stands for.
-- A key is on disk when it is taken, and pending; a restart forgets what is pending.

local crypto = require "herald.crypto"
local script_run = require "herald.script_run"

local M = {}
---@class herald.Once
---@field owner string
local Once = {}
Once.__index = Once

---@param engine herald.Engine
---@param sandbox string
---@param owner string the same for each try of the same call
---@return herald.Once
function M.new(engine, sandbox, owner)
  return setmetatable({ engine = engine, sandbox = sandbox, owner = owner, keys = {} }, Once)
end

---True when nobody has the key, this owner included.
---@param key string
---@param ms integer how long it is taken from now on
---@param now integer
---@return boolean|nil is_first
---@return string|nil message
---@return string|nil code
function Once:take(key, ms, now)
  if self.keys[key] then return false end
  local is_first, message, code = self.engine.store:once(self.sandbox, key, now + ms, now, self.owner)
  if is_first then self.keys[key] = true end
  return is_first, message, code
end

---Nothing was done.
function Once:give_back()
  if not next(self.keys) then return end
  local ok, message = self.engine.store:forget_once(self.owner)
  if not ok then self.engine.log:warn("what a refused call did once is not given back before a restart", { error = message }) end
end

-- It was done, without an acceptance that says so.
local function keep(self)
  if not next(self.keys) then return true end
  return self.engine.store:keep_once(self.owner)
end

-- The run's results, once its keys are final; where they cannot be made so, it has failed.
local function finish(self, ok, ...)
  if not ok then
    self:give_back()
    return ok, ...
  end
  local kept, message, code = keep(self)
  if kept then return ok, ... end
  self:give_back()
  return false, "once: " .. message, code == "overloaded" and code or "storage-unavailable"
end

---For a run that belongs to no call: its keys are final when it ends well, and given back when it fails.
---@param engine herald.Engine
---@param sandbox string
---@return { take: fun(key: string, ms: integer): boolean|nil, string|nil, string|nil; finish: fun(ok: boolean, ...): boolean, ... }
function M.of_run(engine, sandbox)
  local taken
  return {
    take = function(key, ms)
      taken = taken or M.new(engine, sandbox, crypto.hex(crypto.random(16)))
      return taken:take(key, ms, engine.clock:now())
    end,
    finish = function(...)
      if not taken then return ... end
      return finish(taken, ...)
    end,
  }
end

---Takes a key for the script that asks. Raises for the caller's caller where the store does not answer.
---@param key string
---@param ms integer
---@return boolean is_first
function M.ask(key, ms)
  local run = script_run.need "once"
  local is_first, message, code = script_run.ask(run, "once", { key = key, ms = ms }, function() return run.options.once(key, ms) end)
  if is_first == nil then script_run.raise_outage(run, "once: " .. message, code, 3) end
  return is_first
end

return M
