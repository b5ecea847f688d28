-- Contexts that keep a campaign's declaration and are as unlike what people try as they may be: empty and very long texts,
-- markup, template braces, line ends, other scripts, the edges of numbers, names that are missing or null.

local context_rules = require "herald.context_rules"
local payload = require "herald.payload"

local M = {}

local TEXTS = {
  "", " ", "a", "Jane", "O'Brien", "{{context.x}}", "{{{", "}}", "{{#if", "{%= x %}", "<script>alert(1)</script>", "</title><b>", "\"'`", "&amp;&",
  "line\r\nBcc: evil@example.com", "line\nline", "\t", "\\", "%s%d%n", "../../etc", "'; DROP TABLE x; --", "0", "-1", "1e999", "true", "null",
  "Grüße aus Köln", "Ελλάδα", "日本語のテキスト", "שלום עולם", "مرحبا", "\u{202E}desrever\u{202C}", "\u{200B}", "\u{FEFF}bom", "👩‍👩‍👧‍👦", "e\u{301}",
  "\u{1F1EB}\u{1F1F7}",
  "İıſ",
  "\u{2028}", "\u{0}", "\u{10FFFF}",
}
local PIECES = { "a", "Z", "7", " ", "-", "<", ">", "&", "\"", "'", "{", "}", "{{", "}}", "\r\n", "\n", "é", "漢", "ש", "😀", "%", "$", "\\", "/" }
local URLS = {
  "https://example.com", "http://a.b/", "https://example.com/r?token=4711&x=1#top", "https://example.com/?q=\"><script>alert(1)</script>",
  "https://example.com/'onmouseover='x", "https://example.com/{{context.x}}", "https://example.com/%00%0d%0a", "https://user@example.com:8443/",
  "https://пример.example/путь", "https://example.com/日本語",
}
local EMAILS = { "jane@example.com", "o'brien+tag@example.com", "a@b", "\"<b>\"@example.com", "пример@example.com", "{{x}}@example.com" }
local INTEGERS = { 0, 1, -1, 2, 7, 100, -100, 2147483647, -2147483648, 9007199254740991, 9007199254740993, -9007199254740993 }
local NUMBERS = { 0, 0.5, -0.5, 0.1, 10.25, 1e-7, 1e15, -1e15, 1e300, 3, -3 }

local MOST_PIECES, LONG = 40, 10000
local MOST_SHORTER = 200

local generate

local function pieces(random)
  local parts = {}
  for index = 1, random:integer(0, MOST_PIECES) do parts[index] = random:one_of(PIECES) end
  return table.concat(parts)
end

local function text(random)
  if random:chance(2) then return ("x"):rep(LONG) end
  return random:chance(60) and random:one_of(TEXTS) or pieces(random)
end

local function url(random)
  if random:chance(2) then return "https://example.com/" .. ("x"):rep(2000) end
  return random:chance(60) and random:one_of(URLS) or ("https://example.com/%d?x=%d"):format(random:integer(0, 999999), random:integer(0, 99))
end

local SCALARS = { "string", "integer", "number", "boolean" }

local function array(random, depth)
  local list = {}
  for index = 1, random:integer(0, depth > 0 and 4 or 0) do list[index] = generate(random:one_of(SCALARS), random, depth - 1) end
  return payload.array(list)
end

local function object(random, depth)
  local value = {}
  for _ = 1, random:integer(0, depth > 0 and 4 or 0) do
    value[random:one_of { "name", "id", "price", "a b", "ü", "<x>" }] = generate(random:one_of(SCALARS), random, depth - 1)
  end
  if next(value) == nil then return payload.raw "{}" end
  return value
end

local KINDS = {
  string = text, url = url, array = array, object = object,
  email = function(random) return random:one_of(EMAILS) end,
  integer = function(random) return random:chance(60) and random:one_of(INTEGERS) or random:integer(-1000000, 1000000) end,
  number = function(random) return random:chance(60) and random:one_of(NUMBERS) or random:integer(-100000, 100000) / 100 end,
  boolean = function(random) return random:chance(50) end,
  any = function(random, depth) return generate(random:one_of { "string", "number", "boolean", "array", "object" }, random, depth) end,
}

generate = function(kind, random, depth)
  return KINDS[kind](random, depth)
end

---A context that keeps the declaration; names with "?" are missing, or null, in some of them.
---@param declared table<string, string>|nil
---@param random herald.testing.Random
---@return table<string, any>
function M.context(declared, random)
  local names, context = {}, {}
  for name in pairs(declared or {}) do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do
    local kind, is_optional = context_rules.parse(declared[name])
    if not is_optional or not random:chance(30) then
      context[name] = generate(kind, random, 2)
    elseif random:chance(30) then
      context[name] = payload.null
    end
  end
  return context
end

-- The plainest value of each kind.
local PLAIN = {
  string = "", url = "https://a.b", email = "a@b", integer = 0, number = 0, boolean = false, any = false,
  array = payload.array {}, object = payload.raw "{}",
}

local function characters(value)
  local list = {}
  for _, code in utf8.codes(value) do list[#list + 1] = utf8.char(code) end
  return list
end

-- Shorter texts: without each half, then each part of a size, down to single characters; then with a plain character for one.
local function shorter(value)
  local list, given = {}, characters(value)
  local size = #given // 2
  while size >= 1 do
    for from = 1, #given, size do
      local kept = table.concat(given, "", 1, from - 1) .. table.concat(given, "", math.min(from + size, #given + 1), #given)
      if #list < MOST_SHORTER then list[#list + 1] = kept end
    end
    size = size // 2
  end
  for index = 1, math.min(#given, 100) do
    local char = given[index]
    if char ~= "a" then
      given[index] = "a"
      list[#list + 1] = table.concat(given)
      given[index] = char
    end
  end
  return list
end

local FITS = {
  url = function(value) return value:match "^https?://[^%s/?#]+[^%s]*$" end,
  email = function(value) return value:match "^[^%s@]+@[^%s@]+$" end,
}

---Values that are simpler and keep the declaration, the simplest first.
---@param declared string
---@param value any
---@return any[] nil is written as M.MISSING
function M.simpler(declared, value)
  local kind, is_optional = context_rules.parse(declared)
  local list = {}
  if is_optional then list[1] = M.MISSING end
  if value == payload.null then return list end
  if value ~= PLAIN[kind] then list[#list + 1] = PLAIN[kind] end
  if type(value) == "string" and #value <= #(PLAIN[kind] or "") then return is_optional and { M.MISSING } or {} end
  if type(value) == "string" then
    for _, candidate in ipairs(shorter(value)) do
      if not FITS[kind] or FITS[kind](candidate) then list[#list + 1] = candidate end
    end
  elseif math.type(value) == "integer" and value ~= 0 then
    list[#list + 1] = value // 2
    list[#list + 1] = value > 0 and value - 1 or value + 1
  elseif type(value) == "number" and value ~= 0 then
    list[#list + 1] = value < 0 and -1 or 1
  end
  return list
end

M.MISSING = setmetatable({}, { __name = "missing" })

return M
