-- The HTTP application of a small project on a store in memory, called without a socket.

local application = require "herald.app"
local clock = require "herald.clock"
local engine = require "herald.engine"
local lifecycle = require "herald.lifecycle"
local log = require "herald.log"
local payload = require "herald.payload"
local project = require "herald.project"
local store = require "herald.store"
local transfer = require "herald.transfer"
local window = require "herald.window"

local M = {}
local Api = {}
Api.__index = Api

M.FILES = {
  ["herald.lua"] = 'return { activation = "automatic" }',
  ["surfaces/transactional.lua"] = [[
    return surface { name = "transactional", channel = "email", provider = "capture", from = "Shop <shop@example.com>" }]],
  ["campaigns/welcome.lua"] = [[
    return campaign {
      id = "welcome", title = "Welcome", category = "transactional", channel = "email", surface = "transactional",
      namespace = "email", context = { link = "url", firstName = "string?", order = "object?" },
      message = { subject = "Welcome", html = campaign.template "welcome.html",
        text = "{{#if context.firstName}}Hello {{context.firstName}}: {{/if}}{{context.link}} {{#if context.order}}{{context.order.number}}{{/if}}" },
    }]],
  ["templates/welcome.html"] = '<html><body><p>Hello</p><a href="{{context.link}}">go</a></body></html>',
}

local Raw = {}
Raw.__index = Raw
function Raw:method() return self.verb end
function Raw:path() return self.target end
function Raw:query() return self.query_text end
function Raw:body() return self.content end
function Raw:remote() return "127.0.0.1" end
function Raw:tls_name() return nil end
function Raw:is_local() return self.local_peer end
function Raw:header(name) return self.headers[name] end

---Calls an endpoint; over the unix socket's rights unless a key is given.
---@return integer status
---@return any body decoded when it is JSON
---@return table headers
function Api:call(method, target, options)
  options = options or {}
  local path, query = target:match("^([^?]*)%??(.*)$")
  local body = options.body
  if type(body) == "table" then body = payload.encode(body) end
  local headers = { ["content-type"] = "application/json", host = "herald.example.com" }
  for name, value in pairs(options.headers or {}) do headers[name] = value end
  if options.key then headers.authorization = "Bearer " .. options.key end
  local raw = setmetatable({
    verb = method, target = path, query_text = query, content = body or "", headers = headers, local_peer = options.key == nil,
  }, Raw)
  local status, text, answer_headers = self.app:handle(raw)
  local doc = text ~= "" and payload.parse(text)
  if doc then return status, doc:value(1), answer_headers end
  return status, text, answer_headers
end

---Triggers the campaign "welcome" for one user.
function Api:trigger(user, request_id)
  return self:call("POST", "/im/executions/unitary", { body = {
    requestId = request_id or user, campaignId = "welcome", recipients = payload.array { {
      type = "aep", userId = user, namespace = "email", context = { link = "https://example.com/go", firstName = "Jane" },
    } },
  } })
end

function Api:close()
  self.transfer:close()
  self.store:close()
  os.execute("rm -rf '" .. self.data .. "'")
end

---@param files table<string, string>|nil instead of, or on top of, M.FILES
---@param control table<string, function>|nil what a daemon would offer
function M.open(files, control)
  local all = {}
  for path, text in pairs(M.FILES) do all[path] = text end
  for path, text in pairs(files or {}) do all[path] = text end
  local loaded, errors = project.load({ files = all }, { share = os.getenv "HERALD_SOURCE" })
  if not loaded then error(tostring(errors and errors[1] or "the project does not load"), 2) end
  local api = setmetatable({ clock = clock.manual(assert(window.parse "2026-11-23T10:00:00Z")), data = os.tmpname() }, Api)
  os.remove(api.data)
  api.store = assert(store.open { path = ":memory:", clock = api.clock })
  api.transfer = transfer.new {}
  api.engine = engine.new {
    store = api.store, clock = api.clock, transfer = api.transfer, project = loaded, data = api.data, version = "1.2.3",
    log = log.open { format = "logfmt", level = "error" }, control = control,
  }
  assert(lifecycle.import(api.engine, loaded, "spec"))
  api.app = application.new(api.engine)
  return api
end

return M
