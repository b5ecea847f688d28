-- The fakes of providers in spec/support: starts one, tells it how to answer, asks what it got.
local payload = require "herald.payload"
local process = require "spec.support.process"

local M = {}
local Fake = {}
Fake.__index = Fake

---@param name string such as "twilio"
---@param client table herald.transfer client
---@param ... string arguments of the fake
function M.start(name, client, ...)
  local server = process.start { "/usr/bin/python3", "-B", ("spec/support/%s_fake.py"):format(name), ... }
  local port = assert(tonumber(server:line()), "the fake did not start: " .. name)
  return setmetatable({ server = server, client = client, url = "http://127.0.0.1:" .. port }, Fake)
end

local function control(self, path, body)
  return assert(self.client:http { url = self.url .. path, method = body and "POST" or "GET", body = body, timeout_ms = 5000 })
end

---The next requests get these answers instead of the fake's own: { status =, headers =, body = }.
function Fake:will_answer(...)
  control(self, "/_answers", payload.encode(payload.array { ... }))
end

---What came since the last call.
function Fake:requests()
  return payload.parse(control(self, "/_requests").body):value(1).requests
end

function Fake:stop()
  self.server:stop()
end

return M
