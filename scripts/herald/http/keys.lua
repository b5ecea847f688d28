-- Endpoints of the API keys.

local answers = require "herald.http.answers"
local audit = require "herald.audit"
local keys = require "herald.keys"
local window = require "herald.window"

local function keys_of(engine)
  return engine.keys or keys.new { store = engine.store }
end

local function view(key)
  local scopes = {}
  for _, name in ipairs(keys.SCOPES) do
    if key.scopes[name] then scopes[#scopes + 1] = name end
  end
  return {
    name = key.name, scopes = answers.array(scopes), createdAt = answers.time(key.created_at), createdBy = key.created_by,
    expiresAt = answers.time(key.expires_at), revokedAt = answers.time(key.revoked_at),
  }
end

local function list(engine)
  local found, message, code = keys_of(engine):list()
  if not found then return answers.failure(message, code) end
  local views = {}
  for index, key in ipairs(found) do views[index] = view(key) end
  return 200, { keys = answers.array(views) }
end

local function expiry_of(data, now)
  if data.expiresAt and data.expiresIn then return nil, "Give expiresAt or expiresIn, not both." end
  if data.expiresAt then
    local at, message = answers.parse_time(data.expiresAt)
    if not at then return nil, "expiresAt: " .. message end
    return at
  end
  if data.expiresIn then
    local duration, message = window.duration(data.expiresIn)
    if not duration then return nil, "expiresIn: " .. message end
    return now + duration
  end
end

local function create(engine, request)
  local data, status, failure = answers.object(request, { name = "string", scopes = "any", expiresAt = "string", expiresIn = "string" })
  if not data then return status, failure end
  local now = engine.clock:now()
  local expires_at, wrong = expiry_of(data, now)
  if wrong then return answers.failure(wrong, "invalid-request") end
  local token, key, code = keys_of(engine):create {
    name = data.name, scopes = data.scopes or {}, expires_at = expires_at, by = answers.by(request), now = now,
  }
  if not token then return answers.failure(key, code, { name = data.name }) end
  local body = view(key)
  audit.note(engine, answers.by(request), "create-key", { name = body.name, scopes = body.scopes, expiresAt = body.expiresAt })
  body.key = token
  return 201, body
end

local function revoke(engine, request)
  local name = request.params.name
  local done, message, code = keys_of(engine):revoke { name = name, by = answers.by(request), now = engine.clock:now() }
  if not done then return answers.failure(message, code, { name = name }) end
  audit.note(engine, answers.by(request), "revoke-key", { name = name })
  return 204
end

return {
  { method = "GET", path = "/keys", scope = "manage", handler = list },
  { method = "POST", path = "/keys", scope = "manage", handler = create },
  { method = "DELETE", path = "/keys/{name}", scope = "manage", handler = revoke },
}
