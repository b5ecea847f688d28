-- Checks a payload's context against what the campaign declares: context = { resetUrl = "url", firstName = "string?" }.

local M = {}

local function is_url(text)
  return text:match("^https?://[^%s/?#]+[^%s]*$") ~= nil
end

local function is_email(text)
  return text:match("^[^%s@]+@[^%s@]+$") ~= nil
end

-- type -> the JSON kinds it takes and a further test of the text
local TYPES = {
  any = {},
  string = { kinds = { string = true } },
  url = { kinds = { string = true }, test = is_url, says = "an absolute http(s) URL" },
  email = { kinds = { string = true }, test = is_email, says = "an email address" },
  number = { kinds = { number = true } },
  integer = { kinds = { number = true }, test = function(text) return text:match("^-?%d+$") ~= nil end, says = "a whole number" },
  boolean = { kinds = { boolean = true } },
  array = { kinds = { array = true } },
  object = { kinds = { object = true } },
}

---The names a declaration may use, sorted.
---@return string[]
function M.types()
  local names = {}
  for name in pairs(TYPES) do names[#names + 1] = name end
  table.sort(names)
  return names
end

---@param declared string such as "url" or "string?"
---@return string|nil type
---@return boolean is_optional
function M.parse(declared)
  local name, mark = declared:match("^(%a+)(%??)$")
  if not name or not TYPES[name] then return nil, false end
  return name, mark == "?"
end

local function check_value(doc, node, declared)
  local name, is_optional = M.parse(declared)
  local kind = node and doc:kind(node) or "null"
  if kind == "null" then return not is_optional and "missing" or nil end
  local rule = TYPES[name]
  if rule.kinds and not rule.kinds[kind] then return ("expected %s, got %s"):format(rule.says or name, kind) end
  if rule.test and not rule.test(doc:string(node)) then return ("expected %s"):format(rule.says) end
end

---@param declared table<string, string>
---@param doc herald.Document
---@param node integer|nil the context's object, nil when there is none
---@return string|nil message everything that is wrong, each with its path
function M.check(declared, doc, node)
  local names = {}
  for name in pairs(declared) do names[#names + 1] = name end
  table.sort(names)
  local wrong
  for _, name in ipairs(names) do
    local message = check_value(doc, node and doc:find(node, name), declared[name])
    if message then wrong = ("%scontext.%s: %s"):format(wrong and wrong .. "; " or "", name, message) end
  end
  return wrong
end

return M
