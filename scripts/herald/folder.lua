-- Reads the files of a project folder into one table. Secrets, data, specs and hidden files stay outside.

local files = require "herald.files"

local M = {}

local SKIPPED = { data = true, secrets = true, spec = true, node_modules = true, build = true }
local MOST_DEPTH = 12

local function wanted(path)
  return path:find "%.lua$" or path:find "^templates/" or path:find "^endpoints/.*%.json$"
end

local function walk(dir, prefix, depth, found)
  local entries, message, code = files.list(prefix == "" and dir or dir .. "/" .. prefix:sub(1, -2))
  if not entries then return nil, message, code end
  for _, entry in ipairs(entries) do
    local path = prefix .. entry.name
    if entry.name:sub(1, 1) == "." or depth == 1 and SKIPPED[entry.name] then
      goto continue
    elseif entry.kind == "folder" then
      if depth >= MOST_DEPTH then return nil, ("%s/%s: nested too deeply"):format(dir, path), "too-large" end
      local ok, failure, failure_code = walk(dir, path .. "/", depth + 1, found)
      if not ok then return nil, failure, failure_code end
    elseif wanted(path) then
      local text, failure, failure_code = files.read(dir .. "/" .. path)
      if not text then return nil, failure, failure_code end
      found[path] = text
    end
    ::continue::
  end
  return found
end

local function exists(path)
  local file = io.open(path, "r")
  if file then file:close() end
  return file ~= nil
end

---What to say of a folder that is none.
---@param dir string
---@return string
function M.missing(dir)
  return exists(dir) and ("%s is not a folder"):format(dir) or ("there is no folder %s"):format(dir)
end

---@param dir string
---@return table<string, string>|nil files path -> bytes
---@return string|nil message
---@return string|nil code
function M.read(dir)
  local found, message, code = walk(dir, "", 1, {})
  if not found and code == "not-found" and not files.list(dir) then message = M.missing(dir) end
  return found, message, code
end

return M
