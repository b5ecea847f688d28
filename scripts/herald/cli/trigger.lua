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

local FIRST = { "address", "from", "reply_to", "subject", "title", "method", "url", "body", "text", "html" }
local HIDDEN = { decision = true, id = true, campaign = true, date = true } -- they mean nothing before it is sent

local function decision_text(decision)
  if decision.verdict == "skipped" then return "skipped: " .. tostring(decision.reason) end
  local due = decision.dueAt and ", due " .. decision.dueAt or ""
  return ("%s by %s, surface %s%s"):format(decision.verdict, decision.channel, decision.surface, due)
end

-- The message's names: those that are first in mind, then the others.
local function names_of(message)
  local names, placed, rest = {}, {}, {}
  for _, name in ipairs(FIRST) do
    placed[name] = true
    if message[name] ~= nil then names[#names + 1] = name end
  end
  for name in pairs(message) do
    if not placed[name] and not HIDDEN[name] then rest[#rest + 1] = name end
  end
  table.sort(rest)
  return table.move(rest, 1, #rest, #names + 1, names)
end

-- What is of one line comes first, and texts of several behind a line with their name.
local function print_message(app, message)
  local long = {}
  app:print("decision: " .. decision_text(message.decision))
  for _, name in ipairs(names_of(message)) do
    local value = message[name]
    local text = type(value) == "table" and payload.encode(value) or tostring(value)
    if text:find "\n" then
      long[#long + 1] = ("\n%s:\n%s"):format(name, (text:gsub("\n+$", "")))
    else
      app:print(("%s: %s"):format(name, text))
    end
  end
  for _, text in ipairs(long) do app:print(text) end
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
