-- A rendering ends, whatever the template and the data are.

local support = require "spec.template.support"
local template = require "herald.template"

local render = support.render

local TEN = '{"x": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]}'

local function nested(times, inside)
  return ("{{#each @root.x}}"):rep(times) .. inside .. ("{{/each}}"):rep(times)
end

describe("bounds of a rendering", function()
  it("end loops", function()
    assert.equal("cannot render (too-large): template:1:1: the loops turned more than 9 times", render(nested(1, "a"), TEN, { limits = { turns = 9 } }))
    assert.equal("aaaaaaaaaa", render(nested(1, "a"), TEN, { limits = { turns = 10 } }))
    assert.matches("turned more than 100000 times", render(nested(6, "{{@index}}"), TEN))
  end)

  it("end output", function()
    assert.matches("the output is larger than 15 bytes", render(nested(1, "aa"), TEN, { limits = { output_size = 15 } }))
    assert.matches("the output is larger than 4194304 bytes", render(nested(4, ("a"):rep(1000)), TEN))
  end)

  it("end nesting", function()
    assert.matches("blocks are nested more than 100 deep", render("{{#*inline 'r'}}x{{> r}}{{/inline}}{{> r}}"))
    assert.matches("blocks are nested more than 3 deep", render("{{#if true}}{{#if true}}{{#if true}}x{{/if}}{{/if}}{{/if}}", nil, { limits = { depth = 3 } }))
  end)

  it("end memory", function()
    local long = ("0123456789"):rep(20)
    assert.matches("take up too much memory", render(nested(3, ("{%% let s = concat('%s', 'x') %%}"):format(long)), TEN, { limits = { output_size = 1000 } }))
    assert.matches("^cannot render", render("{% let s = '0123456789' %}" .. nested(2, "{% let s = concat(s, s) %}"), TEN))
    assert.matches("cannot be put into another one", render("{% let a = [1] %}" .. nested(2, "{% let a = [a, a] %}"), TEN))
  end)

  it("end time", function()
    local source = nested(6, "{{#if @index}}{{/if}}{{@index}}")
    assert.matches("rendering took longer than 1 ms", render(source, TEN, { limits = { time_ms = 1, turns = 100000000 } }))
  end)

  it("end time inside of functions and comparisons too", function()
    local keys, other, places = {}, {}, {}
    for i = 1, 20000 do
      keys[i], other[i], places[i] = ('"k%d":%d'):format(i, i), ('"k%d":%d'):format(20001 - i, 20001 - i), i
    end
    local array = "[" .. table.concat(places, ",") .. "]"
    local many = ("[%s]"):format((array .. ","):rep(10):sub(1, -2))
    local data = ('{"a": {%s}, "b": {%s}, "c": %s, "d": %s, "t": "%s", "p": %s}'):format(
      table.concat(keys, ","), table.concat(other, ","), many, many, ("x "):rep(200000), array)
    for _, source in ipairs {
      "{%= a = b %}", "{%= a != b %}", "{%= equals(a, b) %}", "{%= in(a, [b]) %}", "{%= subsetOf([a], [b]) %}", "{{#each c}}{%= ../c = ../d %}{{/each}}",
      "{%= intersects(c, d) %}", "{%= count(distinct(c)) %}", "{%= count(distinct([a, b, a, b, a, b])) %}",
      "{%= count(topN(p, 3)) %}", "{%= head(bottomN(p, 3)) %}",
      "{%= count(split(t, ' ')) %}{%= count(split(t, '')) %}{%= length(join(split(t, ''), ', ')) %}",
    } do
      local start = os.clock()
      local text = render(source, data, { mode = "text", limits = { time_ms = 1 } })
      assert.matches("rendering took longer than 1 ms", text, 1, true)
      assert.is_true(os.clock() - start < 3, source)
    end
  end)

  it("let functions go over a large array and a large object once", function()
    local many = ("1,"):rep(60000) .. "1"
    local data = '{"x": [' .. many .. '], "y": [' .. many .. '], "o": {' .. ('"a": [],'):rep(20000) .. '"b": []}}'
    local source = "{%= sum(x) %} {%= max(x) %} {%= countWithNull(x) %} {%= in(2, x) %} {%= count(distinct(x)) %} {%= x = y %} {%= count(keys(o)) %}"
    assert.equal("60001 1 60001 false 1 true 20001", render(source, data, { mode = "text", limits = { time_ms = 60000 } }))
  end)

  it("leave the next rendering alone", function()
    local compiled = assert(template.compile("{{#each x}}{{this}}{{/each}}", { limits = { turns = 3 } }))
    assert.is_nil((compiled:render '{"x": [1, 2, 3, 4]}'))
    assert.equal("123", compiled:render '{"x": [1, 2, 3]}')
  end)
end)

