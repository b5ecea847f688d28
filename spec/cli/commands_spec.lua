local cli = require "herald.cli"
local command = require "spec.support.command"

local CONTRACT = {
  "init", "new campaign", "new surface", "check", "serve", "review", "activate", "pause", "resume", "stop", "duplicate", "archive",
  "curl", "trigger", "preview", "proof", "render", "report", "message", "outbox list", "outbox retry", "outbox cancel", "tail",
  "reload", "promote", "shadow", "generations", "rollback", "key create", "key list", "key revoke", "test", "status", "version", "backup",
}

describe("the command line", function()
  local known = {}
  for _, entry in ipairs(cli.commands()) do known[entry.name] = entry end

  it("has every command, each with a summary", function()
    for _, name in ipairs(CONTRACT) do
      assert.is_table(known[name], name)
      assert.is_true(#known[name].summary > 0)
    end
  end)

  it("has each in docs/cli.md with an example, and nothing else", function()
    local file = assert(io.open(os.getenv "HERALD_SOURCE" .. "/docs/cli.md"))
    local text = file:read "a"
    file:close()
    for name in pairs(known) do
      assert.is_truthy(text:find("\n### herald " .. name .. "\n", 1, true), name .. " has no entry")
      assert.is_truthy(text:find("herald " .. name .. "[^\n]*%-%-project") or text:find("\n    herald " .. name, 1, true), name .. " has no example")
    end
    for name in text:gmatch "\n### herald ([^\n]+)\n" do assert.is_table(known[name], name .. " is not there") end
  end)

  it("prints help and ends with 0", function()
    local exit, out = command.run "--help"
    assert.equal(0, exit)
    assert.matches("activate", out)
    exit, out = command.run("trigger", "--help")
    assert.equal(0, exit)
    assert.matches("--context", out, 1, true)
  end)

  it("ends with 2 and a hint when it is not understood", function()
    for _, argv in ipairs {
      {}, { "fly" }, { "review" }, { "key" }, { "key", "create" }, { "report", "x", "--by", "week" }, { "check", "--nope" },
      { "report", "x", "--live", "--by", "day" }, { "outbox", "retry" }, { "campaigns", "--status", "bogus" }, { "serve", "--workers", "many" },
      { "serve", "--workers", "257" },
    } do
      local exit, _, err = command.run(table.unpack(argv))
      assert.equal(2, exit, table.concat(argv, " "))
      assert.matches("^herald: ", err)
    end
  end)

  it("hints at the help of commands that are there, and at a group's commands", function()
    assert.matches("\nTry: herald --help\n", select(3, command.run "bogus"), 1, true)
    assert.matches("\nTry: herald check --help\n", select(3, command.run("check", "--nope")), 1, true)
    assert.equal("herald: say which: herald outbox list|retry|cancel\nTry: herald outbox --help\n", select(3, command.run("outbox", "--project", "x")))
  end)

  it("prints the version", function()
    local exit, out = command.run "version"
    assert.equal(0, exit)
    assert.equal("herald 1.2.3\n", out)
    exit, out = command.run("version", "--json")
    assert.equal(0, exit)
    assert.equal('{"version":"1.2.3"}\n', out)
  end)

  it("hands serve its options", function()
    local given
    command.serve = function(options)
      given = options
      return 0
    end
    assert.equal(0, (command.run("serve", "--project", "p", "--listen", "127.0.0.1:1", "--data", "d", "--workers", "2")))
    assert.same({ project = "p", listen = "127.0.0.1:1", data = "d", workers = 2 }, given)
    command.serve = nil
  end)
end)
