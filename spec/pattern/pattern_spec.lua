-- herald.pattern against Lua's own functions, and where it has to be better than they are.
local budget = require "herald.budget"
local pattern = require "herald.pattern"

local TEXTS = {
  "", "a", "hello world", "  trim me  ", "key = value", "THE (quick) fox", "f(a(b)c)d", "2026-11-23T10:00:00Z", "a.b.c", "aaa", "[x]",
  "x]y-z^w", "\0a\0", "caf\xc3\xa9", "one,two,,three", "%d", "abcabc", "\n\t ", "AbC123", "((()))",
}

local PATTERNS = {
  "", "a", ".", "^a", "a$", "^$", "$", "^", "a*", "a+", "a-", "a?", ".-b", "(.-)b", "%s*(.-)%s*$", "^%s*(.-)%s*$", "(%w+)", "%w+", "(%w+)%s*=%s*(%w+)",
  "%((%w+)%)", "%b()", "%f[%w]%w+", "%f[%W]", "(%d+)-(%d+)-(%d+)", "[^,]*", "[%a_][%w_]*", "[a-c]+", "[]]", "[^]]", "[]-]", "[a-]", "[%-x]", "[%]]",
  "()", "()a()", "(a)(b)(c)", "(abc)%1", "((a)(b))", "%.", "[%.]", "%%", "^^", "a^", "$a", "a$b", "%z", "%Z*", "%x%X", "%u%l%U%L", "%p%c%g",
  "(a*(.)%w(%s*))", "[%w%s]+", "[^%s]+", "%S+", "\0", "[\0-\x1f]", ".-$", "%b[]", "(()a)", "[a%-z]", "[%a-z]", "[!-~]", "x?y?z?$", "(a?)(b?)(c?)",
}

local function pack(ok, ...) return { n = select("#", ...), ok = ok, ... } end