describe("bounds of the source", function()
  it("end nesting of blocks, brackets and signs", function()
    for _, source in ipairs {
      ("{{#if x}}"):rep(100) .. ("{{/if}}"):rep(100), "{%= " .. ("("):rep(1000) .. "1" .. (")"):rep(1000) .. " %}", "{%= " .. ("- "):rep(1000) .. "1 %}",
      "{%= " .. ("not "):rep(1000) .. "true %}", "{%= " .. ("["):rep(1000) .. " %}", "{{concat " .. ("(concat "):rep(1000) .. "}}",
    } do
      assert.matches("nested more than 64 deep", render(source))
    end
  end)

  it("end chains", function()
    local chain = "{{#if x}}" .. ("{{else if x}}"):rep(400) .. "{{else}}end{{/if}}"
    assert.equal("end", render(chain))
    assert.matches("more than 500 else", render(("{{#if x}}" .. ("{{else if x}}"):rep(600) .. "{{/if}}")))
    assert.matches("too long: more than 256 operators", render("{%= 1" .. (" + 1"):rep(1000) .. " %}"))
    assert.equal("201", render("{%= 1" .. (" + 1"):rep(200) .. " %}"))
  end)

  it("let a template hold many texts", function()
    local source = ("{{#*inline 'x'}}{{/inline}}{{[a b]}}{%= 'a\\'b' %}"):rep(3000)
    assert.equal(("a'b"):rep(3000), render(source))
    assert.equal("a\\", render [[{%= 'a\\' %}]])
  end)

  it("let a template name many things, in a time that grows with their number alone", function()
    local function seconds(count, piece)
      local parts = {}
      for i = 1, count do parts[i] = piece:gsub("N", i) end
      local source, start = table.concat(parts), os.clock()
      assert(template.compile(source, { mode = "text" })):names()
      return os.clock() - start
    end
    for _, piece in ipairs {
      "{{#*inline 'xN'}}a{{/inline}}{{> xN}}", "{{#each x}}{{aN}}{{/each}}", "{% let xN = 1 %}{{xN}}", "{{#inline 'xN'}}{{/inline}}{{xN}}",
    } do
      local few = seconds(2000, piece)
      assert.is_true(seconds(20000, piece) < 40 * few + 0.2, piece)
    end
  end)

  it("are wide enough for large templates", function()
    local source = ("Some text {{context.a}} and more.\n"):rep(20000)
    assert.equal(#("Some text x and more.\n") * 20000, #render(source, '{"context": {"a": "x"}}'))
  end)
end)

describe("a name that is missing", function()
  local strict = { strict = true }
  it("is an error when asked for, where it is printed or looped over", function()
    assert.equal("cannot render (render-error): template:1:3: 'context.x' is missing in the data", render("a {{context.x}}", {}, nil, strict))
    assert.matches("'x.y' is missing", render("{{#each x.y}}{{/each}}", {}, nil, strict))
    assert.matches("'x' is missing", render("{%= x %}", {}, nil, strict))
    assert.matches("'x' is missing", render("{{#x}}{{/x}}", {}, nil, strict))
    assert.matches("'x.y' is missing", render("{{^x.y}}{{/x.y}}", '{"x": {}}', nil, strict))
    assert.equal("d", render("{{#if x}}a{{/if}}{%= x ?: 'd' %}{{#with x}}{{/with}}{{#x}}{{/x}}", '{"x": null}', nil, strict))
    assert.equal("d", render("{{#if x}}a{{/if}}{%= x ?: 'd' %}{{#with x}}{{/with}}", {}, nil, strict))
    assert.equal("", render("{{x}}", '{"x": null}', nil, strict))
  end)
end)
