-- Handlebars: what handlebars.js 4.7 gives for the same text and data.

local support = require "spec.template.support"

local render = support.render

local DATA = [==[{
  "title": "Tea & <Cake>", "price": 10.50, "big": 9007199254740993, "yes": true, "no": false, "none": null, "zero": 0, "blank": "", "list": ["a", "b", "c"],
  "nobody": [], "person": {"name": "Jane", "odd name": "x", "address": {"city": "Paris"}}, "12": "twelve", "true": "a member",
  "orders": [{"id": 1, "lines": ["p", "q"]}, {"id": 2, "lines": []}], "map": {"one": {"n": 1}, "two": {"n": 2}}, "grid": [[1, 2], [3]]
}]==]

-- Each row: a template, and what it gives.
local function holds(rows, options)
  for _, row in ipairs(rows) do
    it(("%q gives %q"):format(row[1], row[2]), function() assert.equal(row[2], render(row[1], DATA, options)) end)
  end
end

describe("output", function()
  holds({
    { "{{title}}", "Tea &amp; &lt;Cake&gt;" },
    { "{{{title}}} {{&title}}", "Tea & <Cake> Tea & <Cake>" },
    { "{{ title }}{{\ntitle\n}}", "Tea &amp; &lt;Cake&gt;Tea &amp; &lt;Cake&gt;" },
    { "{{price}} {{big}} {{zero}} {{yes}} {{no}}", "10.50 9007199254740993 0 true false" },
    { "[{{none}}{{missing}}{{missing.deeper}}{{blank}}]", "[]" },
    { "{{person.name}} {{person/name}} {{person.[odd name]}} {{person.`odd name`}}", "Jane Jane x x" },
    { "{{list.[1]}} {{list.1}} {{grid.[0].[1]}} {{list.length}} {{person.name.length}}", "b b 2 3 4" },
    { "{{this.person.address.city}} {{./title.length}}", "Paris 12" },
    { "{{12}} {{true}} {{\"12\"}} {{'true'}}", "twelve a member twelve a member" },
    { "{{Title}}{{TITLE}}", "" },
    { "{ {title} } }} {", "{ {title} } }} {" },
    { "", "" },
  }, { mode = "html" })

  it("refuses to print an object or an array, and says where", function()
    assert.equal("cannot render (render-error): t.html:2:3: an object cannot be printed; name one of its members or use {{#each}}",
      render("a\n  {{person}}", DATA, { mode = "html", name = "t.html" }))
    assert.matches("an array cannot be printed", render("{{list}}", DATA))
  end)
end)

describe("comments and escapes", function()
  holds {
    { "a{{! not {seen} }}b{{!}}c", "abc" },
    { "a{{!-- {{title}} }} --}}b{{!--}}c", "abc" },
    { "{{! a\nb }}c", "c" },
    { "\\{{title}} {{yes}}", "{{title}} true" },
    { "\\\\{{yes}}", "\\true" },
    { "\\{{a}}\\{{b}}{{yes}}\\\\{{no}}", "{{a}}{{b}}true\\false" },
    { "C:\\dir {{yes}}\\", "C:\\dir true\\" },
    { "{{{{raw}}}}{{title}} {{#if}}{{{{/raw}}}}!", "{{title}} {{#if}}!" },
    { "{{{{raw}}}}a{{{{b}}}}c{{{{/b}}}}d{{{{/raw}}}}", "a{{{{b}}}}c{{{{/b}}}}d" },
  }
end)

describe("if and unless", function()
  holds {
    { "{{#if yes}}y{{/if}}{{#if no}}n{{/if}}", "y" },
    { "{{#if zero}}y{{else}}n{{/if}}{{#if zero includeZero=true}}y{{else}}n{{/if}}", "ny" },
    { "{{#if blank}}y{{^}}n{{/if}}{{#if nobody}}y{{^}}n{{/if}}{{#if none}}y{{^}}n{{/if}}{{#if missing}}y{{^}}n{{/if}}", "nnnn" },
    { "{{#if person}}y{{/if}}{{#if list}}y{{/if}}{{#if price}}y{{/if}}{{#if 'text'}}y{{/if}}", "yyyy" },
    { "{{#unless no}}u{{else}}e{{/unless}}{{#unless yes}}u{{else}}e{{/unless}}", "ue" },
    { "{{#if no}}1{{else if zero}}2{{else if yes}}3{{else}}4{{/if}}", "3" },
    { "{{#if no}}1{{else each list}}{{this}}{{else}}2{{/if}}", "abc" },
    { "{{#if no}}1{{else with person}}{{name}}{{/if}}", "Jane" },
    { "{{#with person}}{{#if name}}{{name}}{{../title}}{{/if}}{{/with}}", "JaneTea & <Cake>" },
  }
end)

