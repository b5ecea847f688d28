-- What the journal keeps of personal data: rules such as "context.password" and "profile.*" name values, which become a
-- mark before anything is written or shown. `*` stands for every name at its place; lists are looked through.

local children = require "herald.children"
local payload = require "herald.payload"

local M = {}
local Mask = {}
Mask.__index = Mask

local MARK = '"[masked]"'

-- Both trees as one; true: the value itself is masked.
local function merged(a, b)
  if a == true or b == true then return true end
  if not a or not b then return a or b end
  local result = {}
  for name, rule in pairs(a) do result[name] = merged(rule, b[name]) end
  for name, rule in pairs(b) do result[name] = result[name] or rule end
  return result
end

local function tree_of(path)
  local rule = true
  local names = {}
  for name in path:gmatch "[^.]+" do table.insert(names, 1, name) end
  for _, name in ipairs(names) do rule = { [name] = rule } end
  return rule
end

---What is wrong with a rule.
---@param rule string
---@return string|nil message
function M.check(rule)
  if rule:find "^%a[%w_]*$" or rule:find "^%a[%w_]*%.[^.%s]" and not rule:find "%.%." and not rule:find "%.$" then return nil end
  return ("expected a path such as context.password or profile.*, got %q"):format(rule)
end

---@class herald.Mask
---@field rules table<string, any> by first name: true, or a tree of the names behind it

---@param paths string[]
---@return herald.Mask
function M.new(paths)
  local rules = {}
  for _, path in ipairs(paths) do rules = merged(rules, tree_of(path)) end
  return setmetatable({ rules = rules }, Mask)
end

local mask_node

local function mask_object(doc, node, rule, path, found)
  local parts = {}
  for child in children(doc, node) do
    local name = doc:key(child)
    local text = mask_node(doc, child, merged(rule[name], rule["*"]), path .. "." .. name, found)
    parts[#parts + 1] = payload.quote(name) .. ":" .. text
  end
  return "{" .. table.concat(parts, ",") .. "}"
end

local function mask_array(doc, node, rule, path, found)
  local parts = {}
  for child in children(doc, node) do parts[#parts + 1] = mask_node(doc, child, rule, path, found) end
  return "[" .. table.concat(parts, ",") .. "]"
end

function mask_node(doc, node, rule, path, found)
  if rule == true then
    found[path] = true
    return MARK
  end
  local kind = rule and doc:kind(node)
  if kind == "object" then return mask_object(doc, node, rule, path, found) end
  if kind == "array" then return mask_array(doc, node, rule, path, found) end
  return doc:raw(node)
end

---Whether everything of a kind is masked.
---@param root string
---@return boolean
function Mask:hides(root)
  return self.rules[root] == true
end

---Masks a JSON text. What is no JSON is masked as a whole where a rule looks into it.
---@param root string the rules' first name: context, profile, channelData, or the word that asked
---@param text string
---@param found table<string, true> gets the paths that were masked
---@return string
function Mask:text(root, text, found)
  local rule = self.rules[root]
  if not rule then return text end
  local doc = payload.parse(text)
  if not doc then
    found[root] = true
    return MARK
  end
  local seen = {}
  local masked = mask_node(doc, 1, rule, root, seen)
  for path in pairs(seen) do found[path] = true end
  return next(seen) and masked or text
end

---Masks plain data as a word gives it: a string that holds JSON is looked into.
---@param root string
---@param value any
---@param found table<string, true>
---@return any
function Mask:value(root, value, found)
  return self:inside(self.rules[root], root, value, found)
end

function Mask:inside(rule, path, value, found)
  if not rule then return value end
  if rule == true then
    found[path] = true
    return "[masked]"
  end
  if type(value) == "table" then
    local copy = {}
    for name, item in next, value do
      local below = type(name) == "string" and merged(rule[name], rule["*"]) or rule
      copy[name] = self:inside(below, type(name) == "string" and path .. "." .. name or path, item, found)
    end
    return copy
  end
  local doc = type(value) == "string" and payload.parse(value)
  if not doc then return value end
  local seen = {}
  local masked = mask_node(doc, 1, rule, path, seen)
  for name in pairs(seen) do found[name] = true end
  return next(seen) and masked or value
end

return M
