-- `random`: chance that a replay and a spec can repeat, for shares, samples and codes that need not be secret. What must
-- not be guessed is `crypto.random`'s.

local guarded = require "herald.guarded"
local random_stream = require "herald.random_stream"
local script_run = require "herald.script_run"

local MOST_CHARACTERS = 1024
local ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"

local M = {}

local function stream(word)
  return random_stream.of(script_run.need(word), "script")
end

---From a to b, both of them possible; with one number from 1 to it.
---@param a integer
---@param b integer|nil
---@return integer
function M.integer(a, b)
  local low, high = math.tointeger(b and a or 1), math.tointeger(b or a)
  if not low or not high then error("random.integer: expected whole numbers", 2) end
  if low > high then error(("random.integer: there is nothing from %d to %d"):format(low, high), 2) end
  return stream "random.integer":integer(low, high)
end

---@return number # 0 <= n < 1
function M.number()
  return stream "random.number":number()
end

---One of a list.
---@param list any[]
---@return any
function M.choice(list)
  if type(list) ~= "table" or rawlen(list) == 0 then error("random.choice: expected a list with something in it", 2) end
  return rawget(list, stream "random.choice":integer(1, rawlen(list)))
end

---@param count integer characters, 1024 at most
---@param alphabet string|nil of single bytes; a to z and digits unless told
---@return string
function M.text(count, alphabet)
  alphabet = alphabet or ALPHABET
  if math.type(count) ~= "integer" or count < 0 or count > MOST_CHARACTERS then error("random.text: expected a length from 0 to 1024", 2) end
  if type(alphabet) ~= "string" or alphabet == "" or alphabet:find "[\x80-\xff]" then error("random.text: expected an alphabet of ASCII characters", 2) end
  local drawn, characters = stream "random.text", {}
  for index = 1, count do
    local at = drawn:integer(1, #alphabet)
    characters[index] = alphabet:sub(at, at)
  end
  return table.concat(characters)
end

return guarded.freeze("random", M)
