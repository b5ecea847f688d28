-- The helpers of templates that are written in Lua: a project's own, from templates/helpers.lua, each call within
-- bounds, and encrypt.

local budget = require "herald.budget"
local crypto = require "herald.crypto"
local fault = require "herald.fault"
local sandbox = require "herald.sandbox"
local script_limits = require "herald.script_limits"
local template = require "herald.template"

local M = {}

M.FILE = "templates/helpers.lua"

-- What the language itself means by a name.
local TAKEN = {}
for name in ("if unless each with lookup log fragment inline raw encrypt this true false null undefined and or not else let"):gmatch "%S+" do
  TAKEN[name] = true
end
local FUNCTIONS = {}
for _, name in ipairs(template.functions()) do FUNCTIONS[name] = true end

-- 32 bytes, as hexadecimal digits, as base64 or as they are.
local function key_bytes(text)
  if #text == 32 then return text end
  if text:find "^%x+$" and #text == 64 then return crypto.unhex(text) end
  local bytes = crypto.unbase64(text) or crypto.unbase64url(text)
  return bytes and #bytes == 32 and bytes or nil
end

-- {{encrypt value keyName="NAME"}}: AES-256-GCM with the secret of that name; nonce, ciphertext and tag as base64url.
local function encrypter(secrets)
  return function(value, options)
    local name = type(options) == "table" and options.keyName
    if type(name) ~= "string" then error('expected the name of a secret: keyName="NAME"', 0) end
    if math.type(value) == "integer" then value = tostring(value) end
    if type(value) ~= "string" then error(("expected a string to encrypt, got %s"):format(type(value)), 0) end
    local text = secrets and secrets(name)
    if not text then error(("the secret %s is missing"):format(name), 0) end
    local key = key_bytes(text)
    if not key then error(("the secret %s is no key of 32 bytes (64 hexadecimal digits, or base64)"):format(name), 0) end
    return crypto.base64url(crypto.aes_gcm_encrypt(key, value))
  end
end

-- What was raised is a text behind budget.run, whatever the helper raised.
local function metered(limits, helper)
  return function(...)
    local ok, result, _, bound = budget.run(limits.bounds, helper, ...)
    if not ok then error(script_limits.explain(limits, result, bound), 0) end
    return result
  end
end

local function check(given)
  if type(given) ~= "table" then return "the file has to return a table of functions" end
  for name, helper in next, given do
    if type(name) ~= "string" or not name:find "^[%a_][%w_]*$" then return ("%q is no name for a helper: letters, digits and _"):format(tostring(name)) end
    if TAKEN[name] then return ("%s is a word of the template language; choose another name"):format(name) end
    if FUNCTIONS[name] then return ("%s is a function of the language; choose another name"):format(name) end
    if type(helper) ~= "function" then return ("%s: expected a function, got %s"):format(name, type(helper)) end
  end
end

-- The project's own, run in a sandbox.
local function read(home, files, on_read)
  local box = sandbox.new { files = files, words = home.words, compiled = home.compiled, on_read = on_read }
  local given, failure = box:run(M.FILE)
  if failure then return nil, failure end
  local message = check(given)
  if message then return nil, fault.new { file = M.FILE, message = message } end
  return given
end

local function is_named(sources, name)
  for _, source in ipairs(sources) do
    if source:find("%f[%w_]" .. name .. "%f[^%w_]") then return true end
  end
  return false
end

---The helpers for a campaign's templates.
---@param home herald.CampaignHome
---@param files table<string, string>
---@param sources string[] the templates and their fragments
---@return table<string, function>
---@return string[] used the files that they come from; none when the templates name none of them
---@return herald.Fault|nil failure
function M.load(home, files, sources)
  local helpers, read_files = { encrypt = encrypter(home.secrets) }, {}
  if not files[M.FILE] then return helpers, {} end
  local given, failure = read(home, files, function(path) read_files[#read_files + 1] = path end)
  if not given then return helpers, read_files, failure end
  local limits = script_limits.resolve(home.settings and home.settings.limits or script_limits.defaults())
  local is_used = false
  for name, helper in next, given do
    helpers[name] = metered(limits, helper)
    is_used = is_used or is_named(sources, name)
  end
  return helpers, is_used and read_files or {}
end

return M
