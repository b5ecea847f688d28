local command = require "spec.support.command"
local payload = require "herald.payload"

describe("commands without a daemon", function()
  local folder
  before_each(function()
    folder = command.folder()
    command.run("init", folder)
  end)
  after_each(function() command.remove(folder) end)

  local function run(...)
    local argv = { ... }
    table.insert(argv, "--project")
    table.insert(argv, folder)
    return command.run(table.unpack(argv))
  end

  local function run_json(...)
    local argv = { ... }
    table.insert(argv, "--json")
    local exit, out, err = run(table.unpack(argv))
    assert.equal(0, exit, err)
    return assert(payload.parse(out)):value(1)
  end

  it("trigger sends, and message tells what became of it", function()
    local body = run_json("trigger", "welcome", "--user", "jane@example.com", "--context", "link=https://example.com/go", "--context", "firstName=Jane")
    assert.matches("^%x+$", body.executionId)
    local message = run_json("message", body.executionId)
    assert.equal("sent", message.state)
    local report = run_json("report", "welcome")
    assert.equal(1, report.totals.sent)
    local exit, out = run("tail", "--once")
    assert.equal(0, exit)
    assert.matches("sent +" .. body.executionId, out)
  end)

  it("kv keeps, prints, lists and deletes, in each sandbox", function()
    assert.equal(0, (run("kv", "set", "a/b", '{"n":1}')))
    local exit, out = run("kv", "set", "t", "just a text", "--ttl", "1 hour", "--sandbox", "dev")
    assert.equal(0, exit)
    assert.matches("^kept until %d+%-", out)
    exit, out = run("kv", "get", "a/b")
    assert.same({ 0, '{"n":1}\n' }, { exit, out })
    exit, out = run("kv", "get", "t", "--sandbox", "dev")
    assert.same({ 0, "just a text\n" }, { exit, out })
    local _, _, err = run("kv", "get", "t")
    assert.matches("Nothing is kept under this key in this sandbox. %(not%-found%)", err)
    assert.same({ keys = { { key = "a/b", value = { n = 1 } } } }, run_json("kv", "list"))
    exit, out = run("kv", "list", "--sandbox", "dev")
    assert.equal(0, exit)
    assert.matches("t +%S+Z +just a text", out)
    assert.equal(0, (run("kv", "delete", "a/b")))
    assert.equal(1, (run("kv", "delete", "a/b")))
    assert.equal(1, (run("kv", "get", "a/b", "--counter")))
  end)

  it("trigger takes a whole request, or a context, from a file", function()
    command.write(folder .. "/request.json", payload.encode { requestId = "r-1", recipients = payload.array { {
      type = "external", userId = "joe@example.com", namespace = "email", context = { firstName = "Joe", link = "https://example.com/go" } } } })
    assert.equal("r-1", run_json("trigger", "welcome", "--file", folder .. "/request.json").requestId)
    command.write(folder .. "/context.json", '{"link":"https://example.com/go"}')
    run_json("trigger", "welcome", "--user", "x@example.com", "--file", folder .. "/context.json", "--context", "firstName=X")
  end)

  it("trigger says what the engine refuses", function()
    local exit, _, err = run("trigger", "welcome", "--user", "jane@example.com")
    assert.equal(1, exit)
    assert.matches("context-invalid", err, 1, true)
    assert.matches("recipients[0]", err, 1, true)
    assert.equal(2, (run("trigger", "welcome")))
    for _, name in ipairs { "trigger", "preview" } do
      assert.equal(1, (run(name, "welcome", "--user", "j@example.com", "--file", folder .. "/none.json")))
      assert.equal(2, (run(name, "welcome", "--user", "j@example.com", "--context", "nonsense")))
    end
    assert.equal(1, (run("trigger", "none", "--user", "jane@example.com")))
  end)

  it("preview prints the message and proof sends it", function()
    local exit, out = run("preview", "welcome", "--context", "link=https://example.com/go", "--context", "firstName=Jane")
    assert.equal(0, exit)
    assert.matches("https://example.com/go", out, 1, true)
    exit, out = run("proof", "welcome", "--to", "me@example.com", "--context", "link=https://example.com/go")
    assert.equal(0, exit, out)
  end)

  describe("preview prints what somebody would get", function()
    local EXAMPLES = (os.getenv "HERALD_SOURCE" or ".") .. "/examples"
    local data

    before_each(function() data = folder .. "/preview" end)

    local function preview(id, ...)
      local exit, out, err = command.run("preview", id, "--project", EXAMPLES, "--data", data, ...)
      assert.equal(0, exit, err)
      return out
    end

    -- Of a recipient with a channel's data, or a profile.
    local function preview_file(id, recipient)
      command.write(folder .. "/preview.json", payload.encode { recipients = payload.array { recipient } })
      return preview(id, "--file", folder .. "/preview.json")
    end

    it("of an email: what is short, the text, the page", function()
      local out = preview("password-reset", "--user", "jane@example.com", "--context", "resetUrl=https://a.example/x", "--context", "firstName=Jo & Co")
      local head = "decision: sent by email, surface transactional\naddress: jane@example.com\nfrom: Example Shop <no-reply@example.com>\n"
        .. "reply_to: help@example.com\nsubject: Reset your password\n\ntext:\nHello Jo & Co,\n"
      assert.equal(head, out:sub(1, #head))
      assert.matches("\n\nhtml:\n<!doctype html>\n.*Hello Jo &amp; Co,.*</html>\n$", out)
    end)

    it("of a text message", function()
      assert.equal("decision: sent by sms, surface texts\naddress: +4917112345678\n"
        .. "text: 123456 is your Example code. It is good for 5 minutes. Never share it.\n",
        preview("one-time-code", "--user", "+4917112345678", "--context", "code=123456"))
    end)

    it("of a push message, and of the email where there is no device", function()
      local out = preview_file("order-shipped", { type = "external", userId = "jane@example.com", namespace = "email",
        context = { order = "42", trackingUrl = "https://t.example/42" }, channelData = { pushInfo = { token = "abc", platform = "fcm", appID = "x" } } })
      assert.equal("decision: sent by push, surface app\naddress: abc\ntitle: Your parcel is on its way\nbody: Order 42 has left our warehouse.\n"
        .. 'collapse_key: order-42\ndata: {"order":"42"}\nlink: https://t.example/42\npriority: high\nttl: 1 day\n', out)
      out = preview("order-shipped", "--user", "jane@example.com", "--context", "order=42", "--context", "trackingUrl=https://t.example/42")
      assert.matches("^decision: sent by email, surface transactional\n", out)
    end)

    it("of a webhook", function()
      command.write(folder .. "/surfaces/crm.lua", 'return surface { name = "crm", channel = "webhook", provider = "capture" }')
      command.write(folder .. "/campaigns/hook.lua", [=[return campaign {
        id = "hook", title = "Hook", channel = "webhook", surface = "crm", namespace = "email", context = { order = "string" },
        message = { url = "https://crm.example.com/{{context.order}}", body = '{"order": "{{context.order}}"}' } }]=])
      local exit, out, err = run("preview", "hook", "--user", "jane@example.com", "--context", "order=4")
      assert.equal(0, exit, err)
      assert.equal("decision: sent by webhook, surface crm\naddress: jane@example.com\nmethod: POST\nurl: https://crm.example.com/4\n"
        .. 'body: {"order": "4"}\n', out)
    end)

    it("of none, where on_trigger skips", function()
      assert.equal("decision: skipped: blocked\n", preview_file("one-time-code",
        { type = "external", userId = "+4917112345678", namespace = "phone", profile = { blocked = true }, context = { code = "1" } }))
    end)
  end)

  it("the lifecycle goes on where the last command left it", function()
    local exit, out = run("pause", "welcome")
    assert.equal(0, exit)
    assert.equal("welcome is paused\n", out)
    for _, campaign in ipairs(run_json("campaigns").campaigns) do
      assert.equal(campaign.id == "welcome" and "paused" or "live", campaign.status)
    end
    local refused, _, err = run("pause", "welcome")
    assert.equal(1, refused)
    assert.equal("herald: campaign welcome is paused; to pause it, it has to be live or scheduled (conflict)\n", err)
    refused, _, err = run("pause", "welcom")
    assert.equal(1, refused)
    assert.equal('herald: There is no campaign "welcom"; did you mean "welcome"? (not-found)\n', err)
    assert.equal(0, (run("resume", "welcome")))
    assert.equal(0, (run("duplicate", "welcome", "--to", "copy")))
    assert.equal(0, (run("review", "copy")))
    assert.equal(0, (run("stop", "welcome")))
    assert.equal(0, (run("archive", "welcome")))
    assert.matches("archive", select(2, run("audit")))
  end)

  it("key create prints the key alone", function()
    local exit, out = run("key", "create", "--name", "shop", "--scope", "trigger,read")
    assert.equal(0, exit)
    assert.matches("^hk_[%w_-]+\n$", out)
    assert.matches("shop +trigger,read", select(2, run("key", "list")))
    assert.equal(0, (run("key", "revoke", "shop")))
    assert.equal(1, (run("key", "revoke", "shop")))
    for option, words in pairs { ["--scope"] = { "--scope", "root" }, ["--expires"] = { "--scope", "read", "--expires", "soon" } } do
      local code, _, err = run("key", "create", "--name", "x", table.unpack(words))
      assert.equal(2, code)
      assert.matches("^herald: " .. option:gsub("%-", "%%-") .. ": ", err)
    end
  end)

  it("curl prints a command with the campaign's names", function()
    local exit, out = run("curl", "welcome", "--url", "https://h.example.com")
    assert.equal(0, exit)
    for _, part in ipairs { "curl ", "$HERALD_KEY", '"campaignId": "welcome"', '"firstName"', '"link"' } do
      assert.is_truthy(out:find(part, 1, true), part)
    end
  end)

  it("outbox, status and backup work on the store", function()
    assert.equal(0, (run("outbox", "list")))
    assert.equal("0 retried\n", select(2, run("outbox", "retry", "--campaign", "welcome")))
    assert.equal("0 cancelled\n", select(2, run("outbox", "cancel", "--campaign", "welcome")))
    local id = run_json("trigger", "welcome", "--user", "j@example.com", "--context", "link=https://example.com/", "--context", "firstName=J").executionId
    for _, verb in ipairs { "retry", "cancel" } do
      local exit, out = run("outbox", verb, id)
      assert.equal(1, exit)
      assert.matches("^0 %w+: none of these messages waits", out)
      assert.equal(2, (run("outbox", verb, "12")))
      assert.equal(1, (run("outbox", verb, "--campaign", "nobody")))
    end
    assert.matches("server +not running", select(2, run("status")))
    assert.equal(0, (run("backup", folder .. "/copy.db")))
    assert.is_truthy(io.open(folder .. "/copy.db"))
    local exit, _, err = run("backup", folder .. "/copy.db")
    assert.equal(1, exit)
    assert.matches("copy.db exists already: .*%-%-force", err)
    assert.equal(0, (run("backup", folder .. "/copy.db", "--force")))
  end)

  it("reload takes the project over; a rollback needs the daemon, the list of generations does not", function()
    assert.equal(0, (run("reload")))
    local exit, _, err = run("rollback")
    assert.equal(1, exit)
    assert.matches("herald serve", err)
    assert.equal(0, (run("generations")))
  end)

  it("touch nothing in a folder that is no project", function()
    command.write(folder .. "/other/stray.lua", "return {}")
    local exit, out, err = command.run("key", "create", "--name", "x", "--scope", "read", "--project", folder .. "/other")
    assert.equal(1, exit)
    assert.equal("", out)
    assert.matches("other is no project folder: it has neither herald.lua nor campaigns/\nMake a project with: herald init DIR", err, 1, true)
    assert.is_nil(io.open(folder .. "/other/data"))
  end)

  it("a project that does not load is said to be so", function()
    command.write(folder .. "/campaigns/bad.lua", "return campaign {")
    local exit, _, err = run("status")
    assert.equal(1, exit)
    assert.matches("campaigns/bad.lua", err, 1, true)
  end)
end)
