-- The generations as the store keeps them: which set of files was in force from when on, who wanted it and why. A restart
-- and a rollback find everything here, whatever has become of the folder.

local crypto = require "herald.crypto"

local M = {}
local Generations = {}
Generations.__index = Generations

---One set of scripts that was loaded.
---@class herald.Generation
---@field number integer
---@field hash string names its set of files
---@field folder string|nil the hash of what the project's folder held when it was looked at last
---@field at integer
---@field by string
---@field action "start"|"reload"|"rollback"|"canary"|"shadow"
---@field campaigns integer
---@field state "loaded"|"canary"|"withdrawn"|"shadow" the last loaded one is in force
---@field note string|nil

---A set of files with its name.
---@class herald.NamedFiles
---@field hash string
---@field files { path: string, hash: string }[] by path

---Names a set of files by its paths and contents.
---@param files table<string, string> path -> bytes
---@return herald.NamedFiles
function M.name(files)
  local list, lines = {}, {}
  for path, text in pairs(files) do list[#list + 1] = { path = path, hash = crypto.sha256_hex(text) } end
  table.sort(list, function(a, b) return a.path < b.path end)
  for index, file in ipairs(list) do lines[index] = ("%s\n%s\n"):format(file.path, file.hash) end
  return { hash = crypto.sha256_hex(table.concat(lines)), files = list }
end

---The one in force: the last that was loaded.
---@param rows herald.Generation[] the oldest first
---@return herald.Generation|nil
function M.current(rows)
  for index = #rows, 1, -1 do
    if rows[index].state == "loaded" then return rows[index] end
  end
end

---@param options { store: herald.Store, clock: herald.Clock, keep: integer }
---@return herald.Generations|nil
---@return string|nil message
---@return string|nil code
function M.open(options)
  local self = setmetatable({ store = options.store, clock = options.clock, keep = options.keep, stored = {} }, Generations)
  local ok, message, code = self:read()
  if not ok then return nil, message, code end
  return self
end

function Generations:read()
  local rows, message, code = self.store:generations()
  if not rows then return nil, message, code end
  self.rows = rows
  return true
end

---@return herald.Generation|nil
function Generations:current()
  return M.current(self.rows)
end

---@return integer
function Generations:next_number()
  local last = self.rows[#self.rows]
  return last and last.number + 1 or 1
end

---The generation that a rollback goes to: the one that is asked for, or the newest one whose files are others than those
---in force.
---@param wanted integer|nil
---@return herald.Generation|nil
---@return string|nil message
---@return string|nil code
function Generations:target(wanted)
  local current = self:current()
  for index = #self.rows, 1, -1 do
    local row = self.rows[index]
    local is_other = current and row.number < current.number and row.hash ~= current.hash
    if wanted == row.number and row.state ~= "loaded" then
      return nil, ("generation %d was never in force"):format(wanted), "conflict"
    elseif current and wanted == row.number and row.hash == current.hash then
      return nil, ("generation %d is in force, or has the same files"):format(wanted), "conflict"
    elseif wanted == row.number or not wanted and is_other and row.state == "loaded" then
      return row
    end
  end
  if wanted then return nil, ("there is no generation %d; `herald generations` lists them"):format(wanted), "not-found" end
  return nil, "there is no generation to go back to", "conflict"
end

---A generation's files, as project.load takes them.
---@param number integer
---@param dir string
---@return { dir: string, files: table<string, string> }|nil
---@return string|nil message
---@return string|nil code
function Generations:bundle(number, dir)
  local rows, message, code = self.store:generation_files(number)
  if not rows then return nil, message, code end
  local files = {}
  for _, row in ipairs(rows) do files[row.path] = row.content end
  return { dir = dir, files = files }
end

-- What the store has to be given of the files: those that the bundle before did not have come with their content.
local function with_content(self, files, named)
  local list = {}
  for index, file in ipairs(named.files) do
    list[index] = { path = file.path, hash = file.hash, content = not self.stored[file.hash] and files[file.path] or nil }
  end
  return list
end

---@class herald.NewGeneration
---@field number integer
---@field files table<string, string>
---@field named herald.NamedFiles
---@field folder string|nil
---@field by string
---@field action string
---@field campaigns integer
---@field state string
---@field note string|nil

---Keeps a generation that was loaded, and forgets those that are past the setting.
---@param new herald.NewGeneration
---@return boolean|nil
---@return string|nil message
---@return string|nil code
function Generations:save(new)
  local done, message, code = self.store:save_generation {
    number = new.number, hash = new.named.hash, folder = new.folder, at = self.clock:now(), by = new.by, action = new.action,
    campaigns = new.campaigns, state = new.state, note = new.note, keep = self.keep, files = with_content(self, new.files, new.named),
  }
  if not done then return nil, message, code end
  if new.state == "loaded" then self:know(new.named) end
  return self:read()
end

---Says that a bundle's files are in the store for as long as it is the one in force.
---@param named herald.NamedFiles
function Generations:know(named)
  self.stored = {}
  for _, file in ipairs(named.files) do self.stored[file.hash] = true end
end

---Changes what is kept of a generation.
---@param number integer
---@param changes { state: string|nil, note: string|nil, folder: string|nil }
---@return boolean|nil
---@return string|nil message
---@return string|nil code
function Generations:note(number, changes)
  local done, message, code = self.store:note_generation {
    number = number, state = changes.state, note = changes.note, folder = changes.folder,
  }
  if not done then return nil, message, code end
  return self:read()
end

return M
