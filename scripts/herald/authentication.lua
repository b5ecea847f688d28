-- How an endpoint of the project knows its callers: endpoint.key, endpoint.hmac, endpoint.jwt, endpoint.mtls and
-- endpoint.none, each in a file of authentication/. An endpoint names one of them, or several of which one has to do.

local problem = require "herald.problem"
local words = require "herald.words"

local KINDS = {}
for _, kind in ipairs { "hmac", "jwt", "key", "mtls", "none" } do KINDS[kind] = require("herald.authentication." .. kind) end

local M = {}

local EXPECTED = 'expected endpoint.hmac { … }, endpoint.jwt { … }, endpoint.mtls { … }, endpoint.key "trigger", endpoint.none, or a list of them'
local MOST = 8

---One way to be known; each kind has fields of its own.
---@class herald.AuthenticationRules
---@field kind "hmac"|"jwt"|"key"|"mtls"|"none"

---Who an endpoint's caller is.
---@class herald.Caller
---@field who herald.Who in whose name the endpoint acts
---@field name string|nil what the caller is called: a key's name, a token's subject, a certificate's name
---@field claims table|nil of a token
---@field once { key: string, expires_at: integer, detail: string }|nil may come this once

-- marker -> rules
local marked = setmetatable({}, { __mode = "k" })

local function mark(rules)
  local marker = setmetatable({}, { __metatable = false, __name = "authentication" })
  marked[marker] = rules
  return marker
end

---The word `endpoint`, for one file.
---@param loading herald.Loading
---@param more table<string, any> what else stands behind its dot
---@return table
function M.word(loading, more)
  local members = {}
  for name, value in pairs(more) do members[name] = value end
  for name, kind in pairs(KINDS) do
    if kind.takes_nothing then
      members[name] = mark { kind = name }
    else
      members[name] = function(given)
        local rules = kind.declare(loading, given)
        rules.kind = name
        return mark(rules)
      end
    end
  end
  return words.definer("endpoint", members)
end

local function read_list(list)
  local rules = {}
  for index = 1, rawlen(list) do
    rules[index] = marked[rawget(list, index)]
    if not rules[index] then return nil end
  end
  return #rules > 0 and #rules <= MOST and rules or nil
end

---What an endpoint says in `authenticate`.
---@param loading herald.Loading gets what is wrong with it
---@param given any
---@return herald.AuthenticationRules[]|nil
function M.read(loading, given)
  if given == nil then return loading:add("authenticate", "missing: " .. EXPECTED) end
  if marked[given] then return { marked[given] } end
  local rules = type(given) == "table" and read_list(given)
  if not rules then return loading:add("authenticate", EXPECTED) end
  return rules
end

-- A caller who is known and may not is told that before others are told to be known.
local function refuse(refusals)
  local details = {}
  for _, refusal in ipairs(refusals) do
    if refusal.status ~= 401 then return refusal.status, refusal.body, refusal.headers end
    details[#details + 1] = refusal.body.detail
  end
  local status, body = problem.new("authentication-failed", { detail = table.concat(details, "; or ") })
  return status, body, refusals[1].headers
end

---Finds the first way by which the caller is known.
---@param engine herald.Engine
---@param request table
---@param alternatives herald.AuthenticationRules[]
---@return herald.Caller|nil
---@return integer|nil status
---@return table|nil body
---@return table|nil headers
function M.identify(engine, request, alternatives)
  local refusals = {}
  for index, rules in ipairs(alternatives) do
    local caller, status, body, headers = KINDS[rules.kind].identify(engine, request, rules)
    if caller then return caller end
    refusals[index] = { status = status, body = body, headers = headers }
  end
  return nil, refuse(refusals)
end

return M
