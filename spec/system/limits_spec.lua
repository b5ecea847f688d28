-- Clients that misbehave: the server answers as the contract says, and goes on.

local daemon = require "spec.support.daemon"
local process = require "spec.support.process"
local sink = require "spec.support.sink"

describe("the server", function()
  local mail, server

  setup(function()
    mail = sink.start()
    server = daemon.start { values = { SMTP = mail.url }, files = { ["herald.lua"] = [[
return {
  listen = "127.0.0.1:0", activation = "automatic",
  limits = { header_time = "1 second", body_time = "1 second", idle_time = "5 seconds" },
}]] } }
  end)
  teardown(function()
    server:close()
    mail:close()
  end)

  local function assert_goes_on()
    local answer = server:trigger("receipt", { userId = "on@example.com", context = { number = 1 } })
    assert.equal(202, answer.status, answer.text .. answer.error)
  end

  -- What the client of spec/support/misbehave.py saw.
  local function misbehave(...)
    local output, status = process.run({ "/usr/bin/python3", "spec/support/misbehave.py", tostring(server.port), server.key, ... },
      { errors = "output" })
    assert.equal(0, status, output)
    return output
  end

  it("ends a request whose head never ends", function()
    assert.matches("^408 in [12]%.", misbehave "endless-head")
    assert_goes_on()
  end)

  it("ends a request whose body never comes", function()
    assert.matches("^408 in [12]%.", misbehave "endless-body")
    assert_goes_on()
  end)

  it("ends a request that comes a byte a time", function()
    assert.matches("^408 in ", misbehave "drip")
    assert_goes_on()
  end)

  it("refuses a head that is too large", function()
    assert.matches("^431", misbehave "big-head")
    assert_goes_on()
  end)

  it("refuses what is no HTTP, and a NUL in the head", function()
    assert.matches("^400", misbehave "garbage")
    assert.matches("^400", misbehave "nul-head")
    assert_goes_on()
  end)

  it("refuses a length that contradicts itself", function()
    assert.matches("^400", misbehave "two-lengths")
    assert.matches("^400", misbehave "length-and-chunked")
    assert_goes_on()
  end)

  it("answers pipelined requests in order", function()
    assert.matches("^200 200 404 200", misbehave "pipeline")
  end)

  it("answers all that was asked before the client finished sending", function()
    assert.equal("300 answers\n", misbehave "half-close")
  end)

  it("ends a client that asks and does not read", function()
    assert.matches("^closed in %d+%.", misbehave "unread")
    assert_goes_on()
  end)

  it("sends 100 Continue, and 413 instead where the body would be too large", function()
    assert.matches("^100 202", misbehave "continue")
    assert.matches("^413", misbehave "continue-too-large")
  end)

  it("holds 2,000 idle connections and goes on", function()
    local idle = process.start({ "/usr/bin/python3", "spec/support/misbehave.py", tostring(server.port), server.key, "idle", "2000" },
      { errors = "output" })
    assert.matches("^2000 open", idle:line())
    for _ = 1, 5 do assert_goes_on() end
    idle:stop()
  end)

  it("takes chunked bodies", function()
    local answer = server:curl("/im/executions/unitary", {
      headers = { ["Transfer-Encoding"] = "chunked" },
      body = { requestId = "chunked", campaignId = "receipt", recipients = {
        { type = "aep", userId = "chunked@example.com", namespace = "email", channelData = { emailAddress = "chunked@example.com" },
          context = { number = "c" } } } },
    })
    assert.equal(202, answer.status, answer.text)
    assert.same({ "c" }, mail:message_to("chunked@example.com").values)
  end)

  it("says in the log when it may not open more files, and serves again when it may", function()
    local narrow <close> = daemon.start { values = { SMTP = mail.url }, open_files = 256,
      files = { ["herald.lua"] = 'return { listen = "127.0.0.1:0", activation = "automatic" }' } }
    local idle = process.start({ "/usr/bin/python3", "spec/support/misbehave.py", tostring(narrow.port), narrow.key, "idle", "400" },
      { errors = "output" })
    assert.matches("^400 open", idle:line())
    daemon.wait_for(function() return narrow:log():find("may not open more files", 1, true) end, "a line in the log")
    idle:stop()
    daemon.wait_for(function()
      return narrow:trigger("receipt", { userId = "n@example.com", context = { number = 1 } }).status == 202
    end, "an answer")
  end)

  it("ends cleanly on SIGTERM while connections are open", function()
    local idle = process.start({ "/usr/bin/python3", "spec/support/misbehave.py", tostring(server.port), server.key, "idle", "50" })
    assert.matches("^50 open", idle:line())
    assert.equal(0, server:stop())
    idle:stop()
    server:launch()
    assert_goes_on()
  end)

  it("ends on SIGTERM though a worker does not come back", function()
    local hanging = daemon.start { values = { SMTP = mail.url }, files = {
      ["herald.lua"] = [[
        return { listen = "127.0.0.1:0", activation = "automatic", workers = 1,
          limits = { on_trigger = { cpu = "1 hour", instructions = 1 << 60 } } }]],
    } }
    hanging:curl("/im/executions/unitary", { arguments = { "--max-time", "1" }, body = {
      requestId = "hanging", campaignId = "endless", recipients = {
        { type = "aep", userId = "a@example.com", namespace = "email", context = { number = 1 } } } } })
    local status, log = hanging:stop(), hanging:log()
    hanging:close()
    assert.equal(1, status)
    assert.matches("a worker does not end", log)
  end)
end)
