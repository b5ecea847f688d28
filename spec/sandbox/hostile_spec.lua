-- Scripts that try to get out, to reach others, or to stay. Each has to fail, and to leave the state as it was. Those of the
-- tables RUNAWAYS, HOARDERS, REACHES and HIDDEN are counted.
local budget = require "herald.budget"
local kit = require "herald.testing"
local loop = require "herald.loop"
local projects = require "spec.support.project_folder"
local sandbox = require "herald.sandbox"

-- Enough time that it never decides, whatever the specs run under.
local BOUNDS = { instructions = 2000000, cpu_ms = 60000, memory = 32 * 1024 * 1024 }

-- For a loop that may use 0.2 s: some times as much under the sanitizers, more under valgrind, minutes without an end that
-- holds.
local SLOW_MOST_S = 20

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
    assert.equal("", (attack "return (''):rep(1 << 60) .. string.rep('', 1 << 60, '')"))
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
    local bounds = { instructions = 1 << 40, cpu_ms = 200, memory = 32 * 1024 * 1024 }
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

-- Each would go on for ever, and catches what it can of its end.
local RUNAWAYS = {
  ["a while loop"] = "while true do end",
  ["a repeat loop"] = "repeat until false",
  ["a goto"] = "::again:: goto again",
  ["a for loop without end"] = "for _ = 1, math.huge do end",
  ["an iterator without end"] = "for _ in function() return 1 end do end",
  ["tail calls"] = "local function f() return f() end return f()",
  ["tail calls of two"] = "local g local function f() return g() end function g() return f() end return f()",
  ["recursion that pcall catches"] = "local function f() return 1 + f() end while true do pcall(f) end",
  ["more and more arguments"] = "local function f(...) return f(1, ...) end while true do pcall(f) end",
  ["pcall around a loop"] = "while true do pcall(function() while true do end end) end",
  ["pcall of pcall"] = "while true do pcall(pcall, pcall, pcall, function() while true do end end) end",
  ["pcall, nested"] = "local function f(n) if n > 90 then while true do end end pcall(f, n + 1) while true do end end f(1)",
  ["pcall of itself"] = "local function f() pcall(f) pcall(f) end while true do f() end",
  ["an error handler that loops"] = "while true do xpcall(error, function() while true do end end) end",
  ["an error handler that fails"] = "local function h() error 'x' end while true do xpcall(error, h) end",
  ["an error handler that is the function"] = "local function f() return xpcall(f, f) end while true do pcall(f) end",
  ["an error that is a function's call"] = "while true do pcall(error, setmetatable({}, { __call = function() while true do end end })) end",
  ["__index"] = "local t = setmetatable({}, { __index = function() while true do end end }) while true do pcall(function() return t.x end) end",
  ["__newindex"] = "local t = setmetatable({}, { __newindex = function() while true do end end }) while true do pcall(function() t.x = 1 end) end",
  ["__eq"] = [[
    local m = { __eq = function() while true do end end } local a, b = setmetatable({}, m), setmetatable({}, m)
    pcall(function() return a == b end) while true do end]],
  ["__lt"] = [[
    local m = { __lt = function() while true do end end } local a, b = setmetatable({}, m), setmetatable({}, m)
    pcall(function() return a < b end) while true do end]],
  ["__concat"] = "local t = setmetatable({}, { __concat = function() while true do end end }) while true do pcall(function() return t .. 'x' end) end",
  ["__len"] = "local t = setmetatable({}, { __len = function() while true do end end }) while true do pcall(function() return #t end) end",
  ["__call"] = "local t = setmetatable({}, { __call = function(self) return self() end }) return t()",
  ["__tostring"] = "local t = setmetatable({}, { __tostring = function() while true do end end }) while true do pcall(tostring, t) end",
  ["__tostring in string.format"] = [[
    local t = setmetatable({}, { __tostring = function() while true do end end })
    while true do pcall(string.format, '%s', t) end]],
  ["__pairs"] = "local t = setmetatable({}, { __pairs = function() while true do end end }) while true do pcall(pairs, t) end",
  ["__close at the end"] = "local x <close> = setmetatable({}, { __close = function() while true do end end })",
  ["__close when it is ended"] = [[
    local function trap() return setmetatable({}, { __close = function() while true do pcall(function() while true do end end) end end }) end
    local a <close>, b = trap(), 1
    while true do end]],
  ["__close in each turn"] = [[
    while true do
      pcall(function() local x <close> = setmetatable({}, { __close = function() error 'x' end }) end)
    end]],
  ["a for loop's closing value"] = [[
    while true do
      pcall(function() for _ in next, {}, nil, setmetatable({}, { __close = function() while true do end end }) do end end)
    end]],
  ["a comparison of table.sort"] = "while true do pcall(table.sort, { 3, 1, 2 }, function() while true do end end) end",
  ["a comparison without order"] = "local t = {} for i = 1, 1000 do t[i] = i end while true do pcall(table.sort, t, function() return true end) end",
  ["a function of gsub"] = "while true do pcall(string.gsub, 'aaa', 'a', function() while true do end end) end",
  ["a table of gsub"] = "local t = setmetatable({}, { __index = function() while true do end end }) while true do pcall(string.gsub, 'aaa', 'a', t) end",
  ["a pattern"] = "while true do pcall(string.find, ('a'):rep(5000), '.-.-.-.-.-b') end",
  ["a method's pattern"] = "while true do pcall(function() return (('a'):rep(5000)):match '.-.-.-.-.-b' end) end",
  ["gmatch"] = "for _ in ('a'):rep(100000):gmatch '.-.-.-b' do end while true do end",
  ["table.unpack of too much"] = "while true do pcall(table.unpack, {}, 1, 1 << 30) end",
  ["table.insert under one that grows"] = "local t = {} while true do table.insert(t, 1, #t) if #t > 500 then t = {} end end",
  ["require, again and again"] = "while true do pcall(require, 'lib.none') end",
  ["a method of another text"] = "local s = 'x' while true do s = s:upper():lower():reverse() end",
}

