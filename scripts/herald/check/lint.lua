-- luacheck's own warnings, by the rules of a project's files. Globals and unreachable code have findings of their own.

local M = {}

local OPTIONS = {
  std = "lua54", unused_args = false, self = false, max_line_length = false,
  ignore = { "1..", "511", "43.", "6..", "213" },
}

---@param work herald.CheckWork
function M.find(work)
  for _, source in ipairs(work.sources) do
    for _, found in ipairs(work.luacheck.warnings(source.text, OPTIONS)) do
      work.add("lint", { file = source.file, line = found.line, column = found.column }, ("%s (W%s)"):format(found.message, found.code))
    end
  end
end

return M
