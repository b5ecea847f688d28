-- The campaigns as one Lua state knows them: records that follow the store's revision, and versions that
-- are built from the store when first needed, so that what was accepted finishes under what accepted it, and a state of many
-- campaigns is ready at once. What is live and was not needed yet is built in between, a little at a time.

local campaign = require "herald.campaign"
local loop = require "herald.loop"
local rendering = require "herald.rendering"

local M = {}
local Registry = {}
Registry.__index = Registry

local MOST_OLD_VERSIONS = 200
local PAUSE_MS = 5 -- between two versions that are built for later

---@class herald.Entry
---@field record table the campaign's row in the store
---@field live table|false|nil the live version, ready to run; built when it is first looked at
---@field failure string|nil why it is not, once it was looked at

---@param engine herald.Engine
---@return herald.Registry
function M.new(engine)
  return setmetatable({
    engine = engine,
    store = engine.store,
    entries = {},
    versions = {},
    old_count = 0,
    revision = nil,
    is_retired = false,
  }, Registry)
end

local function build(self, id, hash)
  local row, message, code = self.store:version(id, hash)
  if not row then return nil, message or ("version %s of campaign %s is not in the store"):format(hash, id), code end
  local built, failure = campaign.from_version(row, self.engine.project)
  if not built then return nil, tostring(failure), "script-error" end
  local compiled, compile_failure = rendering.compile(built, self.engine.project)
  if not compiled then return nil, compile_failure, "render-error" end
  built.compiled = compiled
  built.version = hash
  return built
end

local function key(id, hash)
  return id .. "@" .. hash
end

---The version that was pinned, built once; old ones are forgotten together when there are many.
---@param id string
---@param hash string
---@return table|nil campaign
---@return string|nil message
---@return string|nil code
function Registry:version(id, hash)
  local name = key(id, hash)
  local found = self.versions[name]
  if found then return found end
  local built, message, code = build(self, id, hash)
  if not built then return nil, message, code end
  if self.old_count >= MOST_OLD_VERSIONS then self:forget_old() end
  self.versions[name] = built
  self.old_count = self.old_count + 1
  return built
end

---Keeps the live versions alone.
function Registry:forget_old()
  local kept = {}
  for id, entry in pairs(self.entries) do
    local live = rawget(entry, "live")
    if live then kept[key(id, live.version)] = live end
  end
  self.versions, self.old_count = kept, 0
end

-- An entry's live version, built at its first look.
local function lazily(self)
  return { __index = function(entry, name)
    if name ~= "live" then return nil end
    local record = entry.record
    local hash = self.overlay and self.overlay[record.id] or record.live
    local live, failure = self:version(record.id, hash)
    if not live then
      self.engine.log:error("a live campaign cannot be loaded", { campaign = record.id, version = hash, error = failure })
    end
    entry.live, entry.failure = live or false, failure
    return entry.live
  end }
end

local function take(self, record)
  self.lazy = self.lazy or lazily(self)
  local entry = { record = record }
  self.entries[record.id] = record.live and setmetatable(entry, self.lazy) or entry
end

---Runs other versions than the live ones; nil: the live ones again.
---@param versions table<string, string>|nil campaign -> version
function Registry:overlay_with(versions)
  self.overlay = versions
  for _, entry in pairs(self.entries) do take(self, entry.record) end
end

---Builds every live version that was not needed yet, with a pause after each.
function Registry:warm()
  local ids = {}
  for id in pairs(self.entries) do ids[#ids + 1] = id end
  loop.spawn(function()
    for _, id in ipairs(ids) do
      local entry = self.entries[id]
      if entry and rawget(entry, "live") == nil and entry.record.live then
        loop.sleep(PAUSE_MS)
        if self.is_retired then return end
        local _ = entry.live
      end
    end
  end)
end

---Builds nothing more that nobody needs.
function Registry:retire()
  self.is_retired = true
end

---Takes over what changed in the store since the last call; costs one comparison when nothing did.
---@return boolean|nil
---@return string|nil message
---@return string|nil code
function Registry:refresh()
  local revision, failure, failure_code = self.store:revision()
  if not revision then return nil, failure, failure_code end
  if revision == self.revision then return true end
  local records, message, code = self.store:campaigns { changed_since = self.revision }
  if not records then return nil, message, code end
  for _, record in ipairs(records) do take(self, record) end
  self.revision = revision
  return true
end

---@param id string
---@return herald.Entry|nil
---@return string|nil message
---@return string|nil code
function Registry:get(id)
  local ok, message, code = self:refresh()
  if not ok then return nil, message, code end
  return self.entries[id]
end

return M
