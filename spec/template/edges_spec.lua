-- Every function of the language at its edges: the rows of edges/*.lua, and arguments of every wrong type.

local parameters = require "spec.template.edges.parameters"
local support = require "spec.template.support"
local template = require "herald.template"

local GROUPS = { "arrays", "dates", "locales", "maps", "numbers", "strings", "urls" }
local NOW = 1795514400000 -- 2026-11-24T10:00:00Z

local DATA = [==[{"context": {"none": null, "yes": true, "n": 4, "half": 0.5, "price": 10.50, "negative": -10.50, "huge": 9007199254740993,
  "least": -9223372036854775808, "word": "word", "list": [1], "empty": [], "map": {"a": 1}, "emptyMap": {},
  "odd": {"": "blank", "a.b": "dotted", "ключ😀": "far"},
  "orders": [{"id": "a", "price": 5}, {"id": "b", "price": 9.5}, {"id": "c", "price": null}]}}]==]

local function evaluate(expression, locale)
  return support.render(("{%%= %s %%}"):format(expression), DATA, { mode = "text" }, { now = NOW, locale = locale })
end

local function assert_row(row)
  local got, expected = evaluate(row[1], row.locale), row[2]
  if type(expected) == "string" then return assert.equal(expected, got, row[1]) end
  if expected.pattern then return assert.is_truthy(got:find(expected.pattern), row[1] .. ": " .. got) end
  assert.is_truthy(got:find "^cannot ", row[1] .. " gave " .. got)
  assert.is_truthy(got:find(expected.part, 1, true), row[1] .. ": " .. got)
end

local covered = {}
for _, group in ipairs(GROUPS) do
  local functions = require("spec.template.edges." .. group)
  local names = {}
  for name in pairs(functions) do names[#names + 1] = name end
  table.sort(names)
  describe(group, function()
    for _, name in ipairs(names) do
      covered[name] = true
      it(("hold the edges of %s"):format(name), function()
        for _, row in ipairs(functions[name]) do
          assert.is_truthy(row[1]:find(name .. "(", 1, true), row[1] .. " does not call " .. name)
          assert_row(row)
        end
      end)
    end
  end)
end

-- Each type as it stands in a template, where the compiler sees it, and as it comes with the data.
local VALUES = {
  null = { "null", "context.none", "context.gone" },
  boolean = { "true", "context.yes" },
  number = { "1", "context.n", "context.half" },
  string = { "'word'", "context.word" },
  datetime = { "now()", "2024-02-29" },
  array = { "[1]", "context.list" },
  map = { "context.map" },
}

local TAKES = {
  s = { string = true }, n = { number = true }, b = { boolean = true }, a = { array = true }, m = { map = true }, p = { string = true },
  d = { datetime = true }, -- and strings, but not the word above
  e = { datetime = true, number = true, string = true }, u = { string = true },
  t = { string = true, number = true, boolean = true, datetime = true }, i = { number = true, boolean = true, datetime = true },
  l = { string = true, number = true, boolean = true, null = true }, S = { string = true, null = true }, A = { array = true, null = true },
}

-- An argument that no function finds a fault with.
local SAMPLES = {
  s = "'en_GB'", u = "'https://a.b'", n = "1", b = "true",
  a = "[1]", m = "context.map", p = "'id'", d = "'2024-02-29'", e = "0", t = "'text'", i = "1", l = "true", S = "'a'",
  A = "[1]", ["*"] = "1",
}

---@return string[] letters, integer least, boolean is_open
local function read(signature)
  local letters, least = {}, #signature:match "^[^?+]*"
  for letter in signature:gmatch "[%a*]" do letters[#letters + 1] = letter end
  return letters, least, signature:sub(-1) == "+"
end

local function call(name, letters, count, index, wrong)
  local arguments = {}
  for i = 1, count do arguments[i] = i == index and wrong or SAMPLES[letters[i]] end
  return ("%s(%s)"):format(name, table.concat(arguments, ", "))
end

local function assert_refused(name, letters, index, wrong)
  local expression = call(name, letters, #letters, index, wrong)
  local said = evaluate(expression)
  assert.is_truthy(said:find "^cannot compile: " or said:find "^cannot render %(render%-error%): ", expression .. " gave " .. said)
  assert.matches(("%s[:,] argument %d"):format(name, index), said, expression)
end

describe("a wrong type", function()
  local names = {}
  for name in pairs(parameters) do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do
    local letters, least, is_open = read(parameters[name])
    it(("for a parameter of %s is an error that names both"):format(name), function()
      for index, letter in ipairs(letters) do
        for type_name, expressions in pairs(letter ~= "*" and VALUES or {}) do
          for _, wrong in ipairs(TAKES[letter][type_name] and {} or expressions) do assert_refused(name, letters, index, wrong) end
        end
      end
    end)

    it(("is what %s may not be called with, nor too few or too many arguments"):format(name), function()
      if least > 0 then assert.matches(name .. " needs ", evaluate(call(name, letters, least - 1))) end
      if not is_open then
        local expression = call(name, letters, #letters):gsub("%)$", #letters > 0 and ", 1)" or "1)")
        assert.matches(name .. " takes ", evaluate(expression))
      end
    end)
  end
end)

describe("every function", function()
  it("has its edges and its parameters in these rows", function()
    for _, name in ipairs(template.functions()) do
      assert.is_true(covered[name], name .. " has no rows in spec/template/edges")
      assert.is_string(parameters[name], name .. " is not in spec/template/edges/parameters.lua")
    end
  end)

  it("that has rows is one of the language", function()
    local known = {}
    for _, name in ipairs(template.functions()) do known[name] = true end
    for name in pairs(covered) do assert.is_true(known[name], name) end
    for name in pairs(parameters) do assert.is_true(known[name], name) end
  end)
end)
