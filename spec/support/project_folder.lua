-- A project of a spec on disk, for the test kit.

local M = {}

---@param files table<string, string> path -> text
---@return string dir
function M.make(files)
  local dir = os.tmpname()
  os.remove(dir)
  for path, text in pairs(files) do
    os.execute(("LD_PRELOAD= mkdir -p '%s'"):format((dir .. "/" .. path):match "^(.*)/"))
    local file = assert(io.open(dir .. "/" .. path, "w"))
    file:write(text)
    file:close()
  end
  return dir
end

---@param dir string
function M.remove(dir)
  os.execute(("LD_PRELOAD= rm -rf '%s'"):format(dir))
end

return M
