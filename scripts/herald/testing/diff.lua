-- How two texts differ, line by line: what is missing with "-", what is new with "+", and two lines around each place.

local M = {}

local AROUND = 2
local MOST_CELLS = 4000000 -- beyond that the part that differs is shown as a whole
local MOST_LINES = 80

local function lines_of(text)
  local lines = {}
  for line in (text:sub(-1) == "\n" and text or text .. "\n"):gmatch "(.-)\n" do lines[#lines + 1] = line end
  return lines
end

-- Lengths of the longest common subsequences of a[i..] and b[j..].
local function lengths(a, b, from, last_a, last_b)
  local rows = {}
  rows[last_a + 1] = {}
  for i = last_a, from, -1 do
    local row, below = {}, rows[i + 1]
    for j = last_b, from, -1 do
      row[j] = a[i] == b[j] and (below[j + 1] or 0) + 1 or math.max(below[j] or 0, row[j + 1] or 0)
    end
    rows[i] = row
  end
  return rows
end

-- The lines between the common beginning and end, marked.
local function add_middle(marked, a, b, from, last_a, last_b)
  local is_small = (last_a - from + 1) * (last_b - from + 1) <= MOST_CELLS
  local rows = is_small and lengths(a, b, from, last_a, last_b)
  local i, j = from, from
  while i <= last_a or j <= last_b do
    local both = i <= last_a and j <= last_b
    if both and is_small and a[i] == b[j] then
      marked[#marked + 1] = "  " .. a[i]
      i, j = i + 1, j + 1
    elseif i <= last_a and (j > last_b or not is_small or (rows[i + 1][j] or 0) >= (rows[i][j + 1] or 0)) then
      marked[#marked + 1] = "- " .. a[i]
      i = i + 1
    else
      marked[#marked + 1] = "+ " .. b[j]
      j = j + 1
    end
  end
end

local function marked_lines(a, b)
  local from, last_a, last_b = 1, #a, #b
  while from <= last_a and from <= last_b and a[from] == b[from] do from = from + 1 end
  while last_a >= from and last_b >= from and a[last_a] == b[last_b] do last_a, last_b = last_a - 1, last_b - 1 end
  local marked = {}
  for index = 1, from - 1 do marked[#marked + 1] = "  " .. a[index] end
  add_middle(marked, a, b, from, last_a, last_b)
  for index = last_a + 1, #a do marked[#marked + 1] = "  " .. a[index] end
  return marked
end

local function is_near_change(marked, index)
  for near = math.max(1, index - AROUND), math.min(#marked, index + AROUND) do
    if marked[near]:sub(1, 1) ~= " " then return true end
  end
  return false
end

---@param expected string
---@param actual string
---@return string # "" when they are the same
function M.lines(expected, actual)
  local marked, shown, was_near = marked_lines(lines_of(expected), lines_of(actual)), {}, true
  for index, line in ipairs(marked) do
    local is_near = is_near_change(marked, index)
    if is_near and not was_near then shown[#shown + 1] = "  …" end
    if is_near then shown[#shown + 1] = line end
    was_near = is_near
  end
  if #shown > MOST_LINES then
    local more = #shown - MOST_LINES
    shown[MOST_LINES + 1] = ("  … and %d lines more"):format(more)
    table.move({}, 1, more, MOST_LINES + 2, shown)
  end
  return table.concat(shown, "\n")
end

return M
