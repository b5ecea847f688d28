local mime = require "herald.mime"

local function text(html) return mime.html_to_text(html) end

describe("mime.html_to_text", function()
  it("separates paragraphs and lines", function()
    assert.equal("Hello Jane!\n\nOpen it\nnow.\n\nBye\n", text "<h1>Hello\n  <b>Jane</b>!</h1>\n<p>Open it<br/>now.</p><p>Bye</p>")
    assert.equal("a\nb\nc\n", text "<div>a<div>b</div></div>c")
    assert.equal("a\n\nb\n", text "<p>a</p>\n\n<p></p><p> </p><br><br><br>b")
    assert.equal("", text "")
    assert.equal("", text " \n ")
    assert.equal("", text "<p></p>")
  end)

  it("keeps where links go", function()
    assert.equal("Click here <https://x.example/?a=1&b=2>.\n", text '<p>Click <a href="https://x.example/?a=1&amp;b=2">here</a>.</p>')
    assert.equal("https://x.example\n", text "<a href='https://x.example'>https://x.example</a>")
    assert.equal("a@b.c\n", text "<a href=mailto:a@b.c>a@b.c</a>")
    assert.equal("write <mailto:a@b.c>\n", text "<a href=mailto:a@b.c>write</a>")
    assert.equal("https://x.example/\n", text '<a href="https://x.example/"><img src="x.png"></a>')
    assert.equal("Logo <https://x.example/>\n", text '<a href="https://x.example/"><img src="x.png" alt="Logo"></a>')
    assert.equal("top menu x\n", text '<a href="#top">top</a> <a>menu</a> <a href="javascript:alert(1)">x</a>')
    assert.equal("open <https://x.example/>\n", text '<a href="https://x.example/">open')
    assert.equal("one <https://1.example/>two <https://2.example/>\n",
      text '<a href="https://1.example/">one<a href="https://2.example/">two</a>')
  end)

  it("marks list items", function()
    assert.equal("Two things:\n\n- one\n- two\n\nDone\n", text "Two things:<ul>\n<li>one</li>\n<li>two</ul>Done")
    assert.equal("3. three\n\n4. four\n", text "<ol start=3><li><p>three</p></li><li>four</ol>")
    assert.equal("- a\n  1. b\n  2. c\n- d\n", text "<ul><li>a<ol><li>b<li>c</ol><li>d</ul>")
    assert.equal("- stray\n", text "<li>stray</ul></ul></ol>")
  end)

  it("marks quotes and keeps what is preformatted", function()
    assert.equal("a\n\n> b\n> c\n>\n> d\n\ne\n", text "a<blockquote>b<br>c<p>d</blockquote>e")
    assert.equal("a\n\n  x\n    y\n\nb\n", text "a<pre>  x\n    y</pre>b")
    assert.equal("a\n\n----------\n\nb\n", text "a<hr>b")
  end)

  it("separates cells and rows", function()
    assert.equal("a b\nc d\n", text "<table><tr><td>a</td><td>b</td></tr><tr><th>c</th><td>d</td></tr></table>")
  end)

  it("decodes entities", function()
    assert.equal("< > & \" ' é € 😀 © x\n", text "&lt; &gt; &amp; &quot; &#39; &eacute; &#8364; &#x1F600; &copy x")
    assert.equal("&nothing; & &# &#x; &#xD800; &#99999999; AT&T\n", text "&nothing; & &# &#x; &#xD800; &#99999999; AT&T")
    assert.equal("a b\n", text "a&nbsp;\xc2\xa0b")
    assert.equal("ab\n", text "a&zwnj;&#847;&shy;\u{200b}\u{feff}b")
  end)

  it("leaves out what a reader would not see", function()
    assert.equal("shown\n", text [[<!DOCTYPE html><html><head><title>t</title><style>p { color: red }</style></head><body>
      <!-- no > --><script>if (1 < 2) document.write("</p>")</script><div style="DISPLAY:NONE">pre<div>header</div></div>
      <span hidden>no</span><!--[if mso]>no<![endif]--><p>shown</p><style>no</style></body></html>]])
    assert.equal("body\n", text "<head><title>never closed<body>body")
  end)

  it("takes any garbage", function()
    assert.equal("1 < 2 > 1 <> <3\n", text "1 < 2 > 1 <> <3")
    assert.equal("a<\n", text "a<")
    assert.equal("a\n", text "a<b")
    assert.equal("a\n", text 'a<b x="')
    assert.equal("a\n", text "a<!--")
    assert.equal("a</\n", text "a</")
    assert.equal("\255\n", text "\255")
    assert.equal("ab\n", text "a<b\0c>b")
    for _, piece in ipairs { "<", "<a href=https://x.example>", "<ul><li>", "<blockquote>x", "&", "<pre>", "<div style='display:none'>",
      "<ol><li>x", "\0", "</a>" } do
      text(piece:rep(20000))
    end
  end)
end)
