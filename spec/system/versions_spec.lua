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
    assert.equal(202, server:trigger("link", { userId = "a@example.com", context = { url = "https://example.com/" } }).status)
    assert.same({ "https://example.com/" }, mail:message_to("a@example.com").values)
  end)
end)
