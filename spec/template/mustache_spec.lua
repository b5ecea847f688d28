-- What Handlebars has from Mustache: interpolation, sections, inverted sections and comments, by the rules of Mustache's own
-- specification. Where Handlebars differs, docs/templates.md says so.

local support = require "spec.template.support"

-- Each row: a template, its data, and what it gives.
local function holds(rows)
  for _, row in ipairs(rows) do
    it(("%q gives %q"):format(row[1], row[3]), function() assert.equal(row[3], support.render(row[1], row[2], { mode = "html" })) end)
  end
end

describe("interpolation", function()
  local CHARACTERS, PERSON = [[{"x": "< & \" >"}]], '{"p": {"name": "Ana"}}'
  local DEEP = '{"a": {"b": {"c": {"d": {"name": "Ana"}}}}, "b": {"c": {"d": {"name": "other"}}}}'
  holds {
    { "No tags, {just} braces.\n", "{}", "No tags, {just} braces.\n" },
    { "Good morning, {{x}}!\n", '{"x": "Rome"}', "Good morning, Rome!\n" },
    { "{{x}}", CHARACTERS, "&lt; &amp; &quot; &gt;" }, { "{{{x}}}", CHARACTERS, '< & " >' }, { "{{&x}}", CHARACTERS, '< & " >' },
    { "{{x}} {{{x}}} {{&x}}", '{"x": 85}', "85 85 85" }, { "{{x}} {{{x}}} {{&x}}", '{"x": 1.25}', "1.25 1.25 1.25" },
    { "({{x}}{{{x}}}{{&x}})", "{}", "()" }, { "({{x}}{{{x}}}{{&x}})", '{"x": null}', "()" },
    { "{{p.name}} {{#p}}{{name}}{{/p}}", PERSON, "Ana Ana" }, { "{{{p.name}}} {{#p}}{{{name}}}{{/p}}", PERSON, "Ana Ana" },
    { "{{&p.name}} {{#p}}{{&name}}{{/p}}", PERSON, "Ana Ana" },
    { "{{a.b.c.d.name}}", DEEP, "Ana" }, { "{{#a}}{{b.c.d.name}}{{/a}}", DEEP, "Ana" },
    { "[{{a.b.c}}]", '{"a": {}}', "[]" }, { "[{{a.b.c.name}}]", '{"a": {"b": {}}, "c": {"name": "Ana"}}', "[]" },
    { "[{{#a}}{{b.c}}{{/a}}]", '{"a": {"b": {}}, "b": {"c": "wrong"}}', "[]" },
    { "| {{x}} | {{{x}}} | {{&x}} |", '{"x": "-"}', "| - | - | - |" }, { "  {{x}}\n  {{{x}}}\n  {{&x}}\n", '{"x": "-"}', "  -\n  -\n  -\n" },
    { "|{{ x }}|{{{ x }}}|{{& x }}|", '{"x": "-"}', "|-|-|-|" },
    { "{{#x}}{{.}}{{/x}}", '{"x": "a<b"}', "a&lt;b" },
  }
end)

describe("sections", function()
  local YES, NO = '{"yes": true, "two": "2"}', '{"yes": false}'
  holds {
    { "[{{#yes}}shown{{/yes}}]", YES, "[shown]" }, { "[{{#yes}}shown{{/yes}}]", NO, "[]" }, { "[{{#yes}}shown{{/yes}}]", '{"yes": null}', "[]" },
    { "[{{#yes}}shown{{/yes}}]", "{}", "[]" },
    { "{{#p}}Hello {{name}}.{{/p}}", '{"p": {"name": "Ana"}}', "Hello Ana." }, { "{{#x}}{{.}}!{{/x}}", '{"x": "word"}', "word!" },
    { "{{#x}}once{{/x}}", '{"x": "123"}', "once" },
    { "{{#xs}}{{n}}{{/xs}}", '{"xs": [{"n": 1}, {"n": 2}, {"n": 3}]}', "123" }, { "[{{#xs}}x{{/xs}}]", '{"xs": []}', "[]" },
    { "{{#xs}}({{.}}){{/xs}}", '{"xs": ["a", 2, 3.5]}', "(a)(2)(3.5)" },
    { "{{#xs}}({{#.}}{{.}}{{/.}}){{/xs}}", '{"xs": [[1, 2], ["a", "b"]]}', "(12)(ab)" },
    { "{{#xs}}({{{.}}}{{&.}}){{/xs}}", [[{"xs": ["<", "&"]}]], "(<<)(&&)" },
    { "{{#a.b.c}}shown{{/a.b.c}}", '{"a": {"b": {"c": true}}}', "shown" }, { "[{{#a.b.c}}shown{{/a.b.c}}]", '{"a": {"b": {"c": false}}}', "[]" },
    { "[{{#a.b.c}}shown{{/a.b.c}}]", '{"a": {}}', "[]" },
    { "| A {{#yes}}B {{#yes}}C{{/yes}} D{{/yes}} E |", YES, "| A B C D E |" },
    { "| A {{#yes}}B {{#yes}}C{{/yes}} D{{/yes}} E |", NO, "| A  E |" },
    { "{{#yes}}\n- 1\n{{/yes}}\n- {{two}}\n{{#yes}}\n- 3\n{{/yes}}\n", YES, "- 1\n- 2\n- 3\n" },
    { " | {{#yes}}\t|\t{{/yes}} | \n", YES, " | \t|\t | \n" }, { " | {{#yes}} {{! kept }}\n {{/yes}} | \n", YES, " |  \n  | \n" },
    { " {{#yes}}A{{/yes}}\n {{#yes}}B{{/yes}}\n", YES, " A\n B\n" }, { "a\n{{#yes}}\nb\n{{/yes}}\nc\n", YES, "a\nb\nc\n" },
    { "a\n  {{#yes}}\nb\n  {{/yes}}\nc\n", YES, "a\nb\nc\n" },
    { "|\r\n{{#yes}}\r\n{{/yes}}\r\n|", YES, "|\r\n|" }, { "  {{#yes}}\n#{{/yes}}\n/", YES, "#\n/" },
    { "#{{#yes}}\n/\n  {{/yes}}", YES, "#\n/\n" }, { "|{{# yes }}={{/ yes }}|", YES, "|=|" },
  }
end)

