-- Where the daemon listens: a unix socket in place of a port, and an address that another process holds.

local certificates = require "spec.support.certificates"
local process = require "spec.support.process"

local build = os.getenv "HERALD_BUILD" or "build/dev"
local PROGRAM = os.getenv "HERALD_PROGRAM" or build .. "/herald"

describe("the daemon's address", function()
  local folder

  setup(function()
    folder = process.run({ "mktemp", "-d", "/tmp/herald-spec-listen.XXXXXX" }):match "%S+"
    for _, name in ipairs { "first", "second" } do
      local output, status = process.run({ PROGRAM, "init", folder .. "/" .. name }, { errors = "output" })
      assert.equal(0, status, output)
    end
  end)
  teardown(function() process.run { "rm", "-rf", folder } end)

  local function serve(name, address)
    return process.start({ PROGRAM, "serve", "--project", folder .. "/" .. name, "--listen", address, "--workers", "2" },
      { errors = "output" })
  end

  -- Reads what it prints until it serves; gives its address.
  local function ready(server)
    local said = {}
    for line in function() return server:line() end do
      said[#said + 1] = line
      local address = line:match 'msg="?ready.*listen="?([^%s"]+)'
      if address then return address end
    end
    error("the daemon did not start:\n" .. table.concat(said, "\n"))
  end

  local function end_cleanly(server)
    server:signal()
    local output, status = server:wait()
    assert.equal(0, status, output)
  end

  local function health(...)
    return (process.run { "curl", "-sS", "--max-time", "10", "-o", "/dev/null", "-w", "%{http_code}", ... })
  end

  it("may be a unix socket, and it ends cleanly", function()
    local path = folder .. "/front.sock"
    local server <close> = serve("first", "unix:" .. path)
    assert.equal("unix:" .. path, ready(server))
    assert.equal("200", health("--unix-socket", path, "http://localhost/im/health"))
    assert.equal("200", health("--unix-socket", folder .. "/first/data/herald.sock", "http://localhost/im/health"))
    end_cleanly(server)
    assert.is_nil(io.open(path))
  end)

  it("is refused while another process holds it", function()
    local first <close> = serve("first", "127.0.0.1:0")
    local address = ready(first)
    local second <close> = serve("second", address)
    local output, status = second:wait()
    assert.equal(1, status, output)
    assert.matches("cannot listen on " .. address .. ": address in use", output, 1, true)
    assert.equal("200", health("http://" .. address .. "/im/health"))
    end_cleanly(first)
  end)

  it("is refused while another process holds that unix socket", function()
    local path = folder .. "/front.sock"
    local first <close> = serve("first", "unix:" .. path)
    ready(first)
    local second <close> = serve("second", "unix:" .. path)
    local output, status = second:wait()
    assert.equal(1, status, output)
    assert.matches("cannot listen on unix:" .. path .. ": address in use", output, 1, true)
    assert.equal("200", health("--unix-socket", path, "http://localhost/im/health"))
    end_cleanly(first)
  end)

  it("replaces the unix socket that a killed daemon left", function()
    local path = folder .. "/front.sock"
    local killed <close> = serve("first", "unix:" .. path)
    ready(killed)
    killed:stop "KILL"
    local server <close> = serve("first", "unix:" .. path)
    ready(server)
    end_cleanly(server)
  end)

  it("leaves a file alone that is no socket", function()
    local path = folder .. "/notes"
    assert(io.open(path, "w")):close()
    local server <close> = serve("first", "unix:" .. path)
    local output, status = server:wait()
    assert.equal(1, status, output)
    assert.is_truthy(io.open(path), "the file has gone")
  end)

  it("tells a client that shows no certificate why it is refused", function()
    local settings = assert(io.open(folder .. "/second/herald.lua", "w"))
    settings:write(([[return { tls = { certificate = %q, key = %q, client_ca = %q } }]]):format(
      certificates.path "rsa.crt", certificates.path "rsa.key", certificates.path "ca.crt"))
    settings:close()
    local server <close> = serve("second", "127.0.0.1:0")
    local output, status = process.run({ "curl", "-sS", "--max-time", "10", "--cacert", certificates.path "ca.crt",
      "https://" .. ready(server) .. "/im/health" }, { errors = "output" })
    assert.not_equal(0, status)
    assert.matches("alert", output, 1, true)
    end_cleanly(server)
  end)

  it("can be taken again right after a stop", function()
    local first <close> = serve("first", "127.0.0.1:0")
    local address = ready(first)
    assert.equal("200", health("http://" .. address .. "/im/health"))
    end_cleanly(first)
    local again <close> = serve("first", address)
    assert.equal(address, ready(again))
    end_cleanly(again)
  end)
end)
