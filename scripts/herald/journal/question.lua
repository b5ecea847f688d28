-- What a script asked, as the journal knows it again: a digest, by which the answer is found when the script runs once
-- more, and words for people. Neither has a header or a body, which may hold secrets.

local crypto = require "herald.crypto"
local payload = require "herald.payload"

local M = {}

local LONGEST_WORDS = 200
local DIGEST_LENGTH = 16

-- What decides about the answer: not how long it may take, and not the headers, where keys change.
local function essence(kind, question)
  if kind == "http" and type(question) == "table" then
    return { method = question.method, url = question.url, body = question.body }
  end
  return question
end

---@param kind string the word that asks
---@param question any
---@return string
function M.digest(kind, question)
  local ok, text = pcall(payload.encode, essence(kind, question))
  return crypto.sha256_hex(kind .. "\n" .. (ok and text or "")):sub(1, DIGEST_LENGTH)
end

-- An address without what stands behind its path, where tokens and people's names are.
local function address(url)
  return tostring(url):match "^%a[%w+.-]*://([^?#]*)" or "?"
end

local function joined(question)
  local parts = {}
  for index, part in ipairs(question) do parts[index] = tostring(part) end
  if #parts == 0 and question.key ~= nil then parts[1] = tostring(question.key) end
  return table.concat(parts, " ")
end

---@param kind string
---@param question any
---@return string such as "GET shop.example.com/orders"; may be empty
function M.words(kind, question)
  local words
  if kind == "http" and type(question) == "table" then
    words = ("%s %s"):format(tostring(question.method), (address(question.url):gsub("^[^/]*@", "")))
  elseif type(question) == "table" then
    words = joined(question)
  else
    words = question == nil and "" or tostring(question)
  end
  if #words > LONGEST_WORDS or not utf8.len(words) then words = words:gsub("[\128-\255]", "?"):sub(1, LONGEST_WORDS) end
  return words
end

return M
