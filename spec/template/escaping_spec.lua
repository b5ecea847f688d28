-- Values are made safe for where they stand.

local payload = require "herald.payload"
local support = require "spec.template.support"
local template = require "herald.template"

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

  it("have no line break of Unicode in them, nor a control character", function()
    for _, character in ipairs { "\u{2028}", "\u{2029}", "\u{85}", "\u{80}", "\u{9F}" } do
      for _, source in ipairs { "{{v}}", "{{{v}}}" } do
        assert.equal("a b ", render(source, ("a%sb%s"):format(character, character), "header"))
      end
    end
    assert.equal("\u{A0}\u{2027}\u{202A}é", render("{{v}}", "\u{A0}\u{2027}\u{202A}é", "header"))
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

describe("the beginning of a URL", function()
  local BLOCKED = "about:blank#blocked"

  it("may be spelled by entities and blanks", function()
    for _, start in ipairs { "&#32;", " ", "\n", "&#x20;", "&Tab;", "&NewLine; &#10 ", " &#9;\t" } do
      for _, form in ipairs { "{{v}}", "{{{v}}}", "{%= v %}" } do
        local expected = ('<a href="%s%s">'):format(start, BLOCKED)
        assert.equal(expected, render(('<a href="%s%s">'):format(start, form), "javascript:alert(1)"))
        assert.equal(('<a href="%shttps://e.com/">'):format(start), render(('<a href="%s%s">'):format(start, form), "https://e.com/"))
      end
    end
  end)

  it("lets no value stand behind a scheme that runs programs", function()
    for _, start in ipairs { "javascript:", "JavaScript:", " java\nscript:", "&#x6a;avascript:", "&#106avascript&colon;", "java&Tab;script:",
      "vbscript:",
      "javascript:alert(1);", "data:", "data:text/html,", "data:image", "&#106", "&#", "jav&" } do
      for _, form in ipairs { "{{v}}", "{{{v}}}" } do
        local source = ('<a href="%s%s">'):format(start, form)
        assert.equal(('<a href="%s%s">'):format(start, BLOCKED), render(source, "');alert(1)//"))
      end
    end
    assert.equal('<a href="about:blank#blocked:w">', render('<a href="{{v}}:{{w}}">', "javascript"))
    assert.equal('<a href="javascript:about:blank#blocked">', render('<a href="javascript:{%= urlEncode(v) %}">', "f(1)"))
    assert.equal('<a href="about:blank#blocked:w">', render('<a href="{{v}}:{{{urlEncode w}}}">', "javascript"))
    assert.equal('<img srcset="/a+b 1x">', render('<img srcset="/{%= urlEncode(v) %} 1x">', "a b"))
    assert.equal('<img src="data:image/png;base64,aGk&#x3D;">', render('<img src="data:image/png;base64,{{v}}">', "aGk="))
    assert.equal('<a href="myapp:open/aGk">', render('<a href="myapp:open/{{v}}">', "aGk"))
    assert.equal('<a href="R&amp;D/javascript:x">', render('<a href="R&amp;D/{{v}}">', "javascript:x"))
  end)

  it("is found whatever the attribute is written like", function()
    for _, source in ipairs { "<a href={{v}}>", "<A HREF={{v}}>", "<a hReF = '{{v}}'>", '<a href="x" href="{{v}}">', '<a href="{{v}}" href="x">',
      '<a{{w}} href="{{v}}">', '<a {{w}} href="{{v}}">', '<a {{gone}}href="{{v}}">', '<{{w}} href="{{v}}">' } do
      local text = render(source, "javascript:x")
      assert.is_nil(text:find "javascript")
      assert.is_truthy(text:find(BLOCKED, 1, true))
    end
  end)
end)

describe("a scheme that a value and what follows spell", function()
  local function href(source, value, options) return render(('<a href="%s">x: y</a>'):format(source), value, "html", options):match 'href="([^"]*)"' end

  it("is one that a value may bring, or blocked", function()
    for source, value in pairs {
      ["{{v}}://e.com/x"] = "javascript", ["{{{v}}}:alert(1)"] = "javascript", ["{{v}}script:alert(1)"] = "java", ["java{{v}}:alert(1)"] = "script",
      ["{{v}}&colon;alert(1)"] = "javascript", ["{{v}}&#58;alert(1)"] = "javascript", ["{{v}}&#x3a alert(1)"] = "javascript",
      [" {{v}}&Tab;script&NewLine;:alert(1)"] = "JAVA", ["{{v}}{{#if w}}script:alert(1){{/if}}"] = "java",
      ["{{#with v}}{{this}}{{/with}}:alert(1)"] = "javascript", ["{{v}}ta:text/html,x"] = "da", ["{{v}}://x"] = "file",
      ["{{v}}{{gone}}://x"] = "microsoft-edge-holographic", ["{{v}}{{> colon}}alert(1)"] = "javascript",
      ["{{> value}}:alert(1)"] = "javascript", ["{%= v %}s:alert(1)"] = "vbscript", ["{{{v}}}script:alert(1)"] = "j\1ava",
    } do
      local found = href(source, value, { fragments = { colon = ":", value = "{{v}}" } })
      assert.equal("about:blank#blocked", found:match "^about:blank#blocked", source .. " gave " .. found)
    end
    assert.equal("about:blank#blocked://e.com/x", href("{{v}}://e.com/x", "javascript"))
  end)

  it("passes where it is of the web, of mail or of telephones", function()
    for _, scheme in ipairs { "https", "HTTP", "mailto", "tel", "sms" } do
      assert.equal(scheme .. "://e.com/x", href("{{v}}://e.com/x", scheme))
    end
    assert.equal("https:x", href("http{{v}}:x", "s"))
  end)

  it("is none behind a path, in another attribute or in the text behind", function()
    assert.equal("a/b:c", href("{{v}}:c", "a/b"))
    assert.equal("a?b:c", href("{{v}}?b:c", "a"))
    assert.equal("wa", href("{{w}}{{v}}", "a"))
    assert.equal("myapp:x", href("{{gone}}myapp:x", "a"))
    assert.equal("myapp:open/a", href("myapp:open/{{v}}", "a"))
    assert.equal("<a href=page title=x:y>", render("<a href={{v}} title=x:y>", "page"))
    assert.equal('<a href="page" xml:lang="x">', render('<a href="{{v}}" xml:lang="x">', "page"))
    assert.equal('<img srcset="a 1x, b:c">', render('<img srcset="{{v}} 1x, b:c">', "a"))
  end)

  it("is looked for wherever a URL may stand", function()
    for _, source in ipairs { '<img srcset="/a 1x, {{v}}:x 2x">', '<meta http-equiv=refresh content="0;url={{v}}:x">', '<p style="background: url({{v}}:x)">',
      "<a href={{v}}:x>" } do
      assert.is_truthy(render(source, "javascript"):find("about:blank#blocked:x", 1, true), source)
    end
  end)

  it("is not mixed up with what a region holds", function()
    assert.equal('<a href="about:blank#blocked:x">', render('<a href="{{v}}{{#inline "r"}}/{{/inline}}:x">', "javascript"))
  end)
end)

describe("an attribute without quotes", function()
  it("is not ended by a value", function()
    local value = "a onclick=f(1) \t\n\f\r<>\"'`&"
    local escaped = "a&#x20;onclick&#x3D;f(1)&#x20;&#x9;&#xA;&#xC;&#xD;&lt;&gt;&quot;&#x27;&#x60;&amp;"
    for _, source in ipairs { "<p title=%s>", "<p title=  %s class=x>", "<p title=x%sy>", "<p data-x=%s/>" } do
      for _, form in ipairs { "{{v}}", "{%= v %}", "{{#with v}}{{this}}{{/with}}", "{{> f}}",
        '{{#*inline "l"}}{{v}}{{/inline}}{{> l}}', '{{#*inline "l"}}{{{v}}}{{/inline}}{{> l}}' } do
        local expected = source:gsub("%%s", (escaped:gsub("%%", "%%%%")))
        assert.equal(expected, render((source:gsub("%%s", (form:gsub("%%", "%%%%")))), value, "html", { fragments = { f = "{{v}}" } }))
      end
    end
    assert.equal("<p style=margin:0&#x20;auto>", render("<p style=margin:{{v}}>", "0 auto"))
    assert.equal("<p style='margin:0 auto'>", render("<p style='margin:{{v}}'>", "0 auto"))
    assert.is_nil(render("<a href={{v}}>", "https://a.b/ onmouseover=alert(1)"):find(" on", 1, true))
    assert.equal("<p title='a b'>a b", render("<p title='{{v}}'>{{v}}", "a b"))
  end)
end)

describe("SVG", function()
  it("has no link brought in by what sets one", function()
    for _, tag in ipairs { "set", "animate", "SET", "animateTransform", "animateMotion" } do
      for _, name in ipairs { "to", "from", "by", "values" } do
        for _, form in ipairs { "{{v}}", "{{{v}}}" } do
          local source = ('<svg><a><%s attributeName="href" %s="%%s"/>'):format(tag, name)
          assert.equal((source:gsub("%%s", "about:blank#blocked")), render((source:gsub("%%s", form)), "javascript:x"))
          assert.equal((source:gsub("%%s", "https://e.com/")), render((source:gsub("%%s", form)), "https://e.com/"))
          assert.is_nil(render((source:gsub("%%s", form)), "/a;javascript:x"):find(";javascript", 1, true))
        end
      end
    end
    assert.equal('<set values="/a;about:blank#blocked">', render('<set values="/a;{{v}}">', "javascript:x"))
    assert.equal('<set values="0;7;1" to="w">', render('<set values="0;{{v}};1" to="{{w}}">', "7"))
    assert.equal('<p to="a:b">', render('<p to="{{v}}">', "a:b"))
  end)

  it("has links inside of elements that only HTML takes for text", function()
    for _, source in ipairs { "<svg><style>%s", "<svg><title>%s", "<math><title>%s", "<SVG a='>'><script>%s", "<svg><svg></svg><textarea>%s", "<svg><style/>%s",
      "<svg/><title></title>%s", "<svg></svg><style></style>%s", "<svg>{{> f}}%s" } do
      local expected = source:gsub("{{> f}}", "<style>"):gsub("%%s", '<a href="about:blank#blocked">')
      assert.equal(expected, render("{{> f}}</style>" .. source:gsub("%%s", '<a href="{{v}}">'), "javascript:x", "html",
        { fragments = { f = "<style>" } }):sub(#"<style></style>" + 1))
    end
    assert.equal('<svg></svg><title><a href="javascript:x">', render('<svg></svg><title><a href="{{v}}">', "javascript:x"))
    assert.equal('<svg /><title><a href="javascript:x">', render('<svg /><title><a href="{{v}}">', "javascript:x"))
  end)
end)

describe("every attribute that leads somewhere", function()
  for _, source in ipairs { '<param name=movie value="%s">', '<object data="%s">', '<embed src="%s">', '<form action="%s">', '<button formaction="%s">',
    '<base href="%s">', '<a ping="%s">', '<video poster="%s">', '<body background="%s">', '<blockquote cite="%s">', '<use xlink:href="%s">',
    '<area href="%s">', '<link href="%s">', '<iframe src="%s">', '<object codebase="%s">' } do
    it("has no scheme brought in: " .. source, function()
      for _, form in ipairs { "{{v}}", "{{{v}}}" } do
        assert.equal((source:gsub("%%s", "about:blank#blocked")), render((source:gsub("%%s", form)), "javascript:x"))
      end
    end)
  end
end)

describe("srcset", function()
  it("takes one URL for each value", function()
    assert.equal('<img srcset="https://e.com/a.png?x&#x3D;1 1x, /b%2Cc%20d.png 2x">',
      render('<img srcset="{{v}} 1x, {%= "/b,c d.png" %} 2x">', "https://e.com/a.png?x=1"))
    assert.equal('<img srcset="https://e.com/w.png 2w">', render('<img srcset="https://e.com/{{w}}.png {{v}}w">', "2"))
    assert.equal('<img srcset="https://e.com/w_1,h_2/a%26b.png?q=a%26b%2C 1x">', render('<img srcset="https://e.com/w_1,h_2/a%26b.png?q={{v}} 1x">',
      "a&b,"))
    assert.equal('<link imagesrcset="about:blank#blocked">', render('<link imagesrcset="{{v}}">', "javascript:x"))
  end)

  it("has no scheme brought in, in any candidate and with any braces", function()
    for _, source in ipairs { '<img srcset="%s">', '<source SRCSET="/a.png 1x, %s 2x">', "<img srcset='/a.png,%s'>", '<img srcset="/a.png 1x,%s 2x">',
      '{{#*inline "l"}}{{v}}{{/inline}}<img srcset="/a 1x, {{> l}}">' } do
      for _, form in ipairs { "{{v}}", "{{{v}}}", "{%= v %}" } do
        for _, value in ipairs { "javascript:x", "data:image/svg+xml,x", "vbscript:x", " javascript:x", "java\tscript:x" } do
          local text = render((source:gsub("%%s", (form:gsub("%%", "%%%%")))), value)
          assert.is_nil(text:find("script:", 1, true) or text:find("data:", 1, true))
          assert.is_truthy(text:find("about:blank#blocked", 1, true))
        end
      end
    end
    assert.equal('<img srcset="/a%201x%2C%20javascript:x">', render('<img srcset="{{{v}}}">', "/a 1x, javascript:x"))
  end)
end)

describe("a refresh", function()
  it("leads nowhere that a link may not", function()
    for _, source in ipairs { '<meta http-equiv="refresh" content="0;url=%s">', "<META CONTENT='0; URL = %s' HTTP-EQUIV=refresh>",
      '<meta http-equiv=refresh content="0;%s">',
      [[<meta http-equiv="refresh" content="0;url='%s'">]], '<meta http-equiv=refresh content="5 url=&quot;%s&quot;">',
      '<meta http-equiv=refresh content=0;url=%s>',
      '<meta http-equiv=refresh content="1, %s">' } do
      for _, form in ipairs { "{{v}}", "{{{v}}}" } do
        assert.equal((source:gsub("%%s", "about:blank#blocked")), render((source:gsub("%%s", form)), "javascript:x"))
        assert.equal((source:gsub("%%s", "https://e.com/a?b")), render((source:gsub("%%s", form)), "https://e.com/a?b"))
      end
    end
    assert.equal('<meta http-equiv=refresh content="0;url=https://e.com/?q=a%26b%3Dc">',
      render('<meta http-equiv=refresh content="0;url=https://e.com/?q={{v}}">', "a&b=c"))
  end)

  it("has no URL brought in where none is", function()
    for _, source in ipairs { '<meta http-equiv=refresh content="{{v}}">', '<meta http-equiv=refresh content="{{{v}}}">',
      '<meta content="{{v}}" http-equiv=refresh>',
      '<meta http-equiv=refresh content="3{{v}}">' } do
      local text = render(source, "0;url=javascript:x")
      assert.is_nil(text:match('content="([^"]*)"'):find "[:;=,]")
      assert.equal((source:gsub("{+v}+", "5")), render(source, "5"))
    end
    assert.is_nil(render('<meta http-equiv=refresh content="0;u{{v}}">', "rl=javascript:x"):find("javascript:", 1, true))
  end)

  it("is no other <meta>", function()
    for _, source in ipairs { '<meta name="description" content="{{v}}">', '<meta content="{{v}}" name="x"><meta http-equiv="x">',
      '<p content="{{v}}">' } do
      assert.equal((source:gsub("{{v}}", "Note: a, b; c")), render(source, "Note: a, b; c"))
    end
  end)
end)

describe("a style", function()
  it("takes plain values", function()
    for _, value in ipairs { "#ff00aa", "12.5px", "50%", "Arial, sans-serif", "red", "0 auto", "-1em !important", "Größe" } do
      for _, form in ipairs { "{{v}}", "{{{v}}}", "{%= v %}" } do
        assert.equal(('<p style="x: %s; y: z">'):format(value), render(('<p style="x: %s; y: z">'):format(form), value))
      end
    end
  end)

  it("takes no more than values", function()
    for _, value in ipairs { "red; background: url(//x)", "url(javascript:x)", "expression(alert(1))", "a:b", "a/**/b", "\\75rl(x)", "'",
      '"', "&#59;", "a{b}", "@import", "a\nb",
      "<!--" } do
      for _, form in ipairs { "{{v}}", "{{{v}}}", "{%= v %}", '{{#*inline "s"}}{{v}}{{/inline}}{{> s}}' } do
        assert.equal('<p STYLE="color: blocked">', render(('<p STYLE="color: %s">'):format(form), value))
        assert.equal("<p style=color:blocked>", render(("<p style=color:%s>"):format(form), value))
      end
    end
  end)

  it("has URLs as links have them, in url( )", function()
    for _, start in ipairs { "url(", "URL( '", "url(&quot;", "url('" } do
      local source = ('<p style="background: %s{{{v}}}) red">'):format(start)
      assert.equal((source:gsub("{{{v}}}", "https://e.com/a%%29%%3Bb%%27.png")), render(source, "https://e.com/a);b'.png"))
      assert.equal((source:gsub("{{{v}}}", "about:blank#blocked")), render(source, "javascript:x"))
    end
    assert.equal('<p style="background: url(https://e.com/?a=%28%26%29)">', render('<p style="background: url(https://e.com/?a={{v}})">', "(&)"))
    assert.equal('<p style="background: url(/a) blocked">', render('<p style="background: url(/a) {{v}}">', "url(x)"))
  end)
end)

describe("srcdoc", function()
  it("takes no values", function()
    for _, source in ipairs { '<iframe srcdoc="{{v}}">', "<iframe SRCDOC='a{{{v}}}'>", "<iframe srcdoc={{v}}>",
      '<iframe srcdoc="{{#if v}}{%= v %}{{/if}}">',
      '{{#*inline "l"}}{{v}}{{/inline}}<iframe srcdoc="{{> l}}">' } do
      assert.matches("^cannot compile: template:1:%d+: no value can stand in srcdoc", render(source, "x"))
    end
    assert.equal('<iframe srcdoc="a" title="x">', render('<iframe srcdoc="a" title="{{v}}">', "x"))
  end)
end)

describe("a warning", function()
  local function warned(source, options)
    options = options or {}
    options.mode = options.mode or "html"
    local lines = {}
    for _, warning in ipairs(assert(template.compile(source, options)):warnings()) do
      lines[#lines + 1] = ("%s:%d:%d %s"):format(warning.name, warning.line, warning.column, (warning.message:match "^a value [^:]*:?"))
    end
    return table.concat(lines, "\n")
  end

  it("tells of values inside scripts, sheets and names", function()
    for source, expected in pairs {
      ["<script>\nvar a = '{{v}}'"] = "template:2:10 a value inside a script:",
      ["<script>{{{v}}}</script>{{v}}"] = "template:1:9 a value inside a script:",
      ["<SCRIPT type=a>if (a < b) {{&v}}"] = "template:1:27 a value inside a script:",
      ["<p onclick='f({{v}})' title={{v}}>"] = "template:1:15 a value inside a script:",
      ["<p ONLOAD={%= v %}>"] = "template:1:11 a value inside a script:",
      ["<style>p { color: {{v}} }</style>"] = "template:1:19 a value inside <style>:",
      ["<p {{v}}>"] = "template:1:4 a value as the name of a tag or attribute:",
      ["<{{v}}>"] = "template:1:2 a value as the name of a tag or attribute:",
      ["<p data-{{v}}='1'>"] = "template:1:9 a value as the name of a tag or attribute:",
      ["<a href='javascript:f({{v}})'>"] = "template:1:23 a value behind a scheme that runs programs, such as javascript:",
      ["<script>{{#if v}}{{v}}{{else}}{{w}}{{/if}}</script>"] = "template:1:18 a value inside a script:\ntemplate:1:31 a value inside a script:",
      ["{{#*inline 'l'}}{{v}}{{/inline}}<script>{{> l}}</script>"] = "template:1:41 a value inside a script:",
      ["<svg><style>{{v}}</style>{{v}}"] = "template:1:13 a value inside <style>:",
      ["<svg><script><a href='{{v}}'></script>"] = "template:1:23 a value inside a script:",
      ["<a href={{{v}}}>"] = "template:1:9 a value with three braces in an attribute without quotes:",
      ["<p title=x{{&v}}>"] = "template:1:11 a value with three braces in an attribute without quotes:",
      ["<script>{{> f}}</script>"] = "f:1:2 a value inside a script:",
    } do
      assert.equal(expected, warned(source, { fragments = { f = " {{v}}" } }))
    end
  end)

  it("is not given where all is well", function()
    for _, source in ipairs { "{{v}}", "<a href='{{v}}' style='color: {{v}}'>{{v}}</a>", "<title>{{v}}</title>", "<script></script>{{v}}",
      "<p {{> f}}>{{#*inline 'f'}}a{{/inline}}",
      "<a href='https://e.com/?on={{v}}'>", "<p on='{{v}}'>",
      "<a href={{v}} title='{{{v}}}' style={{{v}}}>", "<svg><title>{{v}}</title></svg>", "<textarea>{{v}}</textarea>" } do
      assert.equal("", warned(source))
    end
    assert.equal("", warned("<script>{{v}}</script>", { mode = "text" }))
  end)
end)
