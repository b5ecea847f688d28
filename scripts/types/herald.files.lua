---@meta herald.files

local files = {}

---What is in a folder, in no order; links are followed.
---@param folder string
---@return {name: string, kind: "file"|"folder"}[]|nil, string?, string?
function files.list(folder) end

---@param path string
---@return string|nil bytes, string?, string?
function files.read(path) end

return files
