-- Values are made safe for where they stand.

local payload = require "herald.payload"
local support = require "spec.template.support"

local function render(source, value, mode, options)
  options = options or {}
  options.mode = mode or "html"
  return support.render(source, ('{"v": %s, "w": "w", "gone": ""}'):format(payload.quote(value)), options)
end

describe("HTML", function()
  it("has seven characters escaped, and nothing else", function()
    assert.equal("&amp;&lt;&gt;&quot;&#x27;&#x60;&#x3D;/é\n", render("{{v}}", "&<>\"'`=/é\n"))
    assert.equal("&<>\"'`=", render("{{{v}}}", "&<>\"'`="))
    assert.equal("&lt;b&gt;", render("{%= v %}", "<b>"))
  end)

  it("is left alone in text", function() assert.equal("<&>", render("{{v}}", "<&>", "text")) end)
end)

describe("headers", function()
  it("cannot be broken, with three braces neither", function()
    for _, source in ipairs { "{{v}}", "{{{v}}}", "{{&v}}", "{%= v %}", "{{#with v}}{{{this}}}{{/with}}" } do
      local text = render(source, "a\r\nBcc: x\0\t\127é", "header")
      assert.equal("a  Bcc: x   é", text)
    end
  end)
end)

describe("JSON", function()
  it("has values that stay inside of their string", function()
    local text = render('{"a": "{{v}}"}', 'x", "b": "\\\n\1é', "json")
    assert.equal('x", "b": "\\\n\1é', payload.parse(text):value(1).a)
  end)
end)

describe("URLs as a whole", function()
  it("have all but the unreserved encoded", function()
    assert.equal("https://x/a%2Fb%3Fc%26d%20%C3%A9-._~", render("https://x/{{v}}", "a/b?c&d é-._~", "url"))
  end)
end)

