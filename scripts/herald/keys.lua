-- API keys: made here, shown once, kept as their SHA-256 hash. Verifying keeps what it found in this Lua
-- state until the store's revision moves, so that a request costs one table look-up and a revocation
-- takes effect with the next request.

local crypto = require "herald.crypto"
local window = require "herald.window"

local M = {}
local Keys = {}
Keys.__index = Keys

local PREFIX = "hk_"
local SECRET_BYTES = 32
local MOST_CACHED = 4096

---What a key may be allowed to do, in the order in which they are shown.
M.SCOPES = { "trigger", "read", "manage" }

local KNOWN = {}
for _, scope in ipairs(M.SCOPES) do KNOWN[scope] = true end

---@class herald.Key
---@field name string
---@field scopes table<string, boolean>
---@field created_at integer
---@field created_by string
---@field expires_at integer|nil
---@field revoked_at integer|nil

---@param options { store: herald.Store, random: (fun(n: integer): string)|nil }
---@return herald.Keys
function M.new(options)
  return setmetatable({
    store = options.store,
    random = options.random or crypto.random,
    cache = {},
    cached = 0,
    revision = nil,
  }, Keys)
end

local function hash_of(token)
  return crypto.hex(crypto.sha256(token))
end

---Reads "trigger,read" or an array of names.
---@param scopes string|string[]
---@return string|nil text the scopes in their fixed order, comma separated
---@return string|nil message
function M.parse_scopes(scopes)
  local wanted = {}
  local list = scopes
  if type(scopes) == "string" then
    list = {}
    for name in scopes:gmatch("[^,%s]+") do list[#list + 1] = name end
  elseif type(scopes) ~= "table" then
    return nil, "scopes: expected an array of strings"
  end
  for _, name in ipairs(list) do
    if not KNOWN[name] then
      return nil, ("scopes: there is no scope %q; use %s"):format(tostring(name), table.concat(M.SCOPES, ", "))
    end
    wanted[name] = true
  end
  local text = {}
  for _, name in ipairs(M.SCOPES) do
    if wanted[name] then text[#text + 1] = name end
  end
  if #text == 0 then return nil, "scopes: name at least one of " .. table.concat(M.SCOPES, ", ") end
  return table.concat(text, ",")
end

local function to_key(row)
  local scopes = {}
  for name in row.scopes:gmatch("[^,]+") do scopes[name] = true end
  return {
    name = row.name, scopes = scopes, created_at = row.created_at, created_by = row.created_by,
    expires_at = row.expires_at, revoked_at = row.revoked_at,
  }
end

---Makes a key. The text is returned once and never stored.
---@param options { name: string, scopes: string|string[], by: string, now: integer, expires_at: integer|nil }
---@return string|nil token
---@return herald.Key|string key, or the message
---@return string|nil code
function Keys:create(options)
  local name = options.name
  if type(name) ~= "string" or #name > 64 or not name:match("^%w[%w._-]*$") then
    return nil, "name: expected up to 64 letters, digits, dots, dashes or underscores", "invalid-request"
  end
  local scopes, message = M.parse_scopes(options.scopes)
  if not scopes then return nil, message, "invalid-request" end
  if options.expires_at and options.expires_at <= options.now then
    return nil, "the key would be expired at once: give a time that is ahead", "invalid-request"
  end
  local rows, failure, code = self.store:keys()
  if not rows then return nil, failure, code end
  for _, row in ipairs(rows) do
    if row.name == name and not row.revoked_at then
      return nil, ("there is a key %q already: revoke it first or choose another name"):format(name), "conflict"
    end
  end
  local token = PREFIX .. crypto.base64url(self.random(SECRET_BYTES))
  local record = {
    hash = hash_of(token), name = name, scopes = scopes, created_at = options.now, created_by = options.by,
    expires_at = options.expires_at,
  }
  local saved, save_failure, save_code = self.store:save_key(record)
  if not saved then return nil, save_failure, save_code end
  return token, to_key(record)
end

---@return herald.Key[]|nil
---@return string|nil message
---@return string|nil code
function Keys:list()
  local rows, message, code = self.store:keys()
  if not rows then return nil, message, code end
  local list = {}
  for index, row in ipairs(rows) do list[index] = to_key(row) end
  return list
end

---@param options { name: string, by: string, now: integer }
---@return boolean|nil
---@return string|nil message
---@return string|nil code "not-found" when no key of this name is in force
function Keys:revoke(options)
  local rows, message, code = self.store:keys()
  if not rows then return nil, message, code end
  for _, row in ipairs(rows) do
    if row.name == options.name and not row.revoked_at then
      return self.store:revoke_key { name = options.name, at = options.now, by = options.by }
    end
  end
  return nil, ("there is no key %q in force"):format(tostring(options.name)), "not-found"
end

local function look_up(self, token)
  local key = self.cache[token]
  if key then return key end
  if token:sub(1, #PREFIX) ~= PREFIX then return nil, "not-found" end
  local row, _, code = self.store:key(hash_of(token))
  if not row then return nil, code end
  if self.cached >= MOST_CACHED then self.cache, self.cached = {}, 0 end
  key = to_key(row)
  self.cache[token] = key
  self.cached = self.cached + 1
  return key
end

---Finds the key that this token is, if it is in force.
---@param token string
---@param now integer
---@return herald.Key|nil
---@return string|nil message never says which part of the token was wrong
---@return string|nil code "authentication-failed" or "storage-unavailable"
function Keys:verify(token, now)
  local revision = self.store:revision()
  if revision ~= self.revision then
    self.cache, self.cached, self.revision = {}, 0, revision
  end
  local key, code = look_up(self, token)
  if not key then
    if code == "storage-unavailable" or code == "closed" then
      return nil, "the keys cannot be read now", "storage-unavailable"
    end
    return nil, "the key is not known here: make one with `herald key create`", "authentication-failed"
  end
  if key.revoked_at then return nil, "the key was revoked", "authentication-failed" end
  if key.expires_at and key.expires_at <= now then
    return nil, "the key expired at " .. window.format(key.expires_at), "authentication-failed"
  end
  return key
end

return M