describe("each", function()
  holds {
    { "{{#each list}}{{this}}{{.}} {{/each}}", "aa bb cc " },
    { "{{#each list}}{{@index}}{{@key}}{{#if @first}}F{{/if}}{{#if @last}}L{{/if}} {{/each}}", "00F 11 22L " },
    { "{{#each map}}{{@key}}={{n}}@{{@index}} {{/each}}", "one=1@0 two=2@1 " },
    { "{{#each nobody}}x{{else}}none{{/each}}{{#each missing}}x{{else}}none{{/each}}{{#each title}}x{{else}}none{{/each}}", "nonenonenone" },
    { "{{#each orders}}{{id}}:{{#each lines}}{{this}}{{../id}}{{@../index}} {{else}}-{{/each}}{{/each}}", "1:p10 q10 2:-" },
    { "{{#each orders as |order i|}}{{i}}{{order.id}}{{#each order.lines as |line|}}{{line}}{{order.id}}{{/each}}{{/each}}", "01p1q112" },
    { "{{#each map as |value key|}}{{key}}{{value.n}}{{/each}}", "one1two2" },
    { "{{#each grid}}{{#each this}}{{.}}{{@root.zero}}{{/each}};{{/each}}", "1020;30;" },
    { "{{#each person.address}}{{@key}} {{this}}{{/each}}", "city Paris" },
    { "{{#each (lookup person 'address')}}{{this}}{{/each}}", "Paris" },
    { "{{#each orders}}{{title}}{{../title}}{{/each}}", "Tea & <Cake>Tea & <Cake>" },
  }
end)

describe("with and sections", function()
  holds {
    { "{{#with person}}{{name}} {{address.city}} {{../price}}{{/with}}", "Jane Paris 10.50" },
    { "{{#with missing}}x{{else}}nothing{{/with}}{{#with zero}}{{this}}{{/with}}{{#with blank}}x{{else}}nothing{{/with}}", "nothing0nothing" },
    { "{{#with person as |p|}}{{p.name}}{{#with p.address as |a|}}{{a.city}}{{p.name}}{{/with}}{{/with}}", "JaneParisJane" },
    { "{{#with this}}{{title.length}}{{../title}}{{/with}}", "12" },
    { "{{#person}}{{name}}{{/person}}{{#yes}}{{price}}{{/yes}}{{#no}}x{{else}}y{{/no}}{{#missing}}x{{/missing}}", "Jane10.50y" },
    { "{{#list}}{{.}}{{@index}}{{/list}}{{#orders as |o i|}}{{o.id}}{{i}}{{/orders}}", "a0b1c21021" },
    { "{{^nobody}}none{{/nobody}}{{^list}}none{{else}}some{{/list}}{{^missing}}m{{/missing}}{{^yes}}x{{/yes}}", "nonesomesomesomem" },
    { "{{#person.address.city}}[{{this}}]{{/person.address.city}}{{#zero}}[{{this}}]{{/zero}}", "[Paris][0]" },
  }
end)

