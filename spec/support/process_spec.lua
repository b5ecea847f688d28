local process = require "spec.support.process"

describe("spec.support.process", function()
  it("reads what a process prints, and ends it", function()
    local server = process.start { "sh", "-c", "echo 'it''s'; echo two; exec sleep 1000" }
    assert.equal("its", server:line())
    assert.equal("two", server:line())
    assert.equal("", server:stop())
    assert.equal("", server:stop())
    assert.is_nil(server:line())
    assert.is_not_true(os.execute("kill -0 " .. server.pid .. " 2>/dev/null"))
  end)

  it("gives a command's output and status", function()
    local output, status = process.run({ "sh", "-c", 'echo "$X" >&2; exit 3' }, { errors = "output", environment = { X = "it's" } })
    assert.equal("it's\n", output)
    assert.equal(3, status)
  end)

  it("waits for a port that accepts", function()
    local command = { "/usr/bin/python3", "-m", "http.server", "--bind", "127.0.0.1", "{port}" }
    local server, port = process.listen(command, { errors = "/dev/null" })
    assert.is_true(port > 0)
    server:stop()
  end)

  it("says so when a server does not start", function()
    assert.has_error(function() process.listen({ "false" }, { errors = "/dev/null" }) end)
  end)
end)
