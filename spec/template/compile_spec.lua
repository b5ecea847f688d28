-- What the compiler refuses, with the place; and which names it tells the review.

local support = require "spec.template.support"
local template = require "herald.template"

local render, names = support.render, support.names

describe("an error", function()
  for source, said in pairs {
    ["a\nb {{#if x}}"] = "t:2:3: the block 'if' is never closed",
    ["{{/if}}"] = "t:1:1: this closes a block that was never opened",
    ["{{#each x}}{{/if}}"] = "t:1:15: /if does not close the block that is open, 'each'",
    ["{{else}}"] = "t:1:1: else stands outside of any block",
    ["{{#if x}}{{else}}{{else}}{{/if}}"] = "t:1:18: this block has an else already",
    ["{{#if}}{{/if}}"] = "t:1:4: if takes one argument, got 0",
    ["{{#if a b}}{{/if}}"] = "t:1:4: if takes one argument, got 2",
    ["{{#if a as |x|}}{{/if}}"] = "t:1:4: a condition gives nothing to name by as",
    ["{{#frob x}}{{/frob}}"] = "t:1:4: there is no block 'frob'; there are if, unless, each and with",
    ["{{#upperCase x}}{{/upperCase}}"] = "t:1:4: upperCase gives a value and is no block; write {{#if (upperCase …)}}",
    ["é {{x"] = "t:1:3: this tag does not end: }} is missing",
    ["{{{x}}"] = "t:1:6: expected }}}, but here stands '}'",
    ["{{x.}}"] = "t:1:5: expected a name here, not '}'",
    ["{{a..b}}"] = "expected a name here",
    ["{{a/../b}}"] = "this and .. stand only at a path's beginning",
    ["{{a.[b}}"] = "has no closing ]",
    ["{{'a}}"] = "has no closing '",
    ["{{@}}"] = "t:1:4: expected a name here, not '}'",
    ["{{^inline \"q\"}}x{{/inline}}"] = "t:1:1: this block has no inverse; begin it with {{#",
    ["{{! x"] = "this comment does not end: }} is missing",
    ["{{!-- x }}"] = "this comment does not end: --}} is missing",
    ["{{{{raw}}}} x"] = "the raw block 'raw' is never closed",
    ["{{frob x}}"] = "t:1:3: there is no function or helper 'frob'",
    ["{{uperCase x}}"] = "did you mean upperCase?",
    ["{{lookup x}}"] = "lookup takes an object or array, and a name or index",
    ["{{concat 'a' (upperCase}}"] = "expected a closing )",
    ["{{concat a=1 b}}"] = "arguments stand before key=value",
    ["{{> a b c}}"] = "a partial takes one context, got 2",
    ["{{> gone}}"] = "t:1:1: there is no fragment or inline partial 'gone'",
    ["{{fragment id='gone'}}"] = 't:1:1: there is no fragment "gone"',
    ["{{fragment id=x}}"] = 'a fragment is named by id="…"',
    ["{{#*frob 'x'}}{{/frob}}"] = "there is no decorator but inline",
    ["{{*frob}}"] = "decorators are not known",
    ["{{#*inline x}}{{/inline}}"] = "inline is named by a text in quotes",
    ["{{#if context.n > 3}}{{/if}}"] = "t:1:17: `>` is an operator of expressions: write {%#if … %}",
    ["{{#if context.s = 'ab'}}{{/if}}"] = "t:1:17: `=` is an operator of expressions: write {%#if … %}",
    ["{{#each context.a ?: context.b}}{{/each}}"] = "`?:` is an operator of expressions: write {%#each … %}",
    ["{{context.n + 1}}"] = "t:1:13: `+` is an operator of expressions: write {%= … %}",
    ["{{context.n - 1}}"] = "`-` is an operator of expressions: write {%= … %}",
    ["{%= 1 <> 2 %}"] = "t:1:7: `<>` is not an operator here; use `!=`",
    ["{%= 1e3 %}"] = "t:1:5: numbers have no exponent here; write all digits, as in 1000",
    ["{%= .5 %}"] = "t:1:5: a number begins with a digit, as in 0.5",
    ["é{%= x %"] = "t:1:2: this tag does not end: %} is missing",
    ["é\n{{x}} \xe9t\xe9"] = "t:2:7: the byte 0xE9 here is not valid UTF-8; save the file as UTF-8",
    ["{{#each x as |a}}{{/each}}"] = "expected names and a closing | behind as",
  } do
    it(("is told of %q"):format(source), function()
      local text = render(source, {}, { name = "t", mode = "text" })
      assert.is_truthy(text:find("cannot compile: ", 1, true), text)
      assert.is_truthy(text:find(said, 1, true), text)
    end)
  end

  it("is none for a byte order mark, which is no part of the template", function()
    assert.equal("x", render "\xEF\xBB\xBFx")
    assert.equal("axb", render("a{{> f}}b", {}, { mode = "text", fragments = { f = "\xEF\xBB\xBFx" } }))
  end)

  it("comes as a message and a place", function()
    local compiled, message, place = template.compile("a\n{{#if}}", { name = "x.html" })
    assert.is_nil(compiled)
    assert.equal("x.html:2:4: if takes one argument, got 0", message)
    assert.same({ line = 2, column = 4, name = "x.html" }, place)
  end)

  it("is for options that are not known", function()
    assert.has_error(function() template.compile("", { frob = 1 }) end, "unknown option 'frob'")
    assert.has_error(function() template.compile("", { mode = "pdf" }) end)
    assert.has_error(function() template.compile("", { helpers = 1 }) end)
    assert.has_error(function() template.compile(""):render({}, { zone = "UTC" }) end, "unknown option 'zone'")
  end)
end)

