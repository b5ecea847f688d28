-- Secrets that stand in the text of a file: what has the form of a known kind of key, and long random values beside a
-- name such as password or token. A finding never shows more than the first four characters.

local tree = require "herald.check.tree"

local M = {}

-- Pattern, how long what it matches has to be, and what it is.
local KNOWN = {
  { "%f[%w]sk_live_%w+", 24, "a live API key" },
  { "%f[%w]rk_live_%w+", 24, "a live API key" },
  { "%f[%w]AKIA[%u%d]+%f[%W]", 20, "an access key" },
  { "%f[%w]gh[pousr]_%w+", 36, "an access token" },
  { "%f[%w]github_pat_[%w_]+", 40, "an access token" },
  { "%f[%w]glpat%-[%w_-]+", 26, "an access token" },
  { "%f[%w]xox[abprs]%-[%w-]+", 20, "an access token" },
  { "%f[%w]AIza[%w_-]+", 39, "an API key" },
  { "%f[%w]SG%.[%w_-]+%.[%w_-]+", 40, "an API key" },
  { "%f[%w]eyJ[%w_-]+%.eyJ[%w_-]+%.[%w_-]+", 60, "a signed token" },
  { "%-%-%-%-%-BEGIN [%u ]*PRIVATE KEY%-%-%-%-%-", 20, "a private key" },
  { "[Bb]earer [%w._~+/-]+=*", 27, "a bearer token" },
}

local LEAST_LONG, LEAST_ENTROPY = 20, 3.5

local function mask(text)
  return text:sub(1, 4) .. "…"
end

local function place_of(file, text, at)
  local _, line = text:sub(1, at - 1):gsub("\n", "")
  local start = text:sub(1, at - 1):match ".*\n()" or 1
  return { file = file, line = line + 1, column = at - start + 1 }
end

local function entropy(text)
  local counts, sum = {}, 0
  for char in text:gmatch "." do counts[char] = (counts[char] or 0) + 1 end
  for _, count in pairs(counts) do sum = sum - count / #text * math.log(count / #text, 2) end
  return sum
end

-- Words in one case with separators between them: an id, a file, an address.
local function is_readable(text)
  if text:find "[%s{}]" or text:find "^%a+://" or text:find "@" then return true end
  for part in text:gmatch "[^%-_./:]+" do
    if #part > 16 or part:find "%d" and part:find "%a" and #part > 8 then return false end
  end
  return text:find "[%-_./:]" ~= nil
end

local function is_random(text)
  return #text >= LEAST_LONG and text:find "%d" ~= nil and text:find "%a" ~= nil and not is_readable(text) and entropy(text) >= LEAST_ENTROPY
end

local function is_password(text)
  return #text >= 6 and not text:find "[%s{}]" and text:find "%a" ~= nil and text:find "[%d!#$&*+^~]" ~= nil
end

-- What the name says of the value.
local function kind_of(name)
  local lower = name:lower():gsub("%-", "_")
  if lower:find "passw?o?r?d$" or lower:find "passwd$" then return is_password, "a password" end
  if lower:find "token$" or lower:find "secret$" or lower:find "key$" or lower:find "authorization$" then return is_random, "a secret" end
end

local function known_in(work, file, text, seen)
  for _, row in ipairs(KNOWN) do
    local at = 1
    while true do
      local first, last = text:find(row[1], at)
      if not first then break end
      local found = text:sub(first, last)
      local value = found:gsub("^[Bb]earer ", "")
      if last - first + 1 >= row[2] and (row[3] ~= "a bearer token" or value:find "%d") then
        local place = place_of(file, text, first)
        seen[place.line] = true
        work.add("secret-in-text", place, ("%s stands in the text: %s"):format(row[3], mask(value)))
      end
      at = last + 1
    end
  end
end

local function passwords_in_addresses(work, file, text, seen)
  for at, password in text:gmatch "%a[%w+.-]*://[^%s/:@\"'{}]+:()([^%s/@\"'{}]+)@" do
    local place = place_of(file, text, at)
    seen[place.line] = true
    work.add("secret-in-text", place, ("a password stands in an address: %s"):format(mask(#password > 4 and password or "")))
  end
end

-- The name that a value is given to, and the value's node.
local function each_named(source, visit)
  tree.each(source.ast, function(node)
    if node.tag == "Pair" and node[1].tag == "String" then
      visit(node[1][1], tree.plain(node[2]))
    elseif node.tag == "Local" or node.tag == "Set" then
      for index, target in ipairs(node[1]) do
        local name = target.tag == "Id" and target[1] or target.tag == "Index" and target[2].tag == "String" and target[2][1]
        if name and node[2] and node[2][index] then visit(name, tree.plain(node[2][index])) end
      end
    end
  end)
end

---@param work herald.CheckWork
function M.find(work)
  local seen = {}
  for file, text in pairs(work.files) do
    seen[file] = {}
    known_in(work, file, text, seen[file])
    passwords_in_addresses(work, file, text, seen[file])
  end
  for _, source in ipairs(work.sources) do
    each_named(source, function(name, value)
      if value.tag ~= "String" or seen[source.file][value.line] then return end
      local is_one, what = kind_of(name)
      if is_one and is_one(value[1]) then
        work.add("secret-in-text", source:place(value), ("%s seems to be %s: %s"):format(name, what, mask(value[1])))
      end
    end)
  end
end

return M
