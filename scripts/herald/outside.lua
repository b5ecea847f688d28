-- The world as scripts reach it: time that passes, other systems, and chance. A spec puts functions of its own in their place.

local crypto = require "herald.crypto"
local loop = require "herald.loop"
local transfer = require "herald.transfer"

local M = {}

-- To one host.
local MOST_CONNECTIONS = 1000

local SEED_BITS = 53 -- so that JSON keeps it

---@class herald.Outside
---@field sleep fun(ms: integer)
---@field spawn fun(f: function, ...) what follows an answer
---@field http fun(request: herald.ScriptRequest): table|nil, string|nil, string|nil
---@field seed fun(): integer of what a run draws
---@field bytes fun(count: integer): string that nobody can guess

---@class herald.ScriptRequest
---@field url string
---@field method string
---@field headers table<string, string>
---@field body string|nil
---@field timeout_ms integer
---@field tls { ca: string|nil, certificate: string|nil, key: string|nil }|nil ca: a path in the project; the others PEM

-- Scripts have connections of their own: each was opened under the guard of http.allow.
local function asker(project)
  local client
  local limits, rules, dir = project.settings.limits.http, project.settings.http, project.dir or "."
  return function(request)
    client = client or transfer.new { connections = MOST_CONNECTIONS, allow = rules.allow }
    local tls = request.tls or {}
    local answer, message, code = client:http {
      url = request.url, method = request.method, headers = request.headers, body = request.body, timeout_ms = request.timeout_ms,
      response_most = limits.response, verify = rules.verify, ca_file = tls.ca and dir .. "/" .. tls.ca, certificate = tls.certificate, key = tls.key,
    }
    if code == "too-large" then return nil, message .. " (limits.http.response)", "response-too-large" end
    if code == "forbidden-address" then return nil, message .. "; herald.lua allows such in http.allow", code end
    return answer, message, code
  end
end

---@param project table
---@return herald.Outside
function M.new(project)
  return {
    sleep = loop.sleep, spawn = loop.spawn, http = asker(project), bytes = crypto.random,
    seed = function() return string.unpack("<I8", crypto.random(8)) >> (64 - SEED_BITS) end,
  }
end

return M
