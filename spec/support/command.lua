-- Runs the command line inside the spec and keeps what it prints.

local cli = require "herald.cli"

local M = {}

local PROGRAM = os.getenv "HERALD_PROGRAM" or (os.getenv "HERALD_BUILD" or "build/dev") .. "/herald"

---@return integer exit
---@return string out
---@return string err
function M.run(...)
  local out, err = {}, {}
  local exit = cli.main({ ... }, {
    share = os.getenv "HERALD_SOURCE", program = PROGRAM, version = "1.2.3", isatty = false, serve = M.serve,
    out = function(text) out[#out + 1] = text end,
    err = function(text) err[#err + 1] = text end,
  })
  return exit, table.concat(out), table.concat(err)
end

---A folder of the spec's own, which remove takes away.
function M.folder()
  local name = os.tmpname()
  os.remove(name)
  return name
end

function M.remove(folder)
  os.execute("rm -rf '" .. folder .. "'")
end

function M.write(path, text)
  os.execute(("mkdir -p '%s'"):format(path:match "^(.*)/"))
  local file = assert(io.open(path, "wb"))
  file:write(text)
  file:close()
end

return M
