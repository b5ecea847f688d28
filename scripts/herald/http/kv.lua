-- Endpoints of what scripts keep: the values and counters of one sandbox.

local answers = require "herald.http.answers"
local audit = require "herald.audit"
local kept = require "herald.kept"
local payload = require "herald.payload"

local MOST_LISTED = 1000
local KINDS = { kv = true, counter = true }

local function refuse(message)
  return answers.failure(message, "invalid-request")
end

local function missing()
  return answers.failure("Nothing is kept under this key in this sandbox.", "not-found")
end

local function view(row, key)
  return { key = row.key or key, value = payload.raw(tostring(row.value)), expiresAt = answers.time(row.expires_at) }
end

-- The kind that the query names, or nil and what is wrong with it or with the key.
local function kind_of(engine, request)
  local kind = request.query.kind or "kv"
  if not KINDS[kind] then return nil, 'kind: expected "kv" or "counter"' end
  local wrong = request.params.key and kept.key_problem(request.params.key, engine.limits.kv)
  if wrong then return nil, wrong end
  return kind
end

local function list(engine, request)
  local kind, wrong = kind_of(engine, request)
  if not kind then return refuse(wrong) end
  local limit, status, body = answers.query_integer(request, "limit", 100, MOST_LISTED)
  if not limit then return status, body end
  local rows, message, code = engine.store:kept_keys {
    sandbox = request.who.sandbox, kind = kind, prefix = request.query.prefix or "", after = request.query.after, limit = limit,
    now = engine.clock:now(),
  }
  if not rows then return answers.failure(message, code) end
  local keys = {}
  for index, row in ipairs(rows) do keys[index] = view(row) end
  return 200, { keys = answers.array(keys), next = #rows == limit and rows[#rows].key or nil }
end

local function show(engine, request)
  local kind, wrong = kind_of(engine, request)
  if not kind then return refuse(wrong) end
  local row, message, code = engine.store:kept(request.who.sandbox, kind, request.params.key, engine.clock:now())
  if row then return 200, view(row, request.params.key) end
  if code == "not-found" then return missing() end
  return answers.failure(message, code)
end

local function note(engine, request, action, kind)
  audit.note(engine, answers.by(request), action, { sandbox = request.who.sandbox, kind = kind, key = request.params.key })
end

local function save(engine, request)
  local _, wrong = kind_of(engine, request)
  if wrong then return refuse(wrong) end
  local given, status, body = answers.object(request, { value = "any", ttl = "string" })
  if not given then return status, body end
  if given.value == nil then return refuse "value: missing" end
  local text, too_large = kept.encode(given.value, engine.limits.kv, "value")
  if not text then return refuse(too_large) end
  local ttl_ms, bad_ttl
  if given.ttl then ttl_ms, bad_ttl = kept.milliseconds(given.ttl) end
  if bad_ttl then return refuse("ttl: " .. bad_ttl) end
  local now = engine.clock:now()
  local done, message, code = engine.store:kv_set {
    sandbox = request.who.sandbox, key = request.params.key, value = text, expires_at = ttl_ms and now + ttl_ms, now = now,
    most_keys = engine.limits.kv.keys,
  }
  if not done then return answers.failure(message, code == "full" and "storage-unavailable" or code) end
  note(engine, request, "set-key", "kv")
  return 200, view({ value = text, expires_at = ttl_ms and now + ttl_ms }, request.params.key)
end

local function delete(engine, request)
  local kind, wrong = kind_of(engine, request)
  if not kind then return refuse(wrong) end
  local was_there, message, code = engine.store:forget_kept(request.who.sandbox, kind, request.params.key, engine.clock:now())
  if was_there == nil then return answers.failure(message, code) end
  if not was_there then return missing() end
  note(engine, request, "delete-key", kind)
  return 204
end

return {
  { method = "GET", path = "/kv", scope = "read", query = { "kind", "prefix", "after", "limit" }, handler = list },
  { method = "GET", path = "/kv/{key}", scope = "read", query = { "kind" }, handler = show },
  { method = "PUT", path = "/kv/{key}", scope = "manage", handler = save },
  { method = "DELETE", path = "/kv/{key}", scope = "manage", query = { "kind" }, handler = delete },
}
