-- A trigger, its rendering, MIME and SMTP to smtp-sink until it is settled, for a backlog of many; beside programs that
-- send the same number of messages over the same ten connections.

local cjson = require "cjson.safe"
local clock = require "herald.clock"
local daemon = require "spec.support.daemon"
local load = require "spec.support.load"
local process = require "spec.support.process"
local support = require "bench.support"

local COUNT = math.floor(tonumber(os.getenv "BENCH_MESSAGES" or "20000"))

local function is_idle(server)
  local answer = server:curl "/status"
  local outbox = cjson.decode(answer.text).outbox
  return outbox.waiting == 0 and outbox.held == 0
end

local function herald(port)
  local server = daemon.start { project = "bench/project", values = { SMTP = "smtp://127.0.0.1:" .. port } }
  local began = clock.monotonic()
  local _, accepted, errors, output = load.start(server, { campaign = "mail", count = COUNT }):finish()
  local taken = clock.monotonic() - began
  if accepted ~= COUNT then error(("%d of %d accepted: %s %s"):format(accepted, COUNT, errors[1], output)) end
  daemon.wait_for(function() return is_idle(server) end, "the outbox to be empty", 600)
  local rate = COUNT / ((clock.monotonic() - began) / 1000)
  server:close()
  return rate, ("(accepting took %d ms of it)"):format(taken)
end

local function smtp_source(port) return support.smtp_source(port, COUNT) end

local function nodemailer(port)
  local folder = support.folder .. "/peers"
  if not support.has "node" then return nil, "node is not installed" end
  local output, status = process.run({ "node", folder .. "/mailer.mjs", tostring(port), tostring(COUNT // 4), "bench/project/templates" },
    { errors = "output" })
  if status ~= 0 then return nil, output end
  return tonumber(output)
end

return { {
  name = "email", unit = "messages/s",
  contenders = {
    { name = "Herald", measure = support.with_smtp_sink(herald) },
    { name = "smtp-source", measure = support.with_smtp_sink(smtp_source), goal = 0.5 },
    { name = "nodemailer with a pool, Handlebars", measure = support.with_smtp_sink(nodemailer), goal = 4 },
  },
} }