describe("sub-expressions, lookup and log", function()
  holds {
    { "{{lookup list 1}}{{lookup person 'name'}}{{lookup person 'odd name'}}{{lookup missing 'x'}}{{lookup list 9}}", "bJanex" },
    { "{{#each list}}{{lookup (lookup ../orders @index) 'id'}}{{/each}}", "12" },
    { "{{#if (lookup person 'name')}}y{{/if}}{{#with (lookup map 'two')}}{{n}}{{/with}}", "y2" },
    { "a{{log 'said' price level='debug'}}b", "ab" },
    { "{{concat 'a' person.name (concat '-' list.[0])}}", "aJane-a" },
  }

  it("logs to the hook", function()
    local lines = {}
    render("{{log 'price' price list}}", DATA, nil, { log = function(text) lines[#lines + 1] = text end })
    assert.same({ "price 10.50 […]" }, lines)
  end)
end)

describe("white space", function()
  holds {
    { "a {{~yes~}} b", "atrueb" },
    { "a\n\n {{~#if yes~}} \n b \n {{~/if~}} \n c", "abc" },
    { "{{#if no ~}} 1 {{~ else ~}} 2 {{~/if}} ", "2 " },
    { "a {{~! gone ~}} b {{~{yes}~}} c", "abtruec" },
    { "a\n{{#if yes}}\n  b\n{{/if}}\nc", "a\n  b\nc" },
    { "a\n  {{#if yes}}  \n  b\n  {{else}}\n  c\n  {{/if}}  \nd", "a\n  b\nd" },
    { "{{#each list}}\n- {{this}}\n{{/each}}\nend", "- a\n- b\n- c\nend" },
    { "a\r\n{{#if yes}}\r\nb\r\n{{/if}}\r\nc", "a\r\nb\r\nc" },
    { "a\n  {{! alone }}\nb {{! not alone }}\nc", "a\nb \nc" },
    { "a {{#if yes}}\nb\n{{/if}}\nc", "a \nb\nc" },
    { "  {{yes}}\n", "  true\n" },
    { "{{#if no}}\n1\n{{else if yes}}\n2\n{{else}}\n3\n{{/if}}\nz", "2\nz" },
    { "a\n{% let x = 1 %}\nb{{x}}", "a\nb1" },
    { "a\n{%#if true%}\nb\n{%/if%}\nc", "a\nb\nc" },
    { "a \u{A0}{{~yes}}", "atrue" },
  }
end)

describe("partials", function()
  local options = { mode = "text", fragments = {
    name = "<{{name}}>", greet = "{{word}} {{name}}!", frame = "[{{> @partial-block}}]", twice = "{{#> frame}}({{> @partial-block}}){{/frame}}",
    lines = "one\ntwo\n", slot = "{{> content}}",
    maybe = "{{#if @partial-block}}({{> @partial-block}}){{else}}none{{/if}}",
    loop = "{{#each list}}{{> @partial-block}}{{/each}}", outside = "{{../title}}", ["a/b"] = "slash",
  } }

  holds({
    { "{{> name person}}{{#with person}}{{> name}}{{/with}}{{> name}}", "<Jane><Jane><>" },
    { "{{> greet person word='Hi'}}{{#with person}}{{> greet word=@root.price}}{{/with}}", "Hi Jane!10.50 Jane!" },
    { "{{#> frame}}{{price}}{{/frame}}{{#> twice}}x{{/twice}}", "[10.50][(x)]" },
    { "{{#> nowhere}}instead {{price}}{{/nowhere}}", "instead 10.50" },
    { "{{#> maybe}}b{{/maybe}}{{> maybe}}{{#> frame}}{{#if @partial-block}}x{{/if}}{{/frame}}", "(b)none[]" },
    { "{{#> loop}}{{this}}{{@index}}{{/loop}}", "a0b1c2" },
    { "{{#with person}}{{> outside}}{{/with}}", "" },
    { "a\n  {{> lines}}\nb", "a\n  one\n  two\nb" },
    { "a {{> lines}}b", "a one\ntwo\nb" },
    { "{{#> frame word='w'}}{{#this}}{{word}}{{/this}}{{#with this}}{{word}}{{price}}{{/with}}{{/frame}}", "[ww10.50]" },
    { "{{> a/b}}{{> [a/b]}}{{> 'a/b'}}", "slashslashslash" },
    { "{{#*inline 'me'}}{{price}}{{/inline}}{{> me}}{{> me}}", "10.5010.50" },
    { "{{> later}}{{#*inline 'later'}}x{{/inline}}", "x" },
    { "{{#> slot}}{{#*inline 'content'}}mine{{/inline}}{{/slot}}", "mine" },
    { "{{#*inline 'a'}}1{{/inline}}{{#with person}}{{#*inline 'a'}}2{{name}}{{../zero}}{{/inline}}{{> a}}{{/with}}{{> a}}", "2Jane01" },
    { "{{#*inline 'a'}}x{{k}}{{/inline}}{{> (concat 'a' '') k=1}}", "x1" },
    { "{{> name person}}{{> (lookup map.one 'which')}}", "cannot render (render-error): template:1:18: the name of this partial is null" },
  }, options)

  it("take the text of a fragment from a function, whose second result names it in errors", function()
    local asked = {}
    local given = { name = "t", mode = "text", fragments = function(id)
      asked[#asked + 1] = id
      return "{{#if}}", "fragments/" .. id
    end }
    assert.matches("cannot compile: fragments/x:1:4: ", render("{{> x}}", DATA, given))
    assert.same({ "x" }, asked)
  end)

  it("pass on an error of that function", function()
    assert.has_error(function() render("{{> x}}", DATA, { fragments = function() error("no disk", 0) end }) end, "no disk")
    assert.has_error(function() render("{{> x}}", DATA, { fragments = { x = {} } }) end)
  end)
end)
