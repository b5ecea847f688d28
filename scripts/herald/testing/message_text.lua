-- A delivered message as a text that people read and compare: each field on a line of its own, texts of several lines as
-- indented blocks. What differs from one run to the next (id, time, outcome) is left out.

local M = {}

local LEFT_OUT = { id = true, address = true, at = true, date = true, expires_at = true, outcome = true, attempt = true }
local FIRST = { "campaign", "surface", "channel", "to", "from", "reply_to", "subject" }
local ID = "MESSAGE-ID"

local function sorted_keys(value)
  local keys = {}
  for key in pairs(value) do keys[#keys + 1] = key end
  table.sort(keys, function(a, b)
    if type(a) == type(b) then return a < b end
    return type(a) == "number"
  end)
  return keys
end

-- Line ends alone are made the same: a template may come from a machine that ends lines by CRLF.
local function plain(text, id)
  text = text:gsub("\r\n", "\n")
  if id and id ~= "" then text = text:gsub(id, ID) end
  return text
end

-- A text that would read like something else, or loses characters on the screen, is quoted.
local function is_plain(text)
  return text ~= "" and not text:find "^[%s\"|]" and not text:find "%s$" and not text:find "%c" and not tonumber(text)
    and text ~= "true" and text ~= "false" and utf8.len(text) ~= nil
end

local function add_block(lines, name, text)
  local ends_with_line = text:sub(-1) == "\n"
  lines[#lines + 1] = name .. (ends_with_line and ": |" or ": |-")
  for line in (ends_with_line and text or text .. "\n"):gmatch "(.-)\n" do
    lines[#lines + 1] = line == "" and "" or "  " .. line
  end
end

local function add(lines, name, value, id)
  if type(value) == "table" then
    if next(value) == nil then lines[#lines + 1] = name .. ": {}" end
    for _, key in ipairs(sorted_keys(value)) do
      add(lines, name .. (type(key) == "number" and ("[%d]"):format(key) or "." .. tostring(key)), value[key], id)
    end
  elseif type(value) ~= "string" then
    lines[#lines + 1] = ("%s: %s"):format(name, tostring(value))
  else
    local text = plain(value, id)
    if text:find("\n", 1, true) and not text:find "[%z\1-\8\11-\31\127]" then return add_block(lines, name, text) end
    lines[#lines + 1] = ("%s: %s"):format(name, is_plain(text) and text or ("%q"):format(text))
  end
end

---@param message table a message of delivered() or preview()
---@return string
function M.of(message)
  local lines, done = {}, {}
  local id = type(message.id) == "string" and message.id or nil
  local function add_field(name)
    if done[name] or LEFT_OUT[name] or message[name] == nil then return end
    done[name] = true
    add(lines, name, message[name], id)
  end
  for _, name in ipairs(FIRST) do add_field(name) end
  for _, name in ipairs(sorted_keys(message)) do add_field(name) end
  return table.concat(lines, "\n") .. "\n"
end

return M