describe("fragments", function()
  it("have errors of their own name", function()
    assert.equal("cannot compile: inner:2:3: there is no function or helper 'frob'",
      render("{{> outer}}", {}, { fragments = { outer = "x {{fragment id='inner'}}", inner = "\n{{frob 1}}" } }))
    assert.matches("cannot render %(render%-error%): f:1:7: ", render("{{> f}}", {}, { fragments = { f = "{%= 1 / 0 %}" } }))
  end)

  it("may not need each other in a circle", function()
    assert.equal("cannot compile: c:1:1: fragments that need each other in a circle: a > b > c > a",
      render("{{> a}}", {}, { fragments = { a = "{{> b}}", b = "x{{> c}}", c = "{{fragment id='a'}}" } }))
    assert.matches("in a circle: a > a", render("{{> a}}", {}, { fragments = { a = "{{> a}}" } }))
  end)

  it("are nested only so deeply", function()
    local function deep(id) return ("{{> f%d}}"):format(tonumber(id:sub(2)) + 1) end
    assert.matches("fragments are nested too deeply", render("{{> f1}}", {}, { fragments = deep }))
  end)

  it("are compiled once, however often they stand there", function()
    local asked = 0
    local options = { fragments = function() asked = asked + 1 return "x" end }
    assert.equal("xxxxxxxx", render("{{> f}}{{> f}}{{fragment id='f'}}{{#if true}}{{> f}}{{/if}}{{> f}}{{> f}}{{> f}}{{> f}}", {}, options))
    assert.equal(1, asked)
  end)
end)

describe("names", function()
  it("have the place where each comes first, in the fragment that has it", function()
    local compiled = template.compile("é {{context.a}}\n{{context.b}}{{> f}}{{context.a}}{{context.c}}", { name = "t", fragments = { f = "\n {{context.d}}" } })
    assert.same({
      ["context.a"] = { name = "t", line = 1, column = 5 }, ["context.b"] = { name = "t", line = 2, column = 3 },
      ["context.d"] = { name = "f", line = 2, column = 4 }, ["context.c"] = { name = "t", line = 2, column = 36 },
    }, compiled:places())
  end)

  for source, expected in pairs {
    ["{{context.a}}{{{context.b.c}}}{{profile.x}}"] = "context.a context.b.c profile.x",
    ["{%= context.a + context.b ?: 1 %}{%#if context.c%}{%else if context.d = 1%}{%/if%}{% let v = context.e %}{{v}}"] =
      "context.a context.b context.c context.d context.e",
    ["{{#each context.items as |item i|}}{{item.name}}{{i}}{{name}}{{../other}}{{@index}}{{context.z}}{{/each}}"] =
      "context.items context.items.[0].name context.z other",
    ["{{#with context.m as |m|}}{{m.a}}{{b}}{{this}}{{@root.context.c}}{{/with}}"] = "context.c context.m context.m.a context.m.b",
    ["{{lookup context.l context.k}}{{concat context.a (upperCase context.b)}}"] = "context.a context.b context.k context.l",
    ["{{> f}}{{> f context.m}}{{> g k=context.v}}"] = "context.m context.m.own context.v own",
    ["{{#*inline 'x'}}{{context.i}}{{unknown}}{{/inline}}{{> x}}"] = "context.i",
    ["{{typo}}{{now}}{{12}}"] = "12 typo",
    ["{{#inline 'r'}}{{context.d}}{{/inline}}{{{r}}}"] = "context.d",
    ["no names"] = "",
  } do
    it(("are found in %q"):format(source), function()
      assert.equal(expected, names(source, { fragments = { f = "{{own}}", g = "{{k}}" } }))
    end)
  end
end)