describe("an attribute that holds a URL", function()
  local BLOCKED = '<a href="about:blank#blocked">'

  it("takes a whole URL as it is", function()
    assert.equal('<a href="https://e.com/p?a&#x3D;1&amp;b&#x3D;%20#f">', render('<a href="{{v}}">', "https://e.com/p?a=1&b=%20#f"))
    assert.equal('<a href="https://e.com/p?a=1&b=2">', render('<a href="{{{v}}}">', "https://e.com/p?a=1&b=2"))
    for _, url in ipairs { "mailto:a@b.c", "tel:+1", "sms:1", "HTTP://x", "/path", "path:1/x" } do
      local expected = url == "path:1/x" and BLOCKED or ('<a href="%s">'):format(url)
      assert.equal(expected, render('<a href="{{v}}">', url))
    end
  end)

  for _, url in ipairs { "javascript:alert(1)", "JaVaScRiPt:alert(1)", " \tjavascript:x", "java\nscript:x", "\1javascript:x", "data:text/html,x",
    "vbscript:x", "file:///etc/passwd", "ht\ntps:x" } do
    it(("does not take %q"):format(url), function()
      for _, form in ipairs { "{{v}}", "{{{v}}}", "{%= v %}", "{{gone}}{{v}}", "{{#if true}}{{v}}{{/if}}", "{{#with v}}{{this}}{{/with}}" } do
        assert.equal(BLOCKED, render(('<a href="%s">'):format(form), url))
      end
    end)
  end

  it("has no scheme spelled by entities", function()
    assert.equal(BLOCKED, render('<a href="{{{v}}}">', "javascript&#58;x"))
    assert.equal(BLOCKED, render('<a href="{{{v}}}">', "javascript&colon;x"))
    assert.equal('<a href="javascript&amp;#58;x">', render('<a href="{{v}}">', "javascript&#58;x"))
  end)

  it("is found in every place", function()
    local blocked = "about:blank#blocked"
    for source, expected in pairs {
      ["<a href='{{v}}'>"] = "<a href='%s'>", ["<a href={{v}}>"] = "<a href=%s>", ["<A  HREF = \"{{v}}\">"] = '<A  HREF = "%s">',
      ['<img alt="a>b" src="{{v}}">'] = '<img alt="a>b" src="%s">', ['<form action="{{v}}">'] = '<form action="%s">',
      ['<b title=\'"\'><a class=x\nhref="{{v}}">'] = '<b title=\'"\'><a class=x\nhref="%s">',
      ['<!--[if mso]><a href="{{v}}"><![endif]-->'] = '<!--[if mso]><a href="%s"><![endif]-->',
      ['<!--[if !mso]><!--><a href="{{v}}"><!--<![endif]-->'] = '<!--[if !mso]><!--><a href="%s"><!--<![endif]-->',
      ['<!---><a href="{{v}}">'] = '<!---><a href="%s">', ['<!-- b --!><a href="{{v}}">'] = '<!-- b --!><a href="%s">',
      ['<script>"<a"</script><a href="{{v}}">'] = '<script>"<a"</script><a href="%s">',
      ['<a{{#if w}} href="{{v}}"{{/if}}>'] = '<a href="%s">', ['{{#*inline "l"}}{{v}}{{/inline}}<a href="{{> l}}">'] = '<a href="%s">',
      ['{{#inline "r"}}{{v}}{{/inline}}<a href="{{{r}}}">'] = '<a href="%s">', ['<a href="{{> f}}">'] = '<a href="%s">',
      ['<a href="{{#> block}}{{v}}{{/block}}">'] = '<a href="%s">',
    } do
      assert.equal(expected:format(blocked), render(source, "javascript:x", "html", { fragments = { f = "{{v}}", block = "{{> @partial-block}}" } }))
    end
  end)

  it("is not found where there is none", function()
    for _, source in ipairs { "{{v}}", '<a title="{{v}}">', '<!----!><!-- > -> --!- <a href="{{v}}"> -->',
      '<a data-href="{{v}}">', '<!-- <a href="{{v}}"> -->', '<script>a.href="{{v}}"</script>',
      '<a href="x">{{v}}', '<a href="x" title="{{v}}">', 'a < b href="{{v}}"' } do
      assert.equal((source:gsub("{{v}}", "javascript:x")), render(source, "javascript:x"))
    end
  end)

  it("keeps a value in the part of the URL that it stands in", function()
    assert.equal('<a href="https://x/?a=b%26c%3Dd%20%23%2B%C3%A9%25&z=1">', render('<a href="https://x/?a={{v}}&z=1">', "b&c=d #+é%"))
    assert.equal('<a href="https://x/?u=https://y/?q%3D1%26r">', render('<a href="https://x/?u={{v}}">', "https://y/?q=1&r"))
    assert.equal('<a href="https://x/#a%26b%3D">', render('<a href="https://x/#{{v}}">', "a&b="))
    assert.equal('<a href="https://x/a/b?c&#x3D;%20%22%3C">', render('<a href="https://x/{{v}}">', 'a/b?c= "<'))
    assert.equal('<a href="https://x/?q=a%20b">', render('<a href="https://x/?q={{v}}">', "a%20b"))
    assert.equal('<a href="https://x/?q=a%26b">', render('<a href="https://x/?q={%= urlEncode(v) %}">', "a&b"))
  end)

  it("has no scheme pieced together", function()
    assert.equal('<a href="wjavascript%3Ax">', render('<a href="{{w}}{{v}}">', "javascript:x"))
    assert.equal('<a href="wjavascript%3Ax">', render('<a href="{{{w}}}{{{v}}}">', "javascript:x"))
    assert.equal('<a href="java%3Ax">', render('<a href="java{{v}}">', ":x"))
    assert.equal('<a href="/javascript:x">', render('<a href="/{{v}}">', "javascript:x"))
    assert.equal('<a href="https://y/javascript:x">', render('<a href="{{#if w}}https://y/{{/if}}{{v}}">', "javascript:x"))
    assert.equal(BLOCKED, render('<a href="{{#unless w}}https://y/{{/unless}}{{v}}">', "javascript:x"))
  end)

  it("cannot be left", function()
    for _, source in ipairs { '<a href="{{v}}">', "<a href='{{v}}'>", '<a href="https://x/{{v}}">', '<a href="?q={{v}}">', "<a href=/{{v}}>" } do
      local text = render(source, "\"'> <script> onclick=x `")
      assert.is_nil(text:sub(10, -3):find "[<> `]")
      local quote = source:match "['\"]"
      if quote then assert.equal(2, select(2, text:gsub(quote, ""))) end
    end
  end)
end)
