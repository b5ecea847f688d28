local loop = require "herald.loop"
local process = require "herald.process"

local function shell(script, more)
  local options = { command = { "/bin/sh", "-c", script } }
  for name, value in pairs(more or {}) do options[name] = value end
  return process.run(options)
end

describe("a process", function()
  it("gives what it printed on both outputs, in order, and its exit code", function()
    local ended = shell "echo one; echo two >&2; echo three; exit 3"
    assert.same({ exit = 3, output = "one\ntwo\nthree\n", is_late = false, is_cut = false }, ended)
  end)

  it("has an empty standard input", function()
    assert.equal("read:1\n", shell("read x; echo read:$?").output)
  end)

  it("has this process's environment, and what is said beside it or instead", function()
    assert.equal("b " .. os.getenv "PATH" .. "\n", shell("echo $A $PATH", { environment = { A = "b" } }).output)
    assert.equal("/nowhere\n", shell("echo $PATH", { environment = { PATH = "/nowhere" } }).output)
  end)

  it("is killed when it takes too long", function()
    local ended = shell("echo begun; exec sleep 60", { timeout_ms = 200 })
    assert.same({ true, 9, "begun\n" }, { ended.is_late, ended.signal, ended.output })
  end)

  it("says which signal ended it", function()
    local ended = shell "kill -TERM $$"
    assert.same({ 15, false }, { ended.signal, ended.is_late })
  end)

  it("prints no more than is asked for", function()
    local ended = shell("i=0; while [ $i -lt 5000 ]; do echo 0123456789; i=$((i+1)); done", { output_most = 100 })
    assert.equal(100, #ended.output)
    assert.is_true(ended.is_cut)
    assert.equal(0, ended.exit)
  end)

  it("has ended when it has, whoever still holds its output", function()
    local ended = shell "sleep 5 & echo done"
    assert.same({ 0, "done\n" }, { ended.exit, ended.output })
  end)

  it("is one of several at once", function()
    local order = {}
    for _, each in ipairs { { "a", "0.3" }, { "b", "0" } } do
      loop.spawn(function()
        local ended = shell(("sleep %s; echo %s"):format(each[2], each[1]))
        order[#order + 1] = ended.output
      end)
    end
    loop.run_until_idle()
    assert.same({ "b\n", "a\n" }, order)
  end)

  it("is said to be missing", function()
    local ended, message, code = process.run { command = { "/nowhere/program" } }
    assert.is_nil(ended)
    assert.equal("/nowhere/program cannot be started: not-found", message)
    assert.equal("not-found", code)
  end)

  it("is not started from what is no command", function()
    assert.error_matches(function() process.run {} end, "option 'command': expected a table")
    assert.error_matches(function() process.run { command = {} } end, "names no program")
    assert.error_matches(function() process.run { command = { "a\0b" } } end, "without NUL")
    assert.error_matches(function() process.run { command = { 7 } } end, "expected strings")
    assert.error_matches(function() process.run { command = { "x" }, environment = { A = 1 } } end, "'environment': expected strings")
    assert.error_matches(function() process.run { command = { "x" }, cwd = "/" } end, "unknown option")
  end)
end)
