-- The way from a command to the engine: the running daemon over its socket, whose file permissions are the
-- access control, or, when no daemon answers, an engine of this process on the same store.

local local_engine = require "herald.cli.local_engine"
local payload = require "herald.payload"
local place = require "herald.cli.place"
local text = require "herald.cli.text"
local transfer = require "herald.transfer"

local M = {}

local Server = { is_server = true }
Server.__index = Server

local TIMEOUT_MS = 60 * 1000

---@param options { query: table|nil, body: table|string|nil, sandbox: string|nil }
---@return integer status
---@return any body
---@return table headers
function Server:call(method, path, options)
  local body = options.body
  if type(body) == "table" then body = payload.encode(body) end
  local answer, message = self.client:http {
    method = method, url = "http://localhost" .. path .. text.query(options.query), unix_socket = self.socket, body = body,
    headers = { ["Content-Type"] = body and "application/json" or nil, ["X-Sandbox-Name"] = options.sandbox }, timeout_ms = TIMEOUT_MS,
  }
  if not answer then
    local reason = message:gsub("^http://localhost%S* ", "")
    return 503, { detail = ("The daemon behind %s did not answer: %s"):format(self.socket, reason) }, {}
  end
  return answer.status, text.decode(answer.body), answer.headers or {}
end

function Server:close()
  self.client:close()
end

local function reach(socket)
  local client = transfer.new {}
  local answer = client:http { method = "GET", url = "http://localhost/im/health", unix_socket = socket, timeout_ms = 5000 }
  if answer then return setmetatable({ client = client, socket = socket }, Server) end
  client:close()
end

---@param app herald.App
---@return table|nil connection with call and close
---@return string|nil message
function M.open(app)
  local data, message = place.data_dir(app)
  if not data then return nil, message end
  local server = reach(data .. "/herald.sock")
  if server then return server end
  return local_engine.open(app, data)
end

return M