-- Each would hold more and more, and catches what it can of its end.
local HOARDERS = {
  ["a table"] = "while true do pcall(function() local t = {} while true do t[#t + 1] = { #t } end end) end",
  ["a text, doubled"] = "while true do pcall(function() local s = 'x' while true do s = s .. s end end) end",
  ["string.rep"] = "local t = {} while true do pcall(function() t[#t + 1] = ('x'):rep(1000000) .. #t end) end",
  ["many small texts"] = "local t = {} while true do pcall(function() t['k' .. #t] = true t[#t + 1] = 'v' .. #t end) end",
  ["closures"] = "local list while true do pcall(function() local before = list list = function() return before end end) end",
  ["tables in tables"] = "local t = {} while true do pcall(function() t = { t, t } end) end",
  ["arguments"] = "local t = {} for i = 1, 200000 do t[i] = i end local all = {} while true do pcall(function() all[#all + 1] = { table.unpack(t) } end) end",
  ["table.concat"] = [[
    local t, all = {}, {} for i = 1, 100000 do t[i] = 'xxxxxxxxxx' end
    while true do pcall(function() all[#all + 1] = table.concat(t) .. #all end) end]],
  ["string.format"] = "local all = {} while true do pcall(function() all[#all + 1] = ('%s%s'):format(('x'):rep(500000), #all) end) end",
  ["gsub"] = "local all = {} while true do pcall(function() all[#all + 1] = (('x'):rep(100000):gsub('x', 'yyyyyyyyyy')) .. #all end) end",
  ["metatables"] = "local t = {} while true do pcall(function() t = setmetatable({}, { __index = t }) end) end",
}

-- Each gives true when it reached nothing. `thing` is an object of the engine's, `list` an array of a payload.
local REACHES = {
  ["the strings' metatable"] = "return getmetatable('') == nil and not pcall(function() ('').upper = 1 end)",
  ["the library behind its view, by table.insert"] = "return not pcall(table.insert, table, 1) and not pcall(table.remove, table)",
  ["the library behind its view, by table.move"] = "return not pcall(table.move, { 1 }, 1, 1, 1, string)",
  ["the library behind its view, by table.sort"] = "return not pcall(table.sort, string)",
  ["the library by setmetatable"] = "return not pcall(setmetatable, string, {}) and not pcall(setmetatable, http, {})",
  ["the library by rawget"] = "return rawget(string, 'rep') == nil and next(string) == nil and rawlen(string) == 0",
  ["the library by pairs"] = "for name in pairs(string) do if pcall(function() string[name] = 1 end) then return false end end return true",
  ["the library under another name"] = "return not pcall(function() require('string').rep = 1 end)",
  ["the environment's metatable"] = "return getmetatable(_ENV) == nil and next(_ENV) == nil and not pcall(setmetatable, _ENV, {})",
  ["a global"] = "return not pcall(function() evil = 1 end) and not pcall(function() _ENV.evil = 1 end) and not pcall(function() return evil end)",
  ["globals by another _ENV"] = "local _ENV = { pcall = pcall } return not pcall(function() return string.rep end)",
  ["an engine's object by its metatable"] = "return getmetatable(thing) == nil and not pcall(setmetatable, thing, {})",
  ["the metatable of a payload's array"] = "return getmetatable(list) == nil",
  ["the metatable of a payload's array, by an own one"] = "local m = {} setmetatable(list, m) return getmetatable(list) == m and m.__name == nil",
  ["the place of a finalizer, later"] = "local m = {} local t = setmetatable({}, m) m.__gc = function() evil = 1 end return not pcall(setmetatable, t, m)",
  ["a finalizer by inheritance"] = "return pcall(setmetatable, {}, setmetatable({}, { __index = { __gc = function() evil = 1 end } }))",
  ["code by load"] = "return not pcall(function() return load 'return 1' end) and not pcall(function() return loadstring end)",
  ["byte code by string.dump"] = "return string.dump == nil and not pcall(function() return ('').dump(function() end) end)",
  ["coroutines"] = "return not pcall(function() return coroutine.wrap end) and not pcall(require, 'coroutine')",
  ["the loaded modules"] = "return not pcall(function() return package.loaded end) and not pcall(require, 'herald.store')",
  ["another file by its path"] = "return not pcall(require, '../secrets/KEY') and not pcall(require, '/etc/hostname')",
  ["upvalues of the engine"] = "return not pcall(function() return debug.getupvalue end)",
  ["an error's table"] = "local ok, e = pcall(function() return nothing_here end) return not ok and type(e) == 'string'",
  ["a script run without one"] = "return not pcall(sleep, 1) and not pcall(http.get, 'http://127.0.0.1/')",
}

-- Files of a project whose code runs where the engine works: its loop is ended there, and others go on.
local LOOP = "while true do pcall(function() while true do end end) end"

local HIDDEN = {
  ["on_trigger"] = { ["campaigns/evil.lua"] = "on_trigger = function() " .. LOOP .. " end," },
  ["on_event"] = { ["campaigns/evil.lua"] = "on_event = function() " .. LOOP .. " end," },
  ["what on_trigger leaves in the context"] = { ["campaigns/evil.lua"] = [[on_trigger = function(trigger)
    trigger.context.x = setmetatable({}, { __pairs = function() LOOP end, __index = function() LOOP end, __len = function() LOOP end })
  end,]] },
  ["a helper of templates"] = { ["templates/helpers.lua"] = "return { spin = function() " .. LOOP .. " end }" },
  ["a channel's address"] = { ["channels/pager.lua"] = { address = LOOP } },
  ["a channel's prepare"] = { ["channels/pager.lua"] = { prepare = LOOP } },
  ["a provider's send"] = { ["channels/pager.lua"] = { send = LOOP } },
  ["what a provider answers"] = { ["channels/pager.lua"] = {
    send = "do return setmetatable({}, { __index = function() LOOP end, __pairs = function() LOOP end }) end",
  } },
  ["an endpoint"] = { ["endpoints/evil.lua"] = LOOP },
  ["what an endpoint answers"] = {
    status = 200, ["endpoints/evil.lua"] = "return 200, setmetatable({}, { __pairs = function() LOOP end, __index = function() LOOP end })",
  },
}

local CAMPAIGN = [[return campaign { id = "%s", channel = "%s", surface = "%s", namespace = "email", message = { text = "Hello%s" %s }, %s }]]

local PAGER = [[return channel { name = "pager", namespace = "email", fields = { text = { type = "template", mode = "text", required = true } },
  address = function(recipient) %s return recipient.userId end, prepare = function(message) %s end,
  providers = { provider { name = "beep", channel = "pager", send = function() %s return { state = "sent" } end } } }]]

-- The project of one attack, beside a campaign that has nothing to do with it.
local function project_of(given)
  local channel = given["channels/pager.lua"]
  local files = {
    ["herald.lua"] = "return { limits = { on_trigger = { instructions = 200000, cpu = '60 seconds' } } }",
    ["surfaces/mail.lua"] = 'return surface { name = "mail", channel = "email", provider = "capture", from = "x@example.com" }',
    ["campaigns/good.lua"] = CAMPAIGN:format("good", "email", "mail", "", ', subject = "S"', "on_trigger = function() end,"),
    ["templates/helpers.lua"] = given["templates/helpers.lua"],
  }
  local helper = given["templates/helpers.lua"] and " {{spin}}" or ""
  if channel then
    files["channels/pager.lua"] = PAGER:format(channel.address or "", channel.prepare or "", channel.send or "")
    files["surfaces/pager.lua"] = 'return surface { name = "pager", channel = "pager", provider = "beep" }'
    files["campaigns/evil.lua"] = CAMPAIGN:format("evil", "pager", "pager", helper, "", "")
  else
    files["campaigns/evil.lua"] = CAMPAIGN:format("evil", "email", "mail", helper, ', subject = "S"', given["campaigns/evil.lua"] or "")
  end
  if given["endpoints/evil.lua"] then
    files["endpoints/evil.lua"] = ('return endpoint { path = "/hooks/evil", authenticate = endpoint.none, handle = function() %s end }'):format(
      given["endpoints/evil.lua"])
  end
  for path, text in pairs(files) do files[path] = text:gsub("LOOP", LOOP) end
  return files
end

local function each(attacks, visit)
  local names = {}
  for name in pairs(attacks) do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do visit(name, attacks[name]) end
end

local function run(source, bounds, words)
  local box = sandbox.new { files = { ["main.lua"] = source }, words = words }
  return budget.run(bounds, assert(box:load "main.lua"))
end

describe("an attack", function()
  each(RUNAWAYS, function(name, source)
    it("that never ends is ended: " .. name, function()
      local ok, message, code, bound = run(source, { instructions = 300000, cpu_ms = 60000, memory = 32 * 1024 * 1024 })
      assert.is_false(ok)
      assert.equal("budget-exceeded", code, message)
      assert.is_truthy(bound == "instructions" or bound == "memory", bound)
      assert.matches("^main.lua:%d+: ", message)
    end)
  end)

  each(HOARDERS, function(name, source)
    it("that takes all memory is ended: " .. name, function()
      collectgarbage()
      local before = collectgarbage "count"
      local ok, message, code, bound = run(source, { instructions = 1 << 40, cpu_ms = 60000, memory = 8 * 1024 * 1024 })
      assert.is_false(ok)
      assert.equal("budget-exceeded memory", ("%s %s"):format(code, bound), message)
      collectgarbage()
      collectgarbage()
      -- The marks of metatables keep their room, to be used again.
      assert.is_true(collectgarbage "count" - before < 4096, "it left something behind")
    end)
  end)

  each(REACHES, function(name, source)
    it("does not reach " .. name, function()
      local primitives = require "herald.primitives"
      local words = primitives.words()
      words.thing = setmetatable({}, { __index = { kind = "shared" }, __metatable = false })
      words.list = require("herald.payload").parse("[1,2]"):value(1)
      local ok, safe = run(source, { instructions = 300000, cpu_ms = 60000 }, words)
      assert.is_true(ok, tostring(safe))
      assert.is_true(safe)
      collectgarbage()
      assert.is_nil(rawget(_G, "evil"))
      assert.equal("X", ("x"):upper())
    end)
  end)

  each(HIDDEN, function(name, given)
    it("hidden in " .. name .. " is ended, and others go on", function()
      local dir = projects.make(project_of(given))
      local engine = kit.engine { project = dir, log_level = "error" }
      if given["endpoints/evil.lua"] then
        assert.equal(given.status or 500, engine:request({ method = "POST", path = "/hooks/evil" }).status)
      else
        local answer = engine:trigger("evil", { userId = "jane@example.com" })
        assert.is_truthy(answer.status == 202 or answer.code == "script-error", answer.code)
      end
      local good = engine:trigger("good", { userId = "jane@example.com" })
      assert.equal(202, good.status)
      assert.equal("sent", engine:message(good.messages[1].id).state)
      engine:close()
      projects.remove(dir)
    end)
  end)

  it("is there in more than forty kinds", function()
    local count = 0
    for _, attacks in ipairs { RUNAWAYS, HOARDERS, REACHES, HIDDEN } do each(attacks, function() count = count + 1 end) end
    assert.is_true(count >= 80, count .. " attacks")
  end)
end)
