-- An engine of this process, for commands that find no daemon: the same store, the same handlers.

local application = require "herald.app"
local clock = require "herald.clock"
local engine = require "herald.engine"
local lifecycle = require "herald.lifecycle"
local log = require "herald.log"
local payload = require "herald.payload"
local place = require "herald.cli.place"
local store = require "herald.store"
local text = require "herald.cli.text"
local transfer = require "herald.transfer"

local M = {}

local Local = { is_server = false }
Local.__index = Local

-- A request as the application takes it from the listener.
local Raw = {}
Raw.__index = Raw

function Raw:method() return self.verb end
function Raw:path() return self.target end
function Raw:query() return self.query_text end
function Raw:body() return self.content end
function Raw:header(name) return self.headers[name] end
function Raw:remote() return "local" end
function Raw:is_local() return true end

---@param options { query: table|nil, body: table|string|nil, sandbox: string|nil }
---@return integer status
---@return any body
---@return table headers
function Local:call(method, path, options)
  local body = options.body
  if type(body) == "table" then body = payload.encode(body) end
  local raw = setmetatable({
    verb = method, target = path, query_text = text.query(options.query):sub(2), content = body or "",
    headers = { ["content-type"] = "application/json", ["x-sandbox-name"] = options.sandbox },
  }, Raw)
  local status, answer, headers = self.app:handle(raw)
  return status, text.decode(answer), headers
end

---Delivers what is due in this process; the daemon does so by itself.
---@return integer
function Local:deliver_due()
  return self.engine:deliver_due()
end

function Local:close()
  self.transfer:close()
  self.store:close()
end

---@param app herald.App
---@param data string the data folder
---@return table|nil
---@return string|nil message
function M.open(app, data)
  local project, message = place.load(app)
  if not project then return nil, message end
  if not place.make_dir(data) then return nil, ("the data folder %s cannot be made"):format(data) end
  local system = clock.system()
  local opened, failure = store.open { path = data .. "/" .. project.settings.store.file, clock = system }
  if not opened then return nil, ("the store in %s cannot be opened: %s"):format(data, failure) end
  local made = setmetatable({ store = opened, transfer = transfer.new {} }, Local)
  made.engine = engine.new {
    store = opened, clock = system, transfer = made.transfer, project = project, data = data,
    log = log.open { format = "logfmt", level = "error" },
    version = app.host.version, control = { reload = function() return lifecycle.changes(made.imported) end },
  }
  local imported, wrong = lifecycle.import(made.engine, project, "local")
  if not imported then
    made:close()
    return nil, wrong
  end
  made.imported = imported
  made.app = application.new(made.engine)
  return made
end

return M