local function all_matches(library, text, sought)
  local found = {}
  for a, b, c in library.gmatch(text, sought) do
    found[#found + 1] = tostring(a) .. "|" .. tostring(b) .. "|" .. tostring(c)
    if #found > 100 then break end
  end
  return found
end

local function agree(text, sought)
  local label = ("%q with %q"):format(text, sought)
  for _, start in ipairs { 1, 2, -1, -100, 0, #text + 1, #text + 2 } do
    assert.same(pack(pcall(string.find, text, sought, start)), pack(pcall(pattern.find, text, sought, start)), label)
    assert.same(pack(pcall(string.match, text, sought, start)), pack(pcall(pattern.match, text, sought, start)), label)
    assert.same(pack(pcall(string.find, text, sought, start, true)), pack(pcall(pattern.find, text, sought, start, true)), label)
  end
  assert.same(pack(pcall(all_matches, string, text, sought)), pack(pcall(all_matches, pattern, text, sought)), label)
  for _, replacement in ipairs { "", "<%0>", "%%", { a = "A", hello = 1, b = false }, function(a) return a == "a" and "A" end } do
    for _, most in ipairs { 1000, 1, 0 } do
      assert.same(pack(pcall(string.gsub, text, sought, replacement, most)), pack(pcall(pattern.gsub, text, sought, replacement, most)), label)
    end
  end
end

describe("a pattern", function()
  it("does what Lua's own does", function()
    for _, text in ipairs(TEXTS) do
      for _, sought in ipairs(PATTERNS) do agree(text, sought) end
    end
  end)

  it("does so for patterns made by chance", function()
    math.randomseed(20261123)
    local pieces = { "a", "b", ".", "%a", "%s", "[ab]", "[^a]", "*", "+", "-", "?", "(", ")", "()", "%1", "%b()", "%f[a]", "^", "$", "%", "[", "]" }
    local letters = { "a", "b", "c", " ", "(", ")", "^", "$", "-" }
    local function draw(from, most)
      local parts = {}
      for index = 1, math.random(0, most) do parts[index] = from[math.random(#from)] end
      return table.concat(parts)
    end
    local compared = 0
    for _ = 1, 20000 do
      local text, sought = draw(letters, 10), draw(pieces, 6)
      local expected, found = pack(pcall(string.find, text, sought)), pack(pcall(pattern.find, text, sought))
      -- Lua tells of a malformed pattern only when it comes to that part; here it is told at once.
      if found.ok and expected.ok then
        assert.same(expected, found, ("%q with %q"):format(text, sought))
        assert.same(pack(pcall(string.gsub, text, sought, "<%0>")), pack(pcall(pattern.gsub, text, sought, "<%0>")), ("%q with %q"):format(text, sought))
        compared = compared + 1
      elseif found.ok then
        error(("%q is taken, and Lua says: %s"):format(sought, expected[1]))
      end
    end
    assert.is_true(compared > 5000)
  end)

  it("is refused when it is malformed", function()
    for sought, message in pairs {
      ["%"] = "ends with '%'", ["[a"] = "missing ']'", ["[]"] = "missing ']'", ["[a%"] = "missing ']'", ["(a"] = "unfinished capture",
      ["a)"] = "invalid pattern capture", ["%b"] = "missing arguments to '%b'", ["%f"] = "missing '[' after '%f'", ["%1"] = "invalid capture index",
      ["(%1)"] = "invalid capture index", ["%0"] = "invalid capture index", [("()"):rep(33)] = "too many captures",
      [("a?"):rep(201)] = "pattern too complex", [("a"):rep(70000)] = "pattern too long",
    } do
      local ok, failure = pcall(pattern.find, "text", sought)
      assert.is_false(ok)
      assert.is_truthy(string.find(failure, message, 1, true), failure)
    end
  end)

  it("refuses what Lua's own refuses", function()
    assert.error(function() pattern.find() end)
    assert.error(function() pattern.find("x") end)
    assert.error(function() pattern.find({}, "x") end)
    assert.error(function() pattern.gsub("x", "x") end)
    assert.error(function() pattern.gsub("x", "x", true) end)
    assert.error_matches(function() pattern.gsub("x", "x", "%2") end, "invalid use of")
    assert.error_matches(function() pattern.gsub("x", "x", "%") end, "invalid use of")
    assert.error_matches(function() pattern.gsub("x", "x", function() return {} end) end, "invalid replacement value %(a table%)")
    assert.error_matches(function() pattern.gsub("x", "x", function() error "inside" end) end, "inside")
  end)

  it("takes numbers as texts", function()
    assert.equal(2, (pattern.find(1234, 23)))
    assert.equal("1x34", (pattern.gsub(1234, 2, "x")))
    assert.equal("1934", (pattern.gsub("1234", "2", 9)))
  end)

  it("survives a callback that uses patterns itself, and many patterns", function()
    local result = pattern.gsub("a b c", "%w", function(letter)
      for n = 1, 300 do assert(pattern.find("x" .. n, "x" .. n .. "$")) end
      collectgarbage()
      return (pattern.gsub(letter, "%w", "%0%0"))
    end)
    assert.equal("aa bb cc", result)
  end)

  it("ends in time on texts that Lua's own would take hours for", function()
    local long = ("a"):rep(100000)
    for _, sought in ipairs { ".-.-.-.-.-b", "a*a*a*a*a*b", ("a?"):rep(150) .. ("a"):rep(150) .. "b", "%f[b].-b", "(a*)*b", "(.-)(.-)(.-)%1%2%3b", "%b(x" } do
      for _, name in ipairs { "find", "match", "gsub" } do
        local before = os.clock()
        local ok, failure = budget.run({ instructions = 5000000 }, function() return pattern[name](long, sought, name == "gsub" and "" or nil) end)
        assert.is_true(os.clock() - before < 3, sought)
        if not ok then assert.is_truthy(string.find(failure, "too many instructions", 1, true), failure) end
      end
    end
  end)

  it("counts as instructions over many calls", function()
    local ok, failure, code = budget.run({ instructions = 1000000 }, function()
      local text = ("a"):rep(5000)
      while true do pcall(pattern.find, text, ".-.-b") end
    end)
    assert.is_false(ok)
    assert.equal("budget-exceeded", code)
    assert.is_truthy(failure)
  end)

  it("finds plain text in long text in no time", function()
    local long = ("a"):rep(1000000)
    local before = os.clock()
    assert.is_nil((pattern.find(long, ("a"):rep(500000) .. "b", 1, true)))
    assert.is_true(os.clock() - before < 1)
  end)
end)
