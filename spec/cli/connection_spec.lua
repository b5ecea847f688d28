local command = require "spec.support.command"
local process = require "spec.support.process"

describe("commands with a daemon", function()
  local folder, server
  before_each(function()
    folder = command.folder()
    command.run("init", folder)
    os.execute(("mkdir -p '%s/data'"):format(folder))
  end)
  after_each(function()
    if server then server:stop() end
    server = nil
    command.remove(folder)
  end)

  local function answer_with(status, body)
    server = process.start { "/usr/bin/python3", "spec/support/socket_server.py", folder .. "/data/herald.sock", tostring(status), body }
    assert.equal("ready", server:line())
  end

  it("ask it over its socket, and do not open the store", function()
    answer_with(200, '{"id":"welcome","status":"paused"}')
    local exit, out = command.run("pause", "welcome", "--project", folder)
    assert.equal(0, exit)
    assert.equal("welcome is paused\n", out)
    assert.equal("POST /campaigns/welcome/pause ", server:line())
    assert.is_nil(io.open(folder .. "/data/herald.db"))
  end)

  it("send bodies as JSON and queries escaped", function()
    answer_with(200, '{"cancelled":2,"messages":[]}')
    command.run("outbox", "cancel", "--campaign", "welcome", "--reason", "a b", "--project", folder)
    assert.equal('POST /outbox/cancel {"campaign":"welcome","reason":"a b"}', server:line())
    command.run("outbox", "list", "--campaign", "a&b", "--project", folder)
    assert.equal("GET /outbox?campaign=a%26b&limit=100 ", server:line())
  end)

  it("show what it refuses and end with 1", function()
    answer_with(422, '{"type":"urn:herald:error:check-failed","title":"T","status":422,"detail":"2 to correct",'
      .. '"errors":["campaigns/x.lua:3: id: missing","campaigns/y.lua: ends: past"],"report":{"additionalContext":{}}}')
    local exit, out, err = command.run("reload", "--project", folder)
    assert.equal(1, exit)
    assert.equal("", out)
    assert.equal("herald: 2 to correct (check-failed)\n  campaigns/x.lua:3: id: missing\n  campaigns/y.lua: ends: past\n", err)
  end)

  it("tell why the last reload failed", function()
    answer_with(200, '{"status":"ok","campaigns":{},"outbox":{},"lastReloadFailure":{"at":1795514400000,"by":"jane",'
      .. '"errors":["campaigns/x.lua:3: id: missing"]}}')
    local exit, out, err = command.run("status", "--project", folder)
    assert.equal(0, exit, err)
    assert.matches("the last reload failed, at 2026-11-24T10:00:00.000Z by jane:\n  campaigns/x.lua:3: id: missing\n", out, 1, true)
  end)

  it("print a refusal as JSON where JSON is asked for", function()
    local problem = '{"detail":"no","report":{"additionalContext":{}},"status":404,"title":"T","type":"urn:herald:error:not-found"}'
    answer_with(404, problem)
    local exit, out, err = command.run("message", "0123456789abcdef", "--json", "--project", folder)
    assert.equal(1, exit)
    assert.equal(problem .. "\n", out)
    assert.equal("herald: no (not-found)\n", err)
  end)

  it("tail shows why a message was cancelled, not what the provider once answered", function()
    answer_with(200, '{"messages":[{"id":"0000000000000001","campaignId":"c","userId":"u","state":"cancelled","attempts":1,'
      .. '"acceptedAt":"t","answer":"451 later","reason":"wrong price"}]}')
    local _, out = command.run("tail", "--once", "--project", folder)
    assert.matches("wrong price", out, 1, true)
    assert.is_nil(out:find("451", 1, true))
  end)

  it("reach it although the project does not load any more", function()
    answer_with(200, '{"generation":4}')
    command.write(folder .. "/campaigns/bad.lua", "return campaign {")
    local exit, out, err = command.run("rollback", "--project", folder)
    assert.equal(0, exit, err)
    assert.equal("generation 4 is in force again\n", out)
  end)

  it("open the store when the socket is left over and nobody answers", function()
    answer_with(200, "{}")
    server:stop("KILL")
    server = nil
    local exit, out, err = command.run("status", "--project", folder)
    assert.equal(0, exit, err)
    assert.matches("not running", out)
  end)
end)
