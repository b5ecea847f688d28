-- A newcomer's first hour with the built program: init, check, test, serve, curl, look, back up.

local cjson = require "cjson.safe"
local daemon = require "spec.support.daemon"
local process = require "spec.support.process"

local build = os.getenv "HERALD_BUILD" or "build/dev"
local PROGRAM = os.getenv "HERALD_PROGRAM" or build .. "/herald"

describe("the program", function()
  local folder

  setup(function() folder = process.run({ "mktemp", "-d", "/tmp/herald-spec-commands.XXXXXX" }):match "%S+" end)
  teardown(function() process.run { "rm", "-rf", folder } end)

  local function herald(...)
    return process.run({ PROGRAM, ... }, { errors = "output" })
  end

  local function assert_done(...)
    local output, status = herald(...)
    assert.equal(0, status, output)
    return output
  end

  it("says its version", function()
    assert.matches("%d+%.%d+%.%d+", assert_done "version")
  end)

  it("answers 2 to what it does not understand", function()
    assert.equal(2, select(2, herald()))
    assert.equal(2, select(2, herald "dance"))
    assert.equal(2, select(2, herald("check", "--what")))
  end)

  it("starts a project that passes its check and its own spec", function()
    local shop = folder .. "/shop"
    assert_done("init", shop)
    assert_done("check", "--project", shop)
    assert_done("new", "campaign", "order-confirmation", "--project", shop)
    assert_done("new", "campaign", "sign-in-code", "--channel", "sms", "--project", shop)
    assert_done("new", "surface", "newsletter", "--channel", "email", "--project", shop)
    assert_done("check", "--project", shop)
    local output = assert_done("test", "--project", shop)
    assert.matches("in 4 files: %d+ passed %(", output)
  end)

  it("finds mistakes with their file and field, and answers 1", function()
    assert.equal(1, select(2, herald("check", "--project", folder .. "/nowhere")))
    process.run { "cp", "-r", folder .. "/shop", folder .. "/broken" }
    local file = assert(io.open(folder .. "/broken/campaigns/broken.lua", "w"))
    file:write [[return campaign { id = "broken", channel = "email", surface = "nowhere", message = { subject = 5 } }]]
    file:close()
    local output, status = herald("check", "--project", folder .. "/broken")
    assert.equal(1, status, output)
    assert.matches("campaigns/broken.lua:?%d*: message.subject: ", output)
  end)

  it("serves it, and the printed curl command triggers it", function()
    local server <close> = daemon.start { project = "examples" }
    local command = server:herald("curl", "password-reset"):gsub("%s+$", "")
    local output, status = process.run({ "sh", "-c", command .. " -w '\n%{http_code}'" },
      { errors = "output", environment = { HERALD_KEY = server.key } })
    assert.equal(0, status, output)
    assert.equal("202", output:match "(%d+)%s*$", output)
    local execution = cjson.decode(output:match "{.*}").executionId
    server:drain()

    local answer = server:curl("/im/executions/unitary/" .. execution)
    local id = answer.json.recipients[1].id
    assert.is_string(id, answer.text)
    assert.matches("sent", server:herald("message", id), 1, true)
    assert.equal("sent", cjson.decode((server:herald("message", id, "--json"))).state)

    assert.is_table(cjson.decode((server:herald("report", "password-reset", "--live", "--json"))))
    assert.is_table(cjson.decode((server:herald("status", "--json"))))
    assert.is_table(cjson.decode((server:herald("outbox", "list", "--json"))))
    assert.matches("password-reset", server:herald "campaigns", 1, true)
    assert.matches("spec", server:herald("key", "list"), 1, true)
    assert.matches("activate", server:herald "audit", 1, true)

    local copy = folder .. "/copy.db"
    server:herald("backup", copy)
    assert.equal("ok\n", (process.run { "sqlite3", copy, "PRAGMA integrity_check" }))
  end)

  it("previews, proves and triggers from the command line", function()
    local server <close> = daemon.start { project = "examples" }
    local context = { "--context", "resetUrl=https://shop.example.com/reset/1", "--context", "firstName=Jane" }
    assert.matches("https://shop.example.com/reset/1",
      server:herald("preview", "password-reset", "--user", "jane@example.com", table.unpack(context)), 1, true)
    server:herald("proof", "password-reset", "--to", "me@example.com", table.unpack(context))
    server:herald("trigger", "password-reset", "--user", "jane@example.com", table.unpack(context))
    server:drain()
    local mails = process.run { "sh", "-c", "cat " .. server.folder .. "/data/captured/*.eml" }
    assert.matches("To:[^\n]*jane@example.com", mails)
    assert.matches("To:[^\n]*me@example.com", mails)
  end)

  it("tail gives each line to a pipe at once", function()
    local server <close> = daemon.start { project = "examples" }
    local tail <close> = process.start { PROGRAM, "tail", "--project", server.folder .. "/project", "--data", server.folder .. "/data" }
    server:trigger("password-reset", { userId = "piped@example.com", context = { resetUrl = "https://example.com/" } })
    assert.matches("piped@example.com", tail:line(), 1, true)
  end)

  it("works on the store itself when no server runs", function()
    local server <close> = daemon.start { project = "examples" }
    server:stop()
    assert.matches("%S", server:herald("key", "create", "--name", "later", "--scope", "read"))
    server:herald("pause", "password-reset")
    server:launch()
    local answer = server:trigger("password-reset", { userId = "j@example.com", context = { resetUrl = "https://example.com/" } })
    assert.equal("campaign-not-live", answer.code, answer.text)
  end)
end)