describe("inverted sections", function()
  local YES, NO = '{"yes": true}', '{"yes": false, "two": "2"}'
  holds {
    { "[{{^yes}}shown{{/yes}}]", NO, "[shown]" }, { "[{{^yes}}shown{{/yes}}]", YES, "[]" },
    { "[{{^yes}}shown{{/yes}}]", '{"yes": null}', "[shown]" }, { "[{{^yes}}shown{{/yes}}]", "{}", "[shown]" },
    { "[{{^p}}Hello {{name}}.{{/p}}]", '{"p": {"name": "Ana"}}', "[]" }, { "[{{^xs}}x{{/xs}}]", '{"xs": [{"n": 1}]}', "[]" },
    { "[{{^xs}}x{{/xs}}]", '{"xs": []}', "[x]" },
    { "{{^a.b.c}}shown{{/a.b.c}}", '{"a": {"b": {"c": false}}}', "shown" }, { "[{{^a.b.c}}shown{{/a.b.c}}]", '{"a": {"b": {"c": true}}}', "[]" },
    { "{{^a.b.c}}shown{{/a.b.c}}", '{"a": {}}', "shown" },
    { "| A {{^yes}}B {{^yes}}C{{/yes}} D{{/yes}} E |", NO, "| A B C D E |" },
    { "| A {{^yes}}B {{^yes}}C{{/yes}} D{{/yes}} E |", YES, "| A  E |" },
    { "{{^yes}}\n- 1\n{{/yes}}\n- {{two}}\n{{^yes}}\n- 3\n{{/yes}}\n", NO, "- 1\n- 2\n- 3\n" },
    { " | {{^yes}}\t|\t{{/yes}} | \n", NO, " | \t|\t | \n" }, { " | {{^yes}} {{! kept }}\n {{/yes}} | \n", NO, " |  \n  | \n" },
    { " {{^yes}}A{{/yes}}\n {{^yes}}B{{/yes}}\n", NO, " A\n B\n" },
    { "a\n{{^yes}}\nb\n{{/yes}}\nc\n", NO, "a\nb\nc\n" }, { "a\n  {{^yes}}\nb\n  {{/yes}}\nc\n", NO, "a\nb\nc\n" },
    { "|\r\n{{^yes}}\r\n{{/yes}}\r\n|", NO, "|\r\n|" },
    { "  {{^yes}}\n^{{/yes}}\n/", NO, "^\n/" }, { "^{{^yes}}\n/\n  {{/yes}}", NO, "^\n/\n" }, { "|{{^ yes }}={{/ yes }}|", NO, "|=|" },
  }
end)

describe("comments", function()
  holds {
    { "12{{! gone! }}34", "{}", "1234" }, { "12{{!\n  gone\n  too...\n}}34\n", "{}", "1234\n" }, { "a\n{{! gone }}\nb\n", "{}", "a\nb\n" },
    { "a\n  {{! gone }}\nb\n", "{}", "a\nb\n" },
    { "|\r\n{{! gone }}\r\n|", "{}", "|\r\n|" }, { "  {{! it's gone }}\n!", "{}", "!" }, { "!\n  {{! gone }}", "{}", "!\n" },
    { "a\n{{!\ngone\n}}\nb\n", "{}", "a\nb\n" },
    { "a\n  {{!\n    gone\n  }}\nb\n", "{}", "a\nb\n" }, { "  12 {{! 34 }}\n", "{}", "  12 \n" }, { "12 {{! gone }} 34", "{}", "12  34" },
    { "({{! x }}{{!x}}{{! {{x} }})", '{"x": 1}', "()" },
  }
end)
