-- Messages into files instead of to people: what the capture providers share.
local M = {}

-- A file appears whole or not at all, so that whoever watches the folder never reads half a message.
local function write_whole(path, bytes)
  local part = path .. ".part"
  local file, why = io.open(part, "wb")
  if not file then return nil, why end
  local written, failure = file:write(bytes)
  local closed, close_failure = file:close()
  if not (written and closed) then
    os.remove(part)
    return nil, failure or close_failure
  end
  return os.rename(part, path)
end

local function folder_of(surface, tools)
  return surface.directory or (tools.data or "data") .. "/captured"
end

local function quote(path)
  return "'" .. path:gsub("'", "'\\''") .. "'"
end

---@param surface table its directory, or the data folder's "captured"
---@param tools table
---@param name string file name
---@param bytes string
---@return table outcome
function M.write(surface, tools, name, bytes)
  local folder = folder_of(surface, tools)
  local path = folder .. "/" .. name
  local ok, why = write_whole(path, bytes)
  if not ok then
    os.execute(("mkdir -p -- %s 2>/dev/null"):format(quote(folder)))
    ok, why = write_whole(path, bytes)
  end
  if not ok then return { state = "retry", code = "capture", answer = why } end
  return { state = "sent", code = "captured", answer = path }
end

---The rendered fields of a message and where it went, as JSON.
---@param surface table
---@param message table
---@param tools table
---@return table outcome
function M.write_json(surface, message, tools)
  local shown = { id = message.id, to = message.address, at = tools.clock:now(), surface = surface.name, channel = surface.channel }
  for name, value in pairs(message) do
    if shown[name] == nil and type(value) ~= "function" then shown[name] = value end
  end
  shown.address = nil
  return M.write(surface, tools, message.id .. ".json", tools.json.encode(shown) .. "\n")
end

return M
