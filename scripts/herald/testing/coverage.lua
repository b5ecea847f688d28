-- Which lines of a project's scripts ran while its specs did. Lines are counted by the hook that meters scripts, so the
-- budgets stay as they are.

local budget = require "herald.budget"
local bytecode = require "herald.testing.bytecode"
local folder = require "herald.folder"

local M = {}

-- Settings and surfaces hold no code.
local function is_covered(path)
  return path:find "%.lua$" and path ~= "herald.lua" and not path:find "^surfaces/"
end

-- A line that ends a block, or opens its other half, says nothing of its own.
local function is_silent(text)
  local rest = text:gsub("%-%-.*$", ""):gsub("[%s%(%){},;]", "")
  return rest == "" or rest == "end" or rest == "else" or rest == "do" or rest == "repeat"
end

local function countable(path, source)
  local possible = bytecode.lines(source, path)
  if not possible then return nil end
  local counts, number = {}, 0
  for text in (source .. "\n"):gmatch "(.-)\r?\n" do
    number = number + 1
    if possible[number] and not is_silent(text) then counts[number] = 0 end
  end
  return counts
end

---The lines that count, of each file.
---@param dir string the project
---@return table<string, table<integer, integer>> file -> line -> 0
function M.lines(dir)
  local all = {}
  for path, source in pairs(folder.read(dir) or {}) do
    if is_covered(path) then all[path] = countable(path, source) end
  end
  return all
end

---Counts from now on.
---@param dir string
---@return table traced for stop
function M.start(dir)
  local lines = M.lines(dir)
  budget.trace(lines)
  return lines
end

---@param traced table
---@return table<string, integer[]> file -> the lines that ran
function M.stop(traced)
  budget.trace(nil)
  local ran = {}
  for path, counts in pairs(traced) do
    local list = {}
    for line, count in pairs(counts) do
      if count > 0 then list[#list + 1] = line end
    end
    table.sort(list)
    if #list > 0 then ran[path] = list end
  end
  return ran
end

-- 3, 4, 5, 9 as "3-5, 9".
local function ranges(lines)
  local parts, first, last = {}, nil, nil
  local function close()
    if first then parts[#parts + 1] = first == last and tostring(first) or ("%d-%d"):format(first, last) end
  end
  for _, line in ipairs(lines) do
    if last == line - 1 then
      last = line
    else
      close()
      first, last = line, line
    end
  end
  close()
  return table.concat(parts, ", ")
end

local function row_of(path, counts, ran)
  local hit = {}
  for _, line in ipairs(ran) do hit[line] = true end
  local row = { path = path, covered = 0, total = 0, missing = {} }
  for line in pairs(counts) do
    row.total = row.total + 1
    if hit[line] then row.covered = row.covered + 1 else row.missing[#row.missing + 1] = line end
  end
  table.sort(row.missing)
  row.never_ran = ranges(row.missing)
  return row
end

---Sums what several processes saw.
---@param dir string
---@param seen table<string, integer[]>[] what stop gave
---@return { path: string, covered: integer, total: integer, never_ran: string }[] rows sorted by path
---@return number percent of all lines; 100 where there are none
function M.sum(dir, seen)
  local ran, rows, covered, total = {}, {}, 0, 0
  for _, one in ipairs(seen) do
    for path, lines in pairs(one) do
      ran[path] = ran[path] or {}
      table.move(lines, 1, #lines, #ran[path] + 1, ran[path])
    end
  end
  for path, counts in pairs(M.lines(dir)) do
    local row = row_of(path, counts, ran[path] or {})
    rows[#rows + 1], covered, total = row, covered + row.covered, total + row.total
  end
  table.sort(rows, function(a, b) return a.path < b.path end)
  return rows, total > 0 and 100 * covered / total or 100
end

return M
