local sandbox = require "herald.sandbox"

local function run(source, options)
  options = options or {}
  local files = options.files or {}
  files["main.lua"] = source
  return sandbox.new { files = files, words = options.words, bounds = options.bounds, compiled = options.compiled, on_read = options.on_read }:run "main.lua"
end

describe("a box", function()
  it("gives what the file returns", function()
    assert.equal(42, run "return 6 * 7")
  end)

  it("has the library that only computes", function()
    assert.equal("HELLO 3 1,2 3.0", run [[
      local words = {}
      for word in ("hello"):gmatch "%a+" do words[#words + 1] = word:upper() end
      table.insert(words, tostring(math.max(1, 3)))
      words[#words + 1] = table.concat({ 1, 2 }, ",")
      words[#words + 1] = tostring(math.sqrt(9))
      local ok = pcall(error, "x")
      assert(not ok and utf8.len "é" == 1 and select("#", table.unpack(words)) == 4)
      table.sort({ 3, 1, 2 })
      return table.concat(words, " ")
    ]])
  end)

  it("names a global that is not set, with file and line", function()
    local _, failure = run "local x = 1\nreturn os.time()"
    assert.equal("main.lua:2: the global 'os' is not set", tostring(failure))
  end)

  it("names a global that is written", function()
    local _, failure = run "counter = 1"
    assert.equal("main.lua:1: the global 'counter' cannot be set; make it local", tostring(failure))
  end)

  it("gives a syntax error its file and line", function()
    local _, failure = run "return {\n  a = = 1,\n}"
    assert.equal("main.lua", failure.file)
    assert.equal(2, failure.line)
    assert.matches("unexpected symbol", failure.message)
  end)

  it("keeps the file's name when it is long", function()
    local path = "campaigns/" .. ("long"):rep(30) .. ".lua"
    local _, failure = sandbox.new { files = { [path] = "error 'x'" } }:run(path)
    assert.equal(path, failure.file)
  end)

  it("requires the project's files, each once", function()
    local read = {}
    local result = run([[
      local a, b = require "lib.a", require "lib/b"
      assert(require "lib.a" == a)
      return a.name .. b
    ]], {
      files = { ["lib/a.lua"] = "return { name = 'a' }", ["lib/b/init.lua"] = "return (...)" },
      on_read = function(path) read[#read + 1] = path end,
    })
    assert.equal("alib/b", result)
    assert.same({ "main.lua", "lib/a.lua", "lib/b/init.lua" }, read)
  end)

  it("says which module is not there", function()
    local _, failure = run "require 'lib.prices'"
    assert.equal("main.lua:1: require: there is no file lib/prices.lua in the project", tostring(failure))
  end)

  it("refuses a file that requires itself", function()
    local _, failure = run("require 'a'", { files = { ["a.lua"] = "return require 'b'", ["b.lua"] = "return require 'a'" } })
    assert.equal("main.lua:1: require: a.lua requires itself", tostring(failure))
    _, failure = run("require 'a'", { files = { ["a.lua"] = "local b = require 'b' return b", ["b.lua"] = "\nlocal a = require 'a' return a" } })
    assert.equal("b.lua:2: require: a.lua requires itself", tostring(failure))
  end)

  it("blames the required file for its own error", function()
    local _, failure = run("require 'lib'", { files = { ["lib.lua"] = "\n\nlocal x = nil + 1" } })
    assert.equal("lib.lua", failure.file)
    assert.equal(3, failure.line)
  end)

  it("gives the words it is given, as globals and by require", function()
    assert.is_true(run("return greet == require 'greet'", { words = { greet = function() end } }))
  end)

  it("shares compiled files between boxes, and nothing else", function()
    local compiled = {}
    local files = { ["lib.lua"] = "local M = { n = 0 } function M.add() M.n = M.n + 1 return M.n end return M" }
    for _ = 1, 3 do
      assert.equal(1, run("return require('lib').add()", { files = files, compiled = compiled }))
    end
    assert.is_string(compiled["lib.lua"])
  end)
end)
