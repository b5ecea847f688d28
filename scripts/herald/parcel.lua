-- A project's files on their way to a worker: one string, byte by byte, quickly made and read.

local M = {}

---@param bundle { dir: string, files: table<string, string>, campaigns: string[] }
---@return string
function M.pack(bundle)
  local parts = { ("<s4I4"):pack(bundle.dir, #bundle.campaigns) }
  for _, id in ipairs(bundle.campaigns) do parts[#parts + 1] = ("<s4"):pack(id) end
  for path, text in pairs(bundle.files) do parts[#parts + 1] = ("<s4s4"):pack(path, text) end
  return table.concat(parts)
end

---@param text string
---@return { dir: string, files: table<string, string>, campaigns: string[] }
function M.unpack(text)
  local dir, count, at = ("<s4I4"):unpack(text)
  local campaigns, files = {}, {}
  for index = 1, count do campaigns[index], at = ("<s4"):unpack(text, at) end
  while at <= #text do
    local path, content, behind = ("<s4s4"):unpack(text, at)
    files[path], at = content, behind
  end
  return { dir = dir, files = files, campaigns = campaigns }
end

return M
