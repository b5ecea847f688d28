-- What the program `herald` runs: the command line, with the daemon behind `serve`.

local cli = require "herald.cli"

local M = {}

local function report(errors)
  for _, line in ipairs(errors or {}) do io.stderr:write("herald: ", line, "\n") end
end

---@param argv string[]
---@param place { share: string, version: string, program: string, isatty: boolean }
---@return integer exit
function M.run(argv, place)
  return cli.main(argv, {
    share = place.share, version = place.version, program = place.program, isatty = place.isatty,
    serve = function(options)
      local serve = require "herald.serve"
      local exit, errors = serve.run {
        project = options.project, listen = options.listen, data = options.data, workers = options.workers,
        share = place.share, version = place.version,
      }
      report(errors)
      return exit
    end,
  })
end

return M
