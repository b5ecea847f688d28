-- Secrets: values that are handed on but never shown. Printing one gives secret(NAME); only what talks to
-- the outside (a provider, an endpoint's signature check) reveals it.

local M = {}

-- secret -> { name, text }; out of every script's reach
local hidden = setmetatable({}, { __mode = "k" })

local metatable = {
  __metatable = false,
  __name = "secret",
  __newindex = function() error("a secret cannot be changed", 2) end,
  __concat = function() error("a secret cannot become part of a text", 2) end,
  __len = function() error("a secret has no length to see", 2) end,
}

function metatable.__tostring(value)
  return ("secret(%s)"):format(hidden[value].name)
end

---@param name string
---@param text string|nil nil when it is missing
---@return herald.Secret
function M.new(name, text)
  local value = setmetatable({}, metatable)
  hidden[value] = { name = name, text = text }
  return value
end

---@return boolean
function M.is(value)
  return hidden[value] ~= nil
end

---@return string|nil
function M.name(value)
  local found = hidden[value]
  return found and found.name
end

---The text of a secret; any other value as it is.
---@return any # nil for a secret that is missing
function M.reveal(value)
  local found = value ~= nil and hidden[value]
  if not found then return value end
  return found.text
end

---A copy with every secret in it revealed.
---@param value any
---@return any
function M.reveal_all(value)
  if M.is(value) then return M.reveal(value) end
  if type(value) ~= "table" then return value end
  local copy = {}
  for key, item in next, value do copy[key] = M.reveal_all(item) end
  return copy
end

---@param name any
---@return boolean
function M.is_name(name)
  return type(name) == "string" and #name <= 128 and name:find "^[%w_][%w_.-]*$" ~= nil
end

local function read_file(path)
  local file = io.open(path, "rb")
  if not file then return nil end
  local text = file:read "a"
  file:close()
  return text and (text:gsub("[\r\n]+$", ""))
end

---Where a project's secrets come from: the environment, then the folder secrets/.
---@param dir string the project
---@return fun(name: string): string|nil
function M.source(dir)
  return function(name)
    if not M.is_name(name) then return nil end
    return os.getenv(name) or read_file(dir .. "/secrets/" .. name)
  end
end

return M
