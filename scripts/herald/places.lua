-- Finds the line of a field in a definition's source: campaign { message = { subject = … } } knows where
-- message.subject stands. Reads tokens only; runs when there is an error to show.

local M = {}

local OPENING = { ["{"] = true, ["("] = true, ["["] = true }
local CLOSING = { ["}"] = true, [")"] = true, ["]"] = true }
local BLOCKS = { ["function"] = true, ["do"] = true, ["if"] = true, ["repeat"] = true }
local BLOCK_ENDS = { ["end"] = true, ["until"] = true }

local function long_bracket(source, at)
  local level = source:match("^%[(=*)%[", at)
  if not level then return nil end
  local _, last = source:find("]" .. level .. "]", at, true)
  return last or #source
end

local function end_of_string(source, at)
  local quote, position = source:sub(at, at), at + 1
  while position <= #source do
    local char = source:sub(position, position)
    if char == quote or char == "\n" then return position end
    position = position + (char == "\\" and 2 or 1)
  end
  return #source
end

local function count_lines(source, first, last)
  local count = 0
  for _ in source:sub(first, last):gmatch "\n" do count = count + 1 end
  return count
end

-- Returns the next token's kind, text and extent; comments count as space.
local function next_token(source, at)
  at = source:find("%S", at)
  if not at then return nil end
  if source:sub(at, at + 1) == "--" then
    local last = long_bracket(source, at + 2) or (source:find("\n", at, true) or #source + 1) - 1
    return "space", "", at, last
  end
  local name = source:match("^[%a_][%w_]*", at)
  if name then return "name", name, at, at + #name - 1 end
  local char = source:sub(at, at)
  if char == '"' or char == "'" then
    local last = end_of_string(source, at)
    return "string", source:sub(at + 1, last - 1), at, last
  end
  local last = long_bracket(source, at)
  if last then return "string", source:sub(at, last), at, last end
  local sign = source:match("^[=~<>]=", at) or char
  return "sign", sign, at, at + #sign - 1
end

---@return { kind: string, text: string, line: integer }[]
local function tokens_of(source)
  local tokens, at, line = {}, 1, 1
  while true do
    local kind, text, first, last = next_token(source, at)
    if not kind then return tokens end
    line = line + count_lines(source, at, first - 1)
    if kind ~= "space" then tokens[#tokens + 1] = { kind = kind, text = text, line = line } end
    line = line + count_lines(source, first, last)
    at = last + 1
  end
end

local function key_at(tokens, index)
  local token, following = tokens[index], tokens[index + 1]
  if not following then return nil end
  if token.kind == "name" and following.text == "=" and following.kind == "sign" then return token.text, 2 end
  local close, assign = tokens[index + 2], tokens[index + 3]
  if token.text == "[" and token.kind == "sign" and following.kind == "string" and close and close.text == "]" and assign and assign.text == "=" then
    return following.text, 4
  end
end

local function child_path(frame, key)
  if type(key) == "number" then return ("%s[%d]"):format(frame.path, key) end
  return frame.path == "" and key or frame.path .. "." .. key
end

-- A field begins: notes where, and what the values inside it are called.
local function begin_item(lines, frame, tokens, index)
  frame.is_start = false
  local key, length = key_at(tokens, index)
  if not key then
    frame.count = frame.count + 1
    key, length = frame.count, 0
  end
  frame.item = child_path(frame, key)
  lines[frame.item] = lines[frame.item] or tokens[index].line
  return index + length
end

local function enter_or_leave(stack, frame, token)
  local is_name, is_sign = token.kind == "name", token.kind == "sign"
  if is_sign and OPENING[token.text] then
    local inside = token.text == "{" and frame.item
    stack[#stack + 1] = { path = inside, count = 0, is_start = inside ~= nil and inside ~= false }
  elseif is_sign and CLOSING[token.text] or is_name and BLOCK_ENDS[token.text] then
    stack[#stack] = nil
  elseif is_name and BLOCKS[token.text] then
    stack[#stack + 1] = {}
  elseif is_sign and (token.text == "," or token.text == ";") and frame.path then
    frame.is_start = true
  end
end

-- Walks one constructor from its opening brace.
local function walk(tokens, index, lines)
  local stack = { { path = "", count = 0, is_start = true } }
  lines[""] = tokens[index].line
  index = index + 1
  while #stack > 0 and tokens[index] do
    local frame, token = stack[#stack], tokens[index]
    local ends_here = token.kind == "sign" and CLOSING[token.text]
    local past = frame.is_start and not ends_here and begin_item(lines, frame, tokens, index) or index
    if past == index then
      enter_or_leave(stack, frame, token)
      past = index + 1
    end
    index = past
  end
end

---The lines of a constructor's fields: lines_of(source, "campaign")["message.subject"]; "" is the constructor itself.
---@param source string
---@param word string
---@return table<string, integer>
function M.lines_of(source, word)
  local tokens, lines = tokens_of(source), {}
  for index = 1, #tokens - 1 do
    if tokens[index].kind == "name" and tokens[index].text == word then
      local at = tokens[index + 1].text == "(" and index + 2 or index + 1
      if tokens[at] and tokens[at].text == "{" and tokens[at].kind == "sign" then
        walk(tokens, at, lines)
        break
      end
    end
  end
  return lines
end

-- A field that is missing has the line of what it is missing from.
local function line_of(lines, path)
  while true do
    if lines[path] then return lines[path] end
    if path == "" then return nil end
    path = path:match "^(.*)%[%d+%]$" or path:match "^(.*)%.[^.]*$" or ""
  end
end

---Gives each fault of a file its line.
---@param faults herald.Fault[]
---@param files table<string, string>
---@param word string
function M.fill(faults, files, word)
  local known = {}
  for _, found in ipairs(faults) do
    local source = found.file and files[found.file]
    if source and not found.line then
      known[found.file] = known[found.file] or M.lines_of(source, word)
      found.line = line_of(known[found.file], found.path or "")
    end
  end
end

return M
