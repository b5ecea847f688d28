-- The typed expressions of {% %}.

local support = require "spec.template.support"
local template = require "herald.template"

local render = support.render

local DATA = [==[{"context": {"n": 4, "half": 0.5, "price": 10.50, "big": 9007199254740993, "name": "Jane", "blank": "", "none": null, "yes": true,
  "list": [3, 1, 2], "map": {"k": "v"}, "items": [{"price": 150, "n": "p1"}, {"price": 50, "n": "p2"}, {"price": 250, "n": "p3"}], "odd key": "odd"}}]==]

local function holds(rows)
  for _, row in ipairs(rows) do
    it(("%q gives %q"):format(row[1], row[2]), function() assert.equal(row[2], render(row[1], DATA)) end)
  end
end

-- Each row: a template, and a part of what is said about it.
local function fails(kind, rows)
  for _, row in ipairs(rows) do
    it(("%q is refused"):format(row[1]), function()
      local said = render(row[1], DATA)
      assert.equal(kind, said:sub(1, #kind))
      assert.is_truthy(said:find(row[2], 1, true), said)
    end)
  end
end

describe("numbers", function()
  holds {
    { "{%= context.n + 1 %} {%= context.n - 1 %} {%= context.n * 2 %} {%= context.n / 8 %} {%= context.n / 2 %} {%= 7 % 4 %}", "5 3 8 0.5 2 3" },
    { "{%= 2 + 3 * 4 %} {%= (2 + 3) * 4 %} {%= 10 - 3 - 2 %} {%= 100 / 5 / 2 %} {%= -2 * -3 %} {%= 1--1 %}", "14 20 5 10 6 2" },
    { "{%= context.price %} {%= context.big %} {%= 10.50 %}", "10.50 9007199254740993 10.50" },
    { "{%= context.big + 1 %} {%= context.big - 9007199254740992 %}", "9007199254740994 1" },
    { "{%= context.price * 2 %} {%= 0.1 + 0.2 %} {%= 1 / 3 %}", "21 0.3 0.333333333333333" },
    { "{%= 1 / 3 * 3 = 1 %} {%= 2 / 3 + 1 / 3 %} {%= toInt((0.1 + 0.7) * 10) %}", "true 1 8" },
    { "{%= 1 / 3 + 1 / 3 %} {%= 1000000.1 + 0.2 %}", "0.666666666666667 1000000.3" },
    { "{%= 0.1 + 0.2 = 0.3 %} {%= 1.1 * 1.1 %} {%= 4.35 * 100 %} {%= 1 - 0.9 %} {%= -0.1 %} {%= 0.3 % 0.1 %}", "true 1.21 435 0.1 -0.1 0.1" },
    { "{%= 0.30000000000000004 %} {%= 1000000000000000 * 1.5 %} {%= 10 / 4 %}", "0.30000000000000004 1500000000000000 2.5" },
    { "{%= -9223372036854775808 %} {%= -9223372036854775808 + 1 %} {%= -10.50 %}",
      "-9223372036854775808 -9223372036854775807 -10.5" },
    { "{%= -7 % 3 %} {%= 7.5 % 2 %} {%= 1 / 1000000 %}", "-1 1.5 0.000001" },
    { "{%= context.n-1 %}{%=context.n/2%}", "32" },
    { "{%= 12L + 1 %} {%= toPrecision(5L, 1) %} {%= 10-03 %}", "13 5.0 7" },
  }
  fails("cannot render (render-error)", {
    { "{%= context.n / 0 %}", "division by zero" },
    { "{%= 5 % (context.n - 4) %}", "division by zero" },
    { "{%= 9223372036854775807 + context.n %}", "does not fit into 64 bits" },
    { "{%= (0 - 9223372036854775807 - 1) / -1 %}", "does not fit into 64 bits" },
    { "{%= context.name + 1 %}", "join strings with concat" },
    { "{%= context.none * 2 %}", "context.none is null, where a number is needed" },
    { "{%= 2 * context.gone %}", "context.gone is missing, where a number is needed; a default can stand behind ?:" },
    { "{%= -context.name %}", "has to be a number, not a string" },
  })
  fails("cannot compile", {
    { "{%= 'a' + 'b' %}", "join strings with concat" },
    { "{%= true * 2 %}", "`*` needs a number here, not a boolean" },
    { "{%= -'x' %}", "needs a number here, not a string" },
    { "{%= 2 * upperCase('x') %}", "needs a number here, not a string" },
  })
end)

describe("dates that are written without quotes", function()
  holds {
    { "{%= dayOfMonth(2024-02-29) %} {%= 2024-02-29 < now() %} {%= 2024-02-29T10:11:12Z %}", "29 true 2024-02-29T10:11:12Z" },
    { "{%= formatDate(2024-02-29T10:11+02:00, 'HH:mm xxx') %} {%= 2024-02-29 %} {%= 2024 - 02 - 29 %}", "10:11 +02:00 2024-02-29T00:00 1993" },
  }
  fails("cannot compile", {
    { "{%= dayOfYear(2023-02-29) %}", "there is no date 2023-02-29" },
    { "{%= 2024-02-29T25:00 %}", "there is no date 2024-02-29T25:00" },
    { "{%= 2024-02-29 + 1 %}", "`+` needs a number here, not a datetime" },
    { "{%= 1.5L %}{%= 1Lx %}", "this is no number" },
  })
end)

describe("a name behind an array", function()
  holds {
    { "{%= sum(context.items.price) %} {%= max(context.items.price) %} {%= count(context.items.gone) %}", "450 250 0" },
    { "{%= countOnlyNull(context.items.gone) %}", "3" },
    { "{%= join(context.items.n, '-') %} {%= distinct(context.items.n).count() > 1 %} {%= context.items.length %}", "p1-p2-p3 true 3" },
    { "{% let xs = context.items %}{%= join(xs.n, '') %}{%#each context.items.n %}<{{this}}>{%/each%}", "p1p2p3<p1><p2><p3>" },
    { "{{#each context.items}}{{#if @last}}{%= join(topN(context.items, price, 2).n, ',') %}{{/if}}{{/each}}", "p3,p1" },
    { "{{context.items.n}}{{context.items.price.gone}}", "" },
  }
  it("is looked for in arrays of arrays too, and one flat array comes out", function()
    local data = '{"a": [{"b": [{"c": [1, 2]}, {"c": 3}]}, {"b": {"c": [[4]]}}, {"b": null}, 7]}'
    assert.equal("1 2 3 4", render("{%= join(a.b.c, ' ') %}", data))
    assert.equal("1 4", render("{%= join(a.b.c[0], ' ') %}", data))
    assert.matches("an array cannot be printed", render("{%= a.b %}", data))
  end)
  it("cannot take up memory without end", function()
    local data = '{"x": [' .. ('{"a": 1},'):rep(5000) .. '{"a": 1}]}'
    assert.matches("take up too much memory", render("{{#each @root.x}}{% let y = @root.x.a %}{{/each}}", data))
  end)
end)

describe("the property of topN and bottomN", function()
  holds {
    { "{%= head(topN(context.items, price, 1)).n %} {%= head(bottomN(context.items, price, 1)).n %}", "p3 p2" },
    { "{%= head(topN(context.items, 'price', 1)).n %} {% let by = 'n' %}{%= head(topN(context.items, by, 1)).n %}", "p3 p3" },
  }
  it("may be a part of a part", function()
    assert.equal("b", render("{%= head(topN(x, p.q, 1)).n %}", '{"x": [{"n": "a", "p": {"q": 1}}, {"n": "b", "p": {"q": 2}}]}'))
  end)
  it("is no name that is read from the data", function()
    assert.same({ "context.items" }, template.compile("{%= topN(context.items, price, 1).n %}"):names())
  end)
end)

describe("what a call gives", function()
  holds {
    { "{%= context.map.get('k').length() %} {%= split('a-b', '-').count() %} {%= 'abc'.upperCase().lowerCase() %}", "1 2 abc" },
    { "{%= head(context.items).n %} {%= head(context.items).price + 1 %} {%= head(context.items).none.deeper %}", "p1 151 " },
    { "{%= get(context, 'map').k = 'v' and (head(context.list)) > 2 %}", "true" },
  }
  fails("cannot compile", {
    { "{%= 'a'. %}", "expected a name behind the point" },
    { "{%= 'a'.nope() %}", "there is no function or helper 'nope'" },
    { "{%= 'a'" .. (".trim()"):rep(300) .. " %}", "too long" },
  })
end)

describe("comparisons", function()
  holds {
    { "{%= 1 = 1 %} {%= 1 != 1 %} {%= 1 = 1.0 %} {%= 'a' = \"a\" %} {%= context.yes = true %}", "true false true true true" },
    { "{%= 1 < 2 %} {%= 2 <= 2 %} {%= 3 > context.n %} {%= context.n >= 4 %} {%= 'a' < 'b' %} {%= 'ab' > 'abc' %}", "true true false true true false" },
    { "{%= context.none = null %} {%= context.gone = null %} {%= context.name != null %} {%= null = null %}", "true true true true" },
    { "{%= context.list = [3, 1, 2] %} {%= [1, [2]] = [1, [2]] %} {%= [1] = [2] %}", "true true false" },
    { "{%= context.big = 9007199254740992 %}", "false" },
    { "{%= now() = now() %} {%= now() > now() %}", "true false" },
    { "{%= 0 ?: 1 = 0 %} {%= context.gone ?: 5 > 3 %}", "true true" },
  }
  fails("cannot compile", {
    { "{%= 1 == 1 %}", "1:7: `==` is not an operator here; use `=`" },
    { "{%= 1 = '1' %}", "compares values of one type, but here are a number and a string" },
    { "{%= 1 < 2 < 3 %}", "one comparison follows another" },
    { "{%= true < false %}", "`<` compares numbers, strings or datetimes, not a boolean" },
    { "{%= null > 1 %}", "not null" },
  })
  fails("cannot render (render-error)", {
    { "{%= context.name = 1 %}", "values of two types, a string and a number" },
    { "{%= context.gone > 1 %}", "context.gone is missing" },
    { "{%= context.list < context.list %}", "has to be a number, a string or a datetime, not an array" },
  })
end)

describe("and, or, not", function()
  holds {
    { "{%= true and false or true %} {%= true or false and false %} {%= not true or true %} {%= not (true or true) %}", "true true true false" },
    { "{%= not context.n = 4 %} {%= not not true %}", "false true" },
    { "{%= context.gone and true %} {%= context.none or true %} {%= not context.gone %}", "false true true" },
    { "{%= false and context.n / 0 = 1 %} {%= true or context.name %}", "false true" },
    { "{%= notable ?: 'x' %}{%= android ?: 'y' %}", "xy" },
  }
  fails("cannot compile", {
    { "{%= 1 and true %}", "`and` needs a boolean or null here, not a number" },
    { "{%= not 'x' %}", "needs a boolean" },
    { "{%= true && false %}", "use `and`" }, { "{%= true || false %}", "use `or`" }, { "{%= !true %}", "use `not`" },
  })
  fails("cannot render (render-error)", { { "{%= context.name or true %}", "`or`: context.name has to be a boolean, not a string" } })
end)

describe("defaults", function()
  holds {
    { "{%= context.gone ?: 'friend' %} {%= context.none ?: 1 %} {%= context.blank ?: 'b' %} {%= context.name ?: 'x' %}", "friend 1 b Jane" },
    { "{%= context.gone ?: context.blank ?: 'last' %} {%= (context.gone ?: 0) + 1 %}", "last 1" },
    { "{%= false ?: true %}{%= 0 ?: 1 %}", "false0" },
  }
end)

describe("values", function()
  holds {
    { "{%= 'it\\'s' %} {%= \"a\\\\b\\td\" %} {%= '\\d' %}", "it's a\\b\td \\d" },
    { "{%= context.items[1].n %} {%= context.items.[2].n %} {%= context.`odd key` %} {%= context.map.k %} {%= context.list.length %}", "p2 p3 odd v 3" },
    { "{%= count([1, 'a', 2, [2]]) %} {%= count([]) %}", "4 0" },
    { "{%= context.name.upperCase() %} {%= upperCase ( context.name ) %}", "JANE JANE" },
  }
  fails("cannot compile", {
    { "{%= %}", "1:5: something is missing here: expected a value" },
    { "{%= 1 + %}", "something is missing" }, { "{%= (1 %}", "closing )" }, { "{%= [1 %}", "expected , or ]" },
    { "{%= 'x %}", "has no closing '" },
    { "{%= 1e5 %}", "numbers have no exponent" }, { "{%= 1x %}", "this is no number" }, { "{%= 1 2 %}", "expected %}, but here stands '2'" },
    { "{%= uperCase('x') %}", "there is no function or helper 'uperCase'; did you mean upperCase?" },
    { "{%= nothingLikeIt('x') %}", "there is no function or helper 'nothingLikeIt'" },
    { "{%= upperCase() %}", "upperCase needs 1 argument, got 0" }, { "{%= upperCase('a', 'b') %}", "upperCase takes 1 argument, got 2" },
    { "{%= upperCase(1) %}", "upperCase: argument 1 has to be a string, not a number" },
    { "{%= upperCase(null) %}", "not null" },
    { "{{upperCase 1}}", "argument 1 has to be a string" },
    { "{{upperCase 'x' a=1}}", "upperCase takes no key=value" },
    { "{% frob %}", "this tag is not known" },
  })
  fails("cannot render (render-error)", {
    { "{%= upperCase(context.n) %}", "1:15: upperCase, argument 1: context.n has to be a string, not a number" },
    { "{%= context.list %}", "an array cannot be printed" },
  })
end)

describe("blocks", function()
  holds {
    { "{%#if context.n > 3%}big{%else%}small{%/if%}", "big" },
    { "{%#if context.n = 1%}1{%else if context.n = 4%}4{%else%}?{%/if%}", "4" },
    { "{%#unless context.yes%}u{%else%}e{%/unless%}{%#if context.gone%}x{%/if%}", "e" },
    { "{%#each context.items as |item i|%}{{i}}{%= item.price * 2 %} {%/each%}", "0300 1100 2500 " },
    { "{%#each [1, 2] as |x|%}{%= x + 1 %}{%else%}none{%/each%}{%#each [] as |x|%}{{x}}{%else%}none{%/each%}", "23none" },
    { "{%#with context.map as |m|%}{{m.k}}{{k}}{%/with%}", "vv" },
    { "a {%~ #if true ~%} b {%~/if~%} c", "abc" },
    { "{{#each context.items}}{%#if price > 100%}{{n}} {%/if%}{{/each}}", "p1 p3 " },
  }
  fails("cannot compile", {
    { "{%#if 'x'%}{%/if%}", "a condition has to be a boolean, not a string" },
    { "{%#each 5 as |x|%}{%/each%}", "each needs an array or a map, not a number" },
    { "{%#for x%}{%/for%}", "there is no block 'for'" }, { "{%#if true%}", "is never closed" }, { "{%/if%}", "never opened" },
  })
  fails("cannot render (render-error)", { { "{%#if context.name%}{%/if%}", "a condition has to be a boolean, not a string" } })
end)

describe("let", function()
  holds {
    { "{% let v = context.n * 2 %}{{v}} {%= v + 1 %}", "8 9" },
    { "{% let v = 'a' %}{{#with context}}{{v}}{{#if true}}{{v}}{{/if}}{{/with}}{{#each context.list}}{{v}}{{/each}}", "aaaaa" },
    { "{{v}}{% let v = 1 %}{{v}}{% let v = 2 %}{{v}}", "12" },
    { "{{#if true}}{% let inner = 1 %}{{inner}}{{/if}}[{{inner}}]", "1[]" },
    { "{% let m = context.map %}{{m.k}}{{#each m}}{{@key}}{{/each}}{% let l = [1, 2] %}{{l.[1]}}{{l.length}}{{#each l}}{{this}}{{/each}}", "vk2212" },
    { "{% let sum = 0 %}{{#each context.items as |p|}}"
      .. "{%#if p.price > 100 and p.price < 1000%}{% let sum = sum + p.price %}{%/if%}{{/each}}{{sum}}", "400" },
  }
  fails("cannot compile", {
    { "{% let context = 1 %}", "context cannot be set by let" }, { "{% let x 1 %}", "expected = behind let x" },
    { "{% let = 1 %}", "expected a name behind let" },
  })

  it("is seen in fragments, and set by them", function()
    assert.equal("5 6", render("{% let v = 5 %}{{> f}} {{v}}", DATA, { fragments = { f = "{{v}}{% let v = v + 1 %}" } }))
  end)
end)

describe("named regions", function()
  it("are variables that the caller may have given", function()
    local options = { fragments = { button = "{{#inline 'colour' name='Colour'}}red{{/inline}}<b class=\"{{{colour}}}\">" } }
    assert.equal('<b class="red">', render("{{> button}}", DATA, options))
    assert.equal('<b class="blue">', render('{{fragment id="button" colour="blue"}}', DATA, options))
    assert.equal('<b class="4">', render("{% let colour = context.n %}{{> button}}", DATA, options))
  end)
end)

describe("functions", function()
  it("are told, sorted", function()
    local names = template.functions()
    assert.is_true(#names > 0)
    for index = 2, #names do assert.is_true(names[index - 1] < names[index]) end
  end)
end)

describe("roots", function()
  holds {
    { "{{#each context.list}}{{context.name}}{{this}} {{/each}}", "Jane3 Jane1 Jane2 " },
    { "{{#with context.map}}{{context.n}}{{campaign.id}}{{k}}{{/with}}", "4v" },
  }
  it("give way to a member of the same name", function()
    assert.equal("own", render("{{#with a}}{{context}}{{/with}}", '{"a": {"context": "own"}, "context": "root"}'))
  end)
end)
