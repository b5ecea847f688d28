-- The product's own modules as byte code, made once in the main thread, so that a worker's new state does not read and compile
-- them again. They are the same files that `require` finds; a module that is not in here is found as ever.

local M = {}

local function dump(name)
  local path = package.searchpath(name, package.path)
  local chunk = path and loadfile(path, "t")
  return chunk and string.dump(chunk)
end

---Every module that a worker loads.
---@return string packed as Daemon:load takes it
function M.pack()
  require "herald.worker"
  local parts = {}
  for name in pairs(package.loaded) do
    local code = name:find "^herald%." and dump(name)
    if code then parts[#parts + 1] = ("<s4s4"):pack(name, code) end
  end
  return table.concat(parts)
end

return M
