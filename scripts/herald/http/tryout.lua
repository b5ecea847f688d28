-- Endpoints that try a campaign without triggering it: the curl command, a preview of the message for
-- one recipient, and a proof sent to an address of one's own.

local answers = require "herald.http.answers"
local curl = require "herald.curl"
local payload = require "herald.payload"
local views = require "herald.http.campaign_view"

local function add_names(field, names)
  if field.kind == "template" then
    for _, name in ipairs(field.template:names()) do names[#names + 1] = name end
  elseif field.kind == "map" then
    for _, item in pairs(field.items) do add_names(item, names) end
  end
end

local function names_used(campaign)
  local names = {}
  for _, fields in pairs(campaign.compiled) do
    for _, field in pairs(fields) do add_names(field, names) end
  end
  return names
end

-- The live version, or the draft of a campaign that is not live yet.
local function version_of(engine, record)
  return engine.registry:version(record.id, record.live or record.draft)
end

-- Where a caller reaches the API: what was asked for, the address that this very call came by, else where the daemon
-- listens, or would.
local function place_of(engine, request)
  if request.query.url then return { url = (request.query.url:gsub("/+$", "")) } end
  local settings = engine.settings
  local status = engine.control and engine.control.status and engine.control.status()
  local listen, is_tls = status and status.listen or settings.listen, settings.tls ~= nil
  if status and status.tls ~= nil then is_tls = status.tls end
  local host = request.header and request:header("host")
  if host and host ~= "" and host ~= "localhost" then return { url = (is_tls and "https://" or "http://") .. host } end
  return curl.place(listen, is_tls)
end

local function show_curl(engine, request)
  local record, status, failure = views.find(engine, request.params.id)
  if not record then return status, failure end
  local campaign, message, code = version_of(engine, record)
  if not campaign then return answers.failure(message, code, { campaignId = record.id }) end
  local definition, place = campaign.definition, place_of(engine, request)
  local made = curl.command {
    id = record.id, channel = definition.channel, namespace = definition.namespace, declared = definition.context,
    used = names_used(campaign), url = place.url, unix_socket = place.unix_socket,
  }
  if (request.header and request:header("accept") or ""):match("text/plain") then
    return 200, made.command .. "\n", { ["Content-Type"] = "text/plain; charset=utf-8" }
  end
  return 200, { campaignId = record.id, command = made.command, url = made.url, contextNames = answers.array(made.names) }
end

-- The recipient as the trigger would take it; context and profile keep the very text they came with.
local function recipient_of(request, namespace)
  local fields = { recipient = "table", to = "string" }
  local data, status, failure = answers.object(request, fields)
  if not data then return nil, status, failure end
  local recipient = data.recipient or {}
  local doc = data.recipient and payload.parse(request.body)
  local node = doc and doc:find(1, "recipient")
  if node and doc:kind(node) ~= "object" then
    return nil, answers.failure("recipient: expected an object.", "invalid-request")
  end
  for _, name in ipairs { "context", "profile" } do
    local part = node and doc:find(node, name)
    if part then recipient[name] = payload.raw(doc:raw(part)) end
  end
  recipient.type = recipient.type or "external"
  recipient.namespace = recipient.namespace or namespace
  recipient.userId = recipient.userId or data.to or "preview@example.com"
  return { recipient = recipient, to = data.to }
end

local function prepare(engine, request)
  local record, status, failure = views.find(engine, request.params.id)
  if not record then return nil, status, failure end
  local campaign, message, code = version_of(engine, record)
  if not campaign then return nil, answers.failure(message, code, { campaignId = record.id }) end
  local call, wrong_status, wrong = recipient_of(request, campaign.definition.namespace)
  if not call then return nil, wrong_status, wrong end
  return call
end

local function preview(engine, request)
  local call, status, failure = prepare(engine, request)
  if not call then return status, failure end
  local message, wrong, code = engine:preview(request.params.id, call.recipient, request.who.sandbox)
  if not message then return answers.failure(wrong, code, { campaignId = request.params.id }) end
  message.date = answers.time(message.date)
  return 200, message
end

local function proof(engine, request)
  local call, status, failure = prepare(engine, request)
  if not call then return status, failure end
  if not call.to then return answers.failure("to: expected the address that the proof goes to.", "invalid-request") end
  local outcome, wrong, code = engine:proof(request.params.id, call.to, call.recipient, request.who.sandbox)
  if not outcome then return answers.failure(wrong, code, { campaignId = request.params.id, to = call.to }) end
  return 200, outcome
end

return {
  { method = "GET", path = "/campaigns/{id}/curl", scope = "read", query = { "url" }, handler = show_curl },
  { method = "POST", path = "/campaigns/{id}/preview", scope = "read", handler = preview },
  { method = "POST", path = "/campaigns/{id}/proofs", scope = "manage", handler = proof },
}
