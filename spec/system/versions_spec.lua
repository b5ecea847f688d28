-- What was accepted finishes under the version that accepted it, whatever becomes of the scripts meanwhile.

local daemon = require "spec.support.daemon"
local sink = require "spec.support.sink"

describe("a changed campaign", function()
  local mail, server

  before_each(function()
    mail = sink.start()
    server = daemon.start { values = { SMTP = mail.url } }
  end)
  after_each(function()
    server:close()
    mail:close()
  end)

  local function defer(user)
    local answer = server:trigger("deferred", { userId = user, context = { number = "n" } })
    assert.equal(202, answer.status, answer.text)
  end

  it("sends queued messages as they were accepted, and new ones as it is now", function()
    defer "before@example.com"
    server:write("templates/deferred.html", "<p>new text</p> [new]\n")
    server:herald "reload"
    defer "after@example.com"
    assert.same({ "new" }, mail:message_to("after@example.com").values)
    assert.same({ "n" }, mail:message_to("before@example.com").values)
  end)

  it("keeps queued messages through a restart with other scripts", function()
    defer "before@example.com"
    server:write("templates/deferred.html", "<p>new text</p> [new]\n")
    server:restart()
    assert.same({ "n" }, mail:message_to("before@example.com").values)
  end)

  it("that does not pass its check changes nothing, and the errors are told", function()
    server:write("campaigns/receipt.lua", "return campaign { id = 5 ")
    local output, status = server:try_herald "reload"
    assert.equal(1, status)
    assert.matches("campaigns/receipt.lua", output, 1, true)
    assert.equal(202, server:trigger("receipt", { userId = "jane@example.com", context = { number = 1 } }).status)
    assert.same({ "1" }, mail:message_to("jane@example.com").values)
  end)

  it("is read anew at SIGHUP", function()
    server:write("campaigns/fresh.lua", [[
      return campaign { id = "fresh", title = "Fresh", category = "transactional", channel = "email", surface = "mail",
        namespace = "email", message = { subject = "Fresh", text = "[fresh]" } }]])
    assert.equal(400, server:trigger("fresh", { userId = "a@example.com" }).status)
    server.process:signal "HUP"
    daemon.wait_for(function() return server:trigger("fresh", { userId = "a@example.com" }).status == 202 end, "the new campaign")
    assert.same({ "fresh" }, mail:message_to("a@example.com").values)
  end)

  it("is read once for many SIGHUPs at once", function()
    local before = server:curl("/generations").json.generations
    os.execute(("LD_PRELOAD= sh -c 'for i in $(seq 100); do kill -HUP %d; done'"):format(server.process.pid))
    server:herald "reload"
    local after = server:curl("/generations").json.generations
    local loads = after[#after].number - before[#before].number
    assert.is_true(loads >= 2 and loads < 50, loads .. " loads")
  end)

  it("goes back to the generation before at rollback", function()
    server:write("templates/link.html", "<p>second [{{context.url}}]</p> [second]\n")
    server:herald "reload"
    server:herald "rollback"
    assert.matches('local +rollback +%- +{"activated":%["link"%],"generation":3,"to":1}.-local +reload ', server:herald "audit")
    assert.equal(202, server:trigger("link", { userId = "a@example.com", context = { url = "https://example.com/" } }).status)
    assert.same({ "https://example.com/" }, mail:message_to("a@example.com").values)
  end)

  describe("where versions are reviewed", function()
    before_each(function()
      local settings = server:read "herald.lua":gsub('"automatic"', '"reviewed"')
      server:write("herald.lua", settings)
      server:herald "reload"
      server:write("templates/link.html", "<p>second</p> [second]\n")
    end)

    local function sent_to(user)
      assert.equal(202, server:trigger("link", { userId = user, context = { url = "https://example.com/" } }).status)
      return mail:message_to(user).values[1]
    end

    it("is live again as it was after a rollback, and a restart does not change that", function()
      assert.matches("draft, not live until activated: link", server:herald "reload", 1, true)
      server:herald("activate", "link")
      assert.equal("second", sent_to "a@example.com")
      assert.matches("live now: link", server:herald "rollback", 1, true)
      assert.equal("https://example.com/", sent_to "b@example.com")
      server:restart()
      assert.equal("https://example.com/", sent_to "c@example.com")
    end)
  end)

  it("whose file is gone goes on, and everybody says so", function()
    os.remove(server.folder .. "/project/campaigns/link.lua")
    assert.matches("file gone, goes on until stopped: link", server:herald "reload", 1, true)
    assert.matches("link +live %(file gone%)", server:herald "campaigns")
    assert.matches("file gone", server:log(), 1, true)
    assert.equal(202, server:trigger("link", { userId = "a@example.com", context = { url = "https://example.com/" } }).status)
  end)
end)
