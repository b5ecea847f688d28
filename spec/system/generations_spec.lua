-- The sets of scripts that were in force: kept through restarts and crashes, and gone back to without the folder.

local daemon = require "spec.support.daemon"
local sink = require "spec.support.sink"

local SECOND, THIRD = "<p>second</p> [second]\n", "<p>third</p> [third]\n"

describe("generations", function()
  local mail, server

  before_each(function()
    mail = sink.start()
    server = daemon.start { values = { SMTP = mail.url } }
  end)
  after_each(function()
    server:close()
    mail:close()
  end)

  local function listed()
    return server:curl("/generations").json.generations
  end

  -- The numbers, with a star at the one in force.
  local function numbers()
    local list = {}
    for index, entry in ipairs(listed()) do list[index] = ("%d%s"):format(entry.number, entry.current and "*" or "") end
    return table.concat(list, " ")
  end

  local users = 0
  local function sent()
    users = users + 1
    local user = ("user%d@example.com"):format(users)
    local answer = server:trigger("link", { userId = user, context = { url = "https://example.com/" } })
    assert.equal(202, answer.status, answer.text)
    return mail:message_to(user).values[1]
  end

  local function reload_with(text)
    server:write("templates/link.html", text)
    server:herald "reload"
  end

  it("are listed after a restart, which makes none of an unchanged folder, and go on counting", function()
    reload_with(SECOND)
    local before = listed()
    server:restart()
    assert.same(before, listed())
    assert.equal("1 2*", numbers())
    reload_with(THIRD)
    assert.equal("1 2 3*", numbers())
    local last = listed()[3]
    assert.same({ "reload", "local", "current" }, { last.action, last.loadedBy, last.state })
    assert.matches("^%x+$", last.hash)
    assert.is_true(last.campaigns > 5)
    server:write("templates/link.html", SECOND)
    server:restart()
    assert.equal("1 2 3 4*", numbers())
    assert.equal("start", listed()[4].action)
    assert.equal(listed()[2].hash, listed()[4].hash)
    assert.equal("second", sent())
  end)

  it("are gone back to by number after a restart, from the store and not from the folder", function()
    reload_with(SECOND)
    reload_with(THIRD)
    server:restart()
    os.remove(server.folder .. "/project/templates/link.html")
    assert.matches("generation 4 is in force, with the scripts of generation 1", server:herald("rollback", "1"), 1, true)
    assert.equal("https://example.com/", sent())
    assert.matches("with the scripts of generation 3", server:herald "rollback", 1, true)
    assert.equal("third", sent())
    assert.matches('"generation":5,"to":3', server:herald "audit", 1, true)
  end)

  it("say why they cannot be gone back to", function()
    local output, status = server:try_herald "rollback"
    assert.equal(1, status)
    assert.matches("no generation to go back to", output, 1, true)
    output, status = server:try_herald("rollback", "7")
    assert.equal(1, status)
    assert.matches("there is no generation 7", output, 1, true)
    output, status = server:try_herald("rollback", "1")
    assert.equal(1, status)
    assert.matches("generation 1 is in force", output, 1, true)
    assert.equal(2, select(2, server:try_herald("rollback", "first")))
  end)

  it("go back over reloads that changed nothing", function()
    reload_with(SECOND)
    server:herald "reload"
    server:herald "reload"
    server:herald "rollback"
    assert.equal("https://example.com/", sent())
  end)

  it("stay gone back to through restarts and a crash, until the folder changes", function()
    reload_with(SECOND)
    server:herald "rollback"
    server:restart()
    assert.equal("https://example.com/", sent())
    assert.matches("the scripts in force are those of the store", server:log(), 1, true)
    server:stop "KILL"
    server:launch()
    assert.equal("1 2 3*", numbers())
    assert.equal("https://example.com/", sent())
    server:write("templates/link.html", THIRD)
    server:restart()
    assert.equal("1 2 3 4*", numbers())
    assert.equal("third", sent())
  end)

  it("stay gone back to until a reload asks for the folder", function()
    reload_with(SECOND)
    server:herald "rollback"
    server:restart()
    server:herald "reload"
    assert.equal("second", sent())
  end)

  it("keep a daemon starting whose folder does not pass its check, which the status tells", function()
    server:write("campaigns/receipt.lua", "return campaign { id = 5 ")
    server:restart()
    assert.equal("1*", numbers())
    assert.equal("https://example.com/", sent())
    local failure = server:curl("/status").json.lastReloadFailure
    assert.equal("start", failure.by)
    assert.matches("campaigns/receipt.lua", failure.errors[1], 1, true)
  end)

  it("are as many as the setting says", function()
    local settings = server:read "herald.lua":gsub("return {", "return { generations = 3,", 1)
    server:write("herald.lua", settings)
    server:restart()
    for index = 1, 4 do reload_with(("<p>[%d]</p>\n"):format(index)) end
    assert.equal("4 5 6*", numbers())
  end)

  it("do not matter to what was accepted: after kill -9 between reloads each message is as its version was", function()
    local function defer(user)
      assert.equal(202, server:trigger("deferred", { userId = user, context = { number = "first" } }).status)
    end
    defer "first@example.com"
    server:write("templates/deferred.html", "<p>second</p> [second]\n")
    server:herald "reload"
    defer "second@example.com"
    server:stop "KILL"
    server:write("templates/deferred.html", "<p>third</p> [third]\n")
    server:launch()
    defer "third@example.com"
    server:stop "KILL"
    server:write("templates/deferred.html", "<p>fourth</p> [fourth]\n")
    server:launch()
    for _, name in ipairs { "first", "second", "third" } do
      assert.same({ name }, mail:message_to(name .. "@example.com").values)
    end
  end)
end)
