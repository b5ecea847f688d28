-- assert.golden(message, "name"): the whole rendered message is what spec/golden/NAME.txt says. `herald test --update` writes
-- the files anew; the environment variable HERALD_GOLDEN says so to the specs.

local diff = require "herald.testing.diff"
local files = require "herald.files"
local message_text = require "herald.testing.message_text"

local M = {}

M.UPDATE = "HERALD_GOLDEN"

-- The folder of the spec that asks: spec/golden for spec/x_spec.lua and spec/deep/x_spec.lua.
local function folder()
  for level = 2, math.huge do
    local info = debug.getinfo(level, "S")
    if not info then break end
    local dir = info.source:match "^@(.*)[/\\][^/\\]*_spec%.lua$"
    if dir then return (dir:match "^(.*%f[^/\0]spec)%f[/\0]" or dir) .. "/golden" end
  end
  return "spec/golden"
end

local function check(message, name)
  if type(message) ~= "table" then
    error(("assert.golden: expected a message, got %s; was anything delivered?"):format(type(message)), 4)
  end
  if type(name) ~= "string" or not name:find "^[%w_-][%w._-]*$" then
    error("assert.golden: expected a name of letters, digits, dots and dashes, such as \"password-reset\"", 4)
  end
end

local function write(path, text)
  os.execute("mkdir -p -- '" .. path:match "^(.*)/":gsub("'", "'\\''") .. "'")
  local file = assert(io.open(path, "wb"))
  assert(file:write(text))
  assert(file:close())
end

-- The run that collects what happens, where there is one, hears which file was used.
local function publish(path, what)
  local is_there, busted = pcall(require, "busted")
  if is_there and type(busted) == "table" and busted.publish then busted.publish({ "herald", "golden" }, path, what) end
end

---Compares a message with its golden file.
---@param message table
---@param name string
---@return string|nil complaint nil: they are the same, or the file was written
function M.compare(message, name)
  check(message, name)
  local path, actual = ("%s/%s.txt"):format(folder(), name), message_text.of(message)
  local expected = files.read(path)
  if os.getenv(M.UPDATE) == "update" then
    if expected ~= actual then write(path, actual) end
    return publish(path, expected == actual and "used" or "written")
  end
  publish(path, "used")
  if not expected then return ("there is no %s; look at the message and keep it with: herald test --update"):format(path) end
  expected = expected:gsub("\r\n", "\n")
  if expected == actual then return nil end
  return ("the message is not what %s says (- expected, + sent); when it is right: herald test --update\n%s"):format(path,
    diff.lines(expected, actual))
end

---Teaches luassert `assert.golden`, where it is installed.
function M.register()
  local is_there, luassert = pcall(require, "luassert")
  if not is_there then return end
  luassert:register("assertion", "golden", function(state, arguments)
    local complaint = M.compare(arguments[1], arguments[2])
    state.failure_message = complaint and setmetatable({}, { __tostring = function() return complaint end })
    return complaint == nil
  end)
end

return M
