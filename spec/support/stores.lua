-- Stores for specs: a file in a folder of its own that is removed, a campaign with a live version, and short ways to
-- accept and settle.

local clock = require "herald.clock"
local crypto = require "herald.crypto"
local loop = require "herald.loop"
local store = require "herald.store"

local M = {}

M.NOW = 1795600800000 -- 2026-11-25T10:00:00Z
M.DAY_MS = 24 * 60 * 60 * 1000

---@return string folder
function M.folder()
  local pipe = assert(io.popen "mktemp -d")
  local name = pipe:read "l"
  pipe:close()
  return name
end

function M.remove(folder)
  assert(folder:find "^/", "not a folder of M.folder")
  os.execute(("rm -rf '%s'"):format(folder))
end

---Gives the store a campaign whose version "v1" is live.
---@return herald.Store
function M.with_campaign(opened, id)
  id = id or "welcome"
  assert(opened:save_version {
    campaign = id, hash = "v1", definition = '{"id":"' .. id .. '"}', bundle = "{}", origin = "file", by = "spec", at = M.NOW,
  })
  assert(opened:change_campaign {
    id = id, from = { "draft" }, status = "live", live = "v1", draft = false, by = "spec", at = M.NOW, action = "activate",
  })
  return opened
end

---An empty store in memory with a live campaign "welcome".
---@return herald.Store
function M.memory()
  return M.with_campaign(assert(store.open { path = ":memory:", clock = clock.manual(M.NOW) }))
end

---One message as store:accept takes it.
function M.message(changes)
  local message = {
    user_id = "jane@example.com", namespace = "email", type = "aep", state = "held", due_at = M.NOW, channel = "email",
    surface = "transactional", payload = '{"context":{}}', create_profile = true,
  }
  for name, value in pairs(changes or {}) do message[name] = value end
  return message
end

---An argument of store:accept with one message.
function M.request(request_id, changes, message_changes)
  local request = {
    request_id = request_id, body_hash = crypto.sha256(request_id), campaign = "welcome", version = "v1", sandbox = "prod",
    at = M.NOW, by = "shop", idempotency_ms = M.DAY_MS, messages = { M.message(message_changes) },
  }
  for name, value in pairs(changes or {}) do request[name] = value end
  return request
end

---Accepts one message and returns its id.
function M.accept(opened, request_id, changes, message_changes)
  return assert(opened:accept(M.request(request_id, changes, message_changes))).execution
end

---Runs functions as coroutines at the same time, until all have ended.
function M.together(tasks)
  local failures = {}
  for index, task in ipairs(tasks) do
    loop.spawn(function()
      local ok, message = xpcall(task, debug.traceback)
      if not ok then failures[#failures + 1] = ("%d: %s"):format(index, message) end
    end)
  end
  loop.run_until_idle()
  assert(#failures == 0, table.concat(failures, "\n"))
end

---The counters of all time as metric -> value.
function M.counters(opened, campaign)
  local sums = {}
  for _, row in ipairs(assert(opened:counters { campaign = campaign or "welcome", from = 0, to = M.NOW + 400 * M.DAY_MS, step_ms = 1 << 50 })) do
    sums[row.metric] = row.value
  end
  return sums
end

return M
