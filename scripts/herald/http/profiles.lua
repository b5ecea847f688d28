-- Endpoints of the profiles: what is known of one identity.

local answers = require "herald.http.answers"
local audit = require "herald.audit"
local payload = require "herald.payload"
local trigger_body = require "herald.trigger_body"

local MOST_ATTRIBUTES = 200 * 1024

local function view(profile)
  return {
    namespace = profile.namespace, userId = profile.user_id, createdAt = answers.time(profile.created_at),
    attributes = payload.raw(profile.attributes or "{}"),
  }
end

local function show(engine, request)
  local namespace, user_id = request.params.namespace, request.params.userId
  local wrong = trigger_body.identity_problem(namespace, user_id)
  if wrong then return answers.failure(wrong, "invalid-request") end
  local profile, message, code = engine.store:profile(namespace, user_id)
  if not profile then
    if code and code ~= "not-found" then return answers.failure(message, code) end
    return answers.failure("There is no profile for this identity. PUT its attributes here to make one.", "not-found",
      { namespace = namespace, userId = user_id })
  end
  return 200, view(profile)
end

local SHOWN = { namespace = true, userId = true, createdAt = true, attributes = true }

-- A profile as it is shown may come back: then the attributes are what is inside.
local function attributes_of(doc, namespace, user_id)
  local inner = doc:find(1, "attributes")
  if not inner or doc:kind(inner) ~= "object" then return 1 end
  local value = doc:value(1)
  for name in pairs(value) do
    if not SHOWN[name] then return 1 end
  end
  if (value.namespace or namespace) ~= namespace or (value.userId or user_id) ~= user_id then
    return nil, "The body is another identity's profile than the path names."
  end
  return inner
end

local function save(engine, request)
  local namespace, user_id, text = request.params.namespace, request.params.userId, request.body
  local wrong = trigger_body.identity_problem(namespace, user_id)
  if wrong then return answers.failure(wrong, "invalid-request") end
  if not text or text == "" then
    return answers.failure("Send the profile's attributes as a JSON object.", "invalid-request")
  end
  if #text > MOST_ATTRIBUTES then
    return answers.failure(("The attributes may have %d bytes at most."):format(MOST_ATTRIBUTES), "body-too-large")
  end
  local doc, message, code = payload.parse(text)
  if not doc then return answers.failure(message, code or "invalid-json") end
  if doc:kind(1) ~= "object" then return answers.failure("The attributes must be a JSON object.", "invalid-request") end
  local node, mistake = attributes_of(doc, namespace, user_id)
  if not node then return answers.failure(mistake, "invalid-request") end
  local known = engine.store:profile(namespace, user_id)
  local saved, failure, failure_code = engine.store:save_profile {
    namespace = namespace, user_id = user_id, attributes = doc:raw(node), at = engine.clock:now(),
  }
  if not saved then return answers.failure(failure, failure_code) end
  audit.note(engine, answers.by(request), "save-profile", { namespace = namespace, userId = user_id })
  local profile, read_failure, read_code = engine.store:profile(namespace, user_id)
  if not profile then return answers.failure(read_failure, read_code) end
  return known and 200 or 201, view(profile)
end

return {
  { method = "GET", path = "/profiles/{namespace}/{userId}", scope = "read", handler = show },
  { method = "PUT", path = "/profiles/{namespace}/{userId}", scope = "manage", handler = save },
}
