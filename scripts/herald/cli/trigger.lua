-- Commands that try a campaign: curl, trigger, preview, proof.

local crypto = require "herald.crypto"
local payload = require "herald.payload"
local recipient = require "herald.cli.recipient"

-- Says what was wrong with the recipient's words or file.
local function refuse(app, message, exit)
  app:complain(message)
  return exit
end

local function curl(app, args)
  local body = app:call("GET", "/campaigns/" .. args.id .. "/curl", { query = { url = args.url } })
  if not body then return 1 end
  if app.json then return app:print_json(body) end
  app:print(body.command)
  return 0
end

-- The request body: the file's own with the campaign put in, or one recipient.
local function request_body(app, args)
  local data, message, exit = recipient.data(args)
  if not data then return nil, message, exit end
  local request_id = args.request_id or "cli-" .. crypto.uuid()
  if data.body then
    local members = { campaignId = args.id }
    if args.request_id or not data.doc:find(1, "requestId") then members.requestId = request_id end
    return payload.merge(data.body, members)
  end
  if not args.user then return nil, "who gets it? Give --user, or a --file with recipients", 2 end
  local namespace = args.namespace
  if not namespace then
    local campaign = app:call("GET", "/campaigns/" .. args.id)
    if not campaign then return nil end
    namespace = campaign.namespace
  end
  local one = { type = args.type, userId = args.user, namespace = namespace, context = data.context }
  return payload.encode { requestId = request_id, campaignId = args.id, recipients = payload.array { one } }
end

local function trigger(app, args)
  local body, message, exit = request_body(app, args)
  if not body then return message and refuse(app, message, exit) or 1 end
  local answer = app:call("POST", "/im/executions/unitary", { body = body })
  if not answer then return 1 end
  local connection = app:connect()
  if connection.deliver_due then connection:deliver_due() end
  if app.json then return app:print_json(answer) end
  app:record(answer, { "executionId", "requestId", "createdAt" })
  app:print(("see what became of it: herald message %s"):format(answer.executionId))
  return 0
end

local ORDER = { "to", "from", "subject", "title", "body", "text", "html", "url" }

local function print_message(app, message)
  local shown = {}
  local function show(name)
    local value = message[name]
    if value == nil or shown[name] then return end
    shown[name] = true
    if type(value) == "table" then value = payload.encode(value) end
    app:print(("%s: %s"):format(name, tostring(value)))
  end
  for _, name in ipairs(ORDER) do show(name) end
  local rest = {}
  for name in pairs(message) do rest[#rest + 1] = name end
  table.sort(rest)
  for _, name in ipairs(rest) do show(name) end
end

local function preview(app, args)
  local one, message, exit = recipient.recipient(args, {})
  if not one then return refuse(app, message, exit) end
  local body = app:call("POST", "/campaigns/" .. args.id .. "/preview", { body = { recipient = one } })
  if not body then return 1 end
  if app.json then return app:print_json(body) end
  print_message(app, body)
  return 0
end

local function proof(app, args)
  local one, message, exit = recipient.recipient(args, {})
  if not one then return refuse(app, message, exit) end
  local body = app:call("POST", "/campaigns/" .. args.id .. "/proofs", { body = { recipient = one, to = args.to } })
  if not body then return 1 end
  if app.json then return app:print_json(body) end
  app:print(("a proof is on its way to %s"):format(args.to))
  return 0
end

return {
  { name = "curl", summary = "Print a curl command that triggers this campaign.", data = true, run = curl,
    configure = function(command)
      command:argument("id", "The campaign's id.")
      command:option("--url", "Where the server is reached from outside."):argname "URL"
    end },
  { name = "trigger", summary = "Trigger a campaign for one recipient, or with a request from a file.", data = true, run = trigger,
    configure = function(command)
      recipient.configure(command)
      command:option("--type", "aep (known to the profile store) or external.", "aep"):choices { "aep", "external" }
      command:option("--request-id", "The requestId; a new one unless told."):argname "ID"
    end },
  { name = "preview", summary = "Show the message that somebody would get; nothing is sent.", data = true, run = preview,
    configure = recipient.configure },
  { name = "proof", summary = "Send the message to an address of your own; no report counts it.", data = true, run = proof,
    configure = function(command)
      recipient.configure(command)
      command:option("--to", "The address that the proof goes to."):argname("ADDRESS"):count(1)
    end },
}
