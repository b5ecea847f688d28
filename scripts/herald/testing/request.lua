-- A request as the listener would hand it to the application, made by a spec.

local M = {}
local Raw = {}
Raw.__index = Raw

function Raw:method() return self.fields.method end
function Raw:path() return self.fields.path end
function Raw:query() return self.fields.query end
function Raw:body() return self.fields.body end
function Raw:remote() return "127.0.0.1" end
function Raw:tls_name() return self.fields.tls_name end
function Raw:is_local() return self.fields.is_local end
function Raw:header(name) return self.fields.headers[name:lower()] end

---@class herald.testing.Request
---@field method string|nil "GET", or "POST" where there is a body
---@field path string with its query
---@field headers table<string, string>|nil
---@field body string|nil
---@field json any|nil the body as a Lua value
---@field anonymous boolean|nil true: not from this machine's socket, so a key is needed
---@field tls_name string|nil of the client's certificate

---@param request herald.testing.Request
---@param encode fun(value: any): string
---@return table raw
function M.new(request, encode)
  local headers = {}
  for name, value in pairs(request.headers or {}) do headers[name:lower()] = value end
  local body = request.body or request.json ~= nil and encode(request.json) or ""
  if body ~= "" then headers["content-type"] = headers["content-type"] or "application/json" end
  local path, query = request.path:match "^([^?]*)%??(.*)$"
  return setmetatable({
    fields = {
      method = request.method or body ~= "" and "POST" or "GET", path = path, query = query, body = body, headers = headers, tls_name = request.tls_name,
      is_local = not (request.anonymous or headers.authorization or headers["x-api-key"]),
    },
  }, Raw)
end

return M
