-- Scripts that try to get out, to reach others, or to stay. Each has to fail, and to leave the state as it was.
local loop = require "herald.loop"
local sandbox = require "herald.sandbox"

-- Enough time that it never decides, whatever the specs run under.
local BOUNDS = { instructions = 2000000, cpu_ms = 60000, memory = 32 * 1024 * 1024 }

-- For a loop that may use 0.1 s: some times as much under the sanitizers, minutes without an end that holds.
local SLOW_MOST_S = 1

local function attack(source, words)
  local box = sandbox.new { files = { ["main.lua"] = source, ["lib/a.lua"] = "return {}" }, bounds = BOUNDS, words = words }
  local value, failure = box:run "main.lua"
  return value, failure and tostring(failure)
end

local function refused(source, pattern, words)
  local value, failure = attack(source, words)
  assert.is_nil(value)
  assert.matches(pattern, failure)
end

local real = {
  rep = string.rep, insert = table.insert, floor = math.floor, string_index = nil,
}

describe("a hostile script", function()
  after_each(function()
    assert.equal(real.rep, string.rep)
    assert.equal(real.insert, table.insert)
    assert.equal(real.floor, math.floor)
    assert.is_nil(rawget(_G, "evil"))
  end)

  for _, name in ipairs {
    "os", "io", "debug", "package", "load", "loadstring", "loadfile", "dofile", "collectgarbage", "rawset", "coroutine",
    "_G", "print", "warn", "arg", "getfenv", "setfenv", "module", "jit", "herald",
  } do
    it("finds no " .. name, function()
      refused("return " .. name, ("the global '%s' is not set"):format(name))
      refused(("return require %q"):format(name), "require: there is no file")
    end)
  end

  it("cannot require the engine, the bindings or C libraries", function()
    for _, name in ipairs { "herald.store", "herald.secret", "lfs", "cjson", "ffi", "herald.engine" } do
      refused(("return require %q"):format(name), "there is no file")
    end
  end)

  it("cannot require files outside of the project", function()
    for _, name in ipairs { "../../etc/passwd", "/etc/passwd", "....etc.passwd", "main.lua\0.lua", "secrets.KEY" } do
      refused(("return require %q"):format(name), "there is no file")
    end
    refused("return require(5)", "expected a string")
    refused("return require {}", "expected a string")
  end)

  it("cannot change the library", function()
    refused("string.rep = nil", "string.rep cannot be set")
    refused("table.insert = function() end", "table.insert cannot be set")
    refused("math.evil = 1", "math.evil cannot be set")
    refused("rawequal(string, string) string.evil = 1", "cannot be set")
  end)

  it("cannot reach the library's table through its view", function()
    assert.is_true(attack "return getmetatable(string) == nil and getmetatable(table) == nil")
    refused("setmetatable(string, {})", "protected metatable")
    assert.is_nil((attack "return rawget(string, 'rep')"))
    assert.is_nil((attack "return next(string)"))
    assert.is_true(attack "for name, value in pairs(string) do if type(value) == 'table' then return false end end return true")
    assert.is_true(attack "local f, s, k = pairs(string) return s == nil and k == nil")
  end)

  it("cannot reach the metatable of strings", function()
    assert.is_true(attack "return getmetatable('') == nil")
    refused("return (''):evil()", "evil")
    refused("('').rep = 1", "")
  end)

  it("cannot dump functions", function()
    assert.is_nil((attack "return string.dump"))
    refused("return ('').dump(function() end)", "dump")
    refused("return ('x').dump(print)", "")
  end)

  it("cannot set globals through its environment", function()
    refused("_ENV.evil = 1", "cannot be set")
    refused("setmetatable(_ENV, {})", "protected metatable")
    assert.is_true(attack "return getmetatable(_ENV) == nil and next(_ENV) == nil and rawget(_ENV, 'string') == nil")
    assert.equal(1, (attack "local _ENV = { evil = 1 } return evil"))
  end)

  it("cannot leave a finalizer behind", function()
    refused("setmetatable({}, { __gc = function() end })", "__gc is not for project scripts")
  end)

  it("cannot take metatables of the engine's objects", function()
    local shared = { __index = { kind = "shared" } }
    assert.is_true(attack("return getmetatable(thing) == nil and thing.kind == 'shared'", { thing = setmetatable({}, shared) }))
    assert.equal("shared", shared.__index.kind)
  end)

  it("gets its own metatables back", function()
    assert.is_true(attack "local mt = { __index = { a = 1 } } return getmetatable(setmetatable({}, mt)) == mt")
    assert.equal("locked", (attack "return getmetatable(setmetatable({}, { __metatable = 'locked' }))"))
  end)

  it("does not see another box's modules and values", function()
    local files = { ["a.lua"] = "local m = require 'm' m.secret = 'mine' return m", ["b.lua"] = "return require('m').secret", ["m.lua"] = "return {}" }
    local first = sandbox.new { files = files }
    local second = sandbox.new { files = files }
    assert.equal("mine", first:run("a.lua").secret)
    assert.is_nil((second:run "b.lua"))
  end)

  it("cannot load byte code", function()
    local code = string.dump(function() return 1 end)
    local _, failure = sandbox.new { files = { ["main.lua"] = code } }:run "main.lua"
    assert.matches("attempt to load a binary chunk", tostring(failure))
  end)

  it("is stopped in a loop that never ends", function()
    refused("while true do end", "too many instructions")
    refused("for i = 1, math.huge do end", "too many instructions")
    refused("local function f() return f() end return f()", "too many instructions")
    refused("::again:: goto again", "too many instructions")
  end)

  it("cannot swallow the end with pcall", function()
    refused("while true do pcall(function() while true do end end) end", "too many instructions")
    refused("while true do xpcall(function() while true do end end, function() while true do end end) end", "too many instructions")
  end)

  it("is stopped inside of metamethods", function()
    refused("local t = setmetatable({}, { __index = function(t, k) return t[k + 1] end }) return t[1]", "overflow")
    refused("local t = setmetatable({}, { __eq = function() while true do end end }) return t == setmetatable({}, getmetatable(t))", "too many instructions")
    refused("local x <close> = setmetatable({}, { __close = function() while true do end end })", "too many instructions")
  end)

  it("is stopped when it takes too much memory", function()
    collectgarbage() -- what earlier attacks left would be given back on its account
    refused("local t = {} for i = 1, 1e9 do t[i] = { i, i, i, i } end", "memory")
    refused("local s = 'x' while true do s = s .. s end", "memory")
    refused("local t = {} while true do t[#t + 1] = ('x'):rep(1000000) .. #t end", "memory")
  end)

  it("cannot make long texts in one step", function()
    refused("return ('x'):rep(1e9)", "too large")
    refused("return string.rep('x', 1 << 62)", "too large")
    refused("return string.rep('x', 10, ('y'):rep(1 << 23))", "too large")
    assert.equal("xxx", (attack "return ('x'):rep(3)"))
  end)

  it("cannot run for ever inside of table functions", function()
    refused("table.move({}, 1, math.maxinteger - 1, 2)", "too many elements")
    refused("table.move(setmetatable({}, { __index = rawlen }), 1, 2 ^ 53, 1, setmetatable({}, { __newindex = type }))", "not for a table with")
    refused("table.sort(setmetatable({}, { __len = function() return 1 << 30 end, __index = rawlen, __newindex = type }))", "not for a table with")
    refused("table.concat(setmetatable({}, { __index = rawlen }), '', 1, 1 << 53)", "not for a table with")
    refused("table.insert(setmetatable({}, { __len = function() return 1 << 53 end }), 1, 1)", "not for a table with")
    refused("table.unpack({}, 1, 1 << 30)", "too many results")
    refused("local t = {} for i = 1, 200000 do t[i] = i end table.sort(t)", "too many elements")
    refused("table.sort({ 3, 2, 1 }, function() while true do end end)", "too many instructions")
  end)

  it("cannot run for ever inside of patterns", function()
    refused("return ('a'):rep(100000):find '.-.-.-.-.-b'", "too many instructions")
    refused("return string.gsub(('a'):rep(100000), 'a*a*a*a*b', '')", "too many instructions")
    refused("for _ in ('a'):rep(100000):gmatch '.-.-.-b' do end", "too many instructions")
    refused("return ('a'):rep(200):match(('a?'):rep(190) .. ('a'):rep(190) .. 'b')", "too many instructions")
  end)

  it("cannot overflow the stack of C", function()
    refused("local function f() return pcall(f) end while true do f() end", "")
    refused("local function f(n) return tostring(setmetatable({}, { __tostring = function() return f(n + 1) end })) end return f(1)", "")
    refused("return load", "not set")
    local deep = "return " .. ("("):rep(100000) .. "1" .. (")"):rep(100000)
    refused(deep, "overflow")
  end)

  it("is stopped in time while it works inside of C", function()
    local bounds = { instructions = 1 << 40, cpu_ms = 100, memory = 32 * 1024 * 1024 }
    local loops = {
      "while true do local s = ('x'):rep(7000000) end",
      "local s = ('x'):rep(4000000) while true do s:upper() end",
      "local s = ('x'):rep(4000000) while true do local t = s .. 'y' end",
      "local s, t = ('x'):rep(4000000), ('x'):rep(4000000) while true do local a = s < t end",
      "local s = ('x'):rep(3000000) while true do utf8.len(s) end",
      "local t = {} for i = 1, 100000 do t[i] = '' end while true do table.concat(t) end",
      "local t = {} for i = 1, 100000 do t[i] = 1 end while true do table.insert(t, 1, 1) end",
      "local t = {} for i = 1, 100000 do t['k' .. i] = 1 end for k in pairs(t) do t[k] = nil end while true do next(t) end",
      "while true do pcall(string.rep, 'x', 16000000) end",
      "local function f() return xpcall(f, f) end while true do pcall(f) end",
      "local function f() local x <close> = setmetatable({}, { __close = function() f() end }) return pcall(f) end while true do pcall(f) end",
    }
    for _, source in ipairs(loops) do
      local failure
      local start = os.clock()
      loop.spawn(function() failure = select(2, sandbox.new { files = { ["main.lua"] = source }, bounds = bounds }:run "main.lua") end)
      loop.run_until_idle()
      assert.matches("CPU time", tostring(failure))
      assert.is_true(os.clock() - start < SLOW_MOST_S, source)
    end
  end)

  it("cannot hide an error behind an object", function()
    refused("error(setmetatable({}, { __tostring = function() while true do end end }))", "")
    refused("error({})", "")
    refused("error(nil)", "")
  end)

  it("cannot read a secret that it holds", function()
    local secret = require "herald.secret"
    local key = secret.new("KEY", "hunter2")
    for _, source in ipairs {
      "return tostring(key)", "return key.text or 'none'", "for k, v in pairs(key) do return v end return 'none'",
      "return ('%s'):format(key)", "return next(key) or 'none'", "return rawget(key, 'text') or rawget(key, 1) or 'none'",
    } do
      local value = attack(source, { key = key })
      assert.is_truthy(value == "secret(KEY)" or value == "none", source)
    end
    assert.is_true(attack("return getmetatable(key) == nil", { key = key }))
    refused("setmetatable(key, { __index = {} })", "protected metatable", { key = key })
    refused("return key .. ''", "cannot become part of a text", { key = key })
  end)
end)
