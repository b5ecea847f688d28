local certificates = require "spec.support.certificates"
local crypto = require "herald.crypto"
local mail = require "spec.support.mail"
local mime = require "herald.mime"

local function message(changes)
  local options = {
    from = "Example <no-reply@example.com>", to = "jane@example.com", subject = "Hello", text = "Hello",
    message_id = "<0123456789abcdef@example.com>", date = 1795428000000,
  }
  for name, value in pairs(changes or {}) do options[name] = value or nil end
  return options
end

local function read(changes)
  local seen = mail.read(assert(mime.build(message(changes))))
  assert.same({}, seen.defects)
  assert.is_false(seen.bare)
  return seen
end

local function refused(changes, code)
  local bytes, text, got = mime.build(message(changes))
  assert.is_nil(bytes)
  assert.equal(code, got)
  return text
end

describe("mime.build", function()
  it("writes a plain message, byte for byte", function()
    assert.equal(table.concat({
      "From: Example <no-reply@example.com>", "To: jane@example.com", "Subject: Hello", "Date: Mon, 23 Nov 2026 10:00:00 +0000",
      "Message-ID: <0123456789abcdef@example.com>", "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8",
      "Content-Transfer-Encoding: 7bit", "", "Hello", "",
    }, "\r\n"), mime.build(message()))
  end)

  it("writes the same bytes for the same message", function()
    local changes = { html = "<p>x</p>", headers = { ["X-B"] = "b", ["X-A"] = "a", ["X-C"] = "c" } }
    assert.equal(mime.build(message(changes)), mime.build(message(changes)))
  end)

  it("puts text before html, and attachments behind both", function()
    local seen = read { html = "<p>Hé</p>\n", text = "Hé\n", attachments = {
      { name = "report.pdf", type = "application/pdf", data = "%PDF\0\255" }, { name = "empty", data = "" },
    } }
    assert.same({ "multipart/mixed", "multipart/alternative", "text/plain", "text/html", "application/pdf", "application/octet-stream" },
      seen.structure)
    assert.equal("Hé\r\n", seen.parts[1].text)
    assert.equal("<p>Hé</p>\r\n", seen.parts[2].text)
    assert.equal("%PDF\0\255", crypto.unbase64(seen.parts[3].data))
    assert.equal("report.pdf", seen.parts[3].filename)
    assert.equal("attachment", seen.parts[3].disposition)
    assert.equal("", seen.parts[4].data)
    assert.same({ "multipart/alternative", "text/plain", "text/html" }, read { html = "<p>x</p>" }.structure)
    assert.same({ "multipart/mixed", "text/plain", "text/plain" }, read { attachments = { { name = "a", type = "text/plain",
      data = "x" } } }.structure)
    assert.same({ "text/html" }, mail.read(assert(mime.build { from = "a@b.c", to = "a@b.c", html = "<p>", date = 0 })).structure)
  end)

  it("chooses the encoding by the content", function()
    local function encoding(text) return read { text = text }.parts[1].encoding end
    assert.equal("7bit", encoding "short lines\nof ASCII\ttab")
    assert.equal("quoted-printable", encoding("a long line of ASCII " .. ("word "):rep(20)))
    assert.equal("quoted-printable", encoding "mostly ASCII with an é in it")
    assert.equal("base64", encoding "これは日本語の本文です")
    assert.equal("quoted-printable", encoding "--=_a_0123")
    assert.equal("quoted-printable", encoding "a line\nFrom the start of a line")
    assert.equal("7bit", encoding "")
  end)

  it("brings every text through, whatever its lines", function()
    local texts = {
      ".", "..", "\n.\n", "a\r\nb\rc\nd", "trailing space \ntab\t\n", ("x"):rep(5000), ("é"):rep(2000), ("é "):rep(1000),
      ("日本"):rep(1000),
      "=20 =3D =\n", "--\n-- \n", "From x\nFrom y " .. ("z"):rep(80), ("a"):rep(75) .. "=" .. ("b"):rep(76),
      ("a "):rep(38) .. " \n" .. "é",
      ("."):rep(200), ("-"):rep(200), ("F"):rep(200), "€" .. (" "):rep(100) .. "\n", "\n\n\n", "\t", "😀" .. ("😀"):rep(100),
    }
    for _, text in ipairs(texts) do
      local seen = read { text = text, html = text }
      local expected = text:gsub("\r\n", "\n"):gsub("\r", "\n")
      if expected ~= "" and expected:sub(-1) ~= "\n" then expected = expected .. "\n" end
      expected = expected:gsub("\n", "\r\n")
      assert.equal(expected, seen.parts[1].text)
      assert.equal(expected, seen.parts[2].text)
      assert.is_true(seen.longest <= 78, text)
    end
  end)

  it("leaves NULs out of texts", function()
    assert.equal("ab\r\n", read { text = "a\0b" }.parts[1].text)
    assert.equal("aéb\r\n", read { text = "aé\0b" }.parts[1].text)
  end)

  it("encodes subjects so that they read the same", function()
    for _, subject in ipairs {
      "Réinitialiser votre mot de passe", ("Long and readable, folded between words. "):rep(10) .. "End",
      "日本語の件名はここにあります。" .. ("長い"):rep(60),
      "=?UTF-8?Q?not_encoded?=", ("é"):rep(300), ("x"):rep(70) .. " " .. ("y"):rep(70), "a  b   c", "😀" .. ("😀"):rep(40), "tail é",
      ("w"):rep(2000), "=?", "?= x =?", "100 % = all_of_it", (("ab "):rep(24) .. "  ") .. ("cd "):rep(30) .. "e",
    } do
      local seen = read { subject = subject }
      assert.equal(subject, seen.header.subject)
      assert.is_true(seen.longest <= 80, subject)
    end
    assert.equal("", read { subject = false }.header.subject)
  end)

  it("makes line breaks and controls in a subject or custom header a space", function()
    for _, value in ipairs {
      "Hello\r\nBcc: evil@example.com", "Hello\nBcc: evil@example.com", "Hello\rBcc: evil@example.com",
      "Hello\0\r\n\r\nBcc: evil@example.com",
      " Hello\t\n \n Bcc: evil@example.com\r\n", "Hello\v\f\27\127Bcc: evil@example.com",
    } do
      local seen = read { subject = value, headers = { ["X-Reason"] = value } }
      assert.is_nil(seen.header.bcc)
      assert.matches("^Hello +Bcc: evil@example.com$", seen.header.subject)
      assert.equal(seen.header.subject, seen.header["x-reason"])
      assert.equal(9, #seen.headers)
    end
    local bytes = mime.build(message { subject = "é\r\nBcc: evil@example.com" })
    assert.is_nil(bytes:find("\nBcc", 1, true))
  end)

  it("writes names of every kind", function()
    for name, expected in pairs {
      ["Jane Doe"] = "Jane Doe", ['"Doe, Jane"'] = '"Doe, Jane"', ["Jürgen Großmann"] = "Jürgen Großmann",
      ['"a \\"b\\" \\\\c"'] = '"a \\"b\\" \\\\c"',
      ["Example, Inc."] = '"Example, Inc."', ["=?UTF-8?Q?x?="] = "=?UTF-8?Q?x?=", [("日本"):rep(60)] = ("日本"):rep(60),
      [("n"):rep(200)] = ("n"):rep(200),
      ["a.b@c"] = '"a.b@c"',
    } do
      local seen = read { from = name .. " <a@example.com>", reply_to = name .. "<b@example.com>" }
      -- Python's reader leaves a space between encoded words of a name, against RFC 2047 section 6.2.
      expected = expected:gsub(" ", "")
      assert.equal(expected .. "<a@example.com>", (seen.header.from:gsub(" ", "")))
      assert.equal(expected .. "<b@example.com>", (seen.header["reply-to"]:gsub(" ", "")))
      assert.is_true(seen.longest <= 80, name)
    end
  end)

  it("folds a list of recipients", function()
    local to = {}
    for i = 1, 50 do to[i] = ("Recipient %d é <recipient-%d@example.com>"):format(i, i) end
    local seen = read { to = to }
    assert.equal(table.concat(to, ", "), seen.header.to)
    assert.is_true(seen.longest <= 78)
  end)

  it("refuses addresses that could change the message", function()
    for _, address in ipairs {
      "a@b.c\r\nBcc: evil@example.com", "a@b.c\n", "a\0@b.c", "Name\r\nBcc: x <a@b.c>", '"Na\nme" <a@b.c>', "a@b.c, evil@example.com",
      "a@b.c>", "<a@b.c",
      "a@b.c> <evil@example.com>", "", " ", "@", "a@", "@b", "a b@c.d", "a@b c", "a..b@c.d", ".a@b.c", "a.@b.c", "a@-b.c", "a@b-.c",
      "a@b..c", "a@.b", "a@b.",
      "a@b@c", ("a"):rep(65) .. "@b.c", "a@" .. ("b"):rep(64) .. ".c", "a@" .. ("b."):rep(127) .. "c", "é@b.c", "a@b_c.d",
      'Na"me <a@b.c>', "\255@b.c", "a@\255",
      "Name <>", "(comment) a@b.c", "a@[1.2.3.4", "a@[x]", '"a@b.c', '"" <a@b.c', 'x "Name" <a@b.c>', '"Name" x <a@b.c>',
      '"open <a@b.c>', "group: a@b.c;",
    } do
      refused({ to = { address } }, "invalid-address")
      refused({ from = address }, "invalid-address")
      refused({ reply_to = address }, "invalid-address")
    end
    refused({ to = {} }, "invalid-address")
    refused({ from = false }, "invalid-address")
  end)

  it("takes addresses that exist", function()
    for given, expected in pairs {
      ["a@b"] = "a@b", [" a+b@c.example "] = "a+b@c.example", ['"a b"@c.d'] = '"a b"@c.d', ["a@[127.0.0.1]"] = "a@[127.0.0.1]",
      ["<a@b.c>"] = "a@b.c",
      ["o'brien!#$%&*/=?^_`{|}~-x@b.c"] = "o'brien!#$%&*/=?^_`{|}~-x@b.c", ["a@müller.example"] = "a@xn--mller-kva.example",
      ["a@日本.example"] = "a@xn--wgv71a.example",
    } do
      assert.same({ address = expected }, mime.parse_address(given))
    end
    assert.same({ name = "Doe, Jane", address = "a@b.c" }, mime.parse_address '"Doe, Jane" <a@b.c>')
    assert.same({ name = "Jane", address = "a@b.c" }, mime.parse_address "Jane<a@b.c>")
    assert.has_error(function() mime.parse_address(nil) end)
  end)

  it("refuses headers that it writes itself, and names that are none", function()
    for _, name in ipairs {
      "From", "to", "BCC", "Cc", "Sender", "Subject", "Date", "Message-Id", "MIME-Version", "Content-Type", "content-x",
      "DKIM-Signature", "Received",
      "Return-Path", "Resent-To", "Reply-To", "X A", "X:A", "X\r\nBcc", "X\0", "é", "", ("x"):rep(77), "X-A ",
    } do
      refused({ headers = { [name] = "x" } }, "invalid-header")
    end
    refused({ headers = { ["X-A"] = "a", ["x-a"] = "b" } }, "invalid-header")
    refused({ headers = { ["List-Unsubscribe"] = "<https://example.com/" .. ("x"):rep(1000) .. ">" } }, "invalid-header")
  end)

  it("keeps custom headers readable, or encodes them", function()
    local url = "<https://example.com/" .. ("x"):rep(300) .. ">"
    local seen = mail.read(mime.build(message { headers = { ["List-Unsubscribe"] = "<mailto:a@b.c>, " .. url, ["X-Name"] = "Jürgen" } }))
    assert.equal("<mailto:a@b.c>, " .. url, seen.header["list-unsubscribe"])
    assert.equal("Jürgen", seen.header["x-name"])
  end)

  it("names attachments in any script", function()
    for _, name in ipairs {
      "a.txt", 'quote " and \\ no', "Übersicht.pdf", "日本語" .. ("名"):rep(60) .. ".pdf", ("long"):rep(40) .. ".pdf", "semi;colon=x.txt",
      "it's %41.txt", "a'b''c é.txt",
    } do
      if name:find "\\" then
        refused({ attachments = { { name = name, data = "x" } } }, "invalid-attachment")
      else
        local seen = read { attachments = { { name = name, data = "x" } } }
        assert.equal(name, seen.parts[2].filename)
        assert.is_true(seen.longest <= 80)
      end
    end
  end)

  it("refuses attachments that could change the message", function()
    for _, attachment in ipairs {
      { name = "a\r\nX: y", data = "" }, { name = "a\0b", data = "" }, { name = "../a", data = "" }, { name = "", data = "" },
      { name = ("x"):rep(256), data = "" },
      { name = "a", type = "text/plain\r\nX: y", data = "" }, { name = "a", type = "text", data = "" }, { name = "a",
      type = "text/plain; charset=x", data = "" },
      { name = "a", type = "multipart/mixed", data = "" }, { name = "a", type = "Message/rfc822", data = "" }, { name = "a", type = "/",
      data = "" },
    } do
      refused({ attachments = { attachment } }, "invalid-attachment")
    end
    refused({ attachments = { { name = "\255", data = "" } } }, "invalid-utf8")
  end)

  it("refuses what is not UTF-8, and says where", function()
    for _, bad in ipairs { "\255", "\xc3", "\xed\xa0\x80", "\xc0\x80", "\xf4\x90\x80\x80", ("a"):rep(100) .. "\x80" } do
      assert.matches("the subject", refused({ subject = bad }, "invalid-utf8"))
      assert.matches("^html", refused({ html = bad }, "invalid-utf8"))
      assert.matches("^text", refused({ text = bad }, "invalid-utf8"))
      assert.matches("^X%-A", refused({ headers = { ["X-A"] = bad } }, "invalid-utf8"))
    end
  end)

  it("makes a message id when none is given, and checks one that is", function()
    local options = message()
    options.message_id = nil
    local id = mail.read(mime.build(options)).header["message-id"]
    assert.matches("^<%x+%-%x+%-4%x+%-%x+%-%x+@example%.com>$", id)
    for _, bad in ipairs { "<>", "a@b", "<a@b", "<ab>", "<a@>", "<@b>", "<a@b>\r\nX: y", "<a b@c>", "<a@b><c@d>",
      "<" .. ("a"):rep(250) .. "@b>" } do
      refused({ message_id = bad }, "invalid-header")
    end
  end)

  it("writes dates from 1900 to 9999", function()
    assert.equal("Thu, 01 Jan 1970 00:00:00 +0000", read { date = 0 }.header.date)
    assert.equal("Wed, 31 Dec 1969 23:59:59 +0000", read { date = -1 }.header.date)
    assert.equal("Tue, 29 Feb 2000 23:59:59 +0000", read { date = 951868799999 }.header.date)
    refused({ date = 253402300800000 }, "invalid-message")
    refused({ date = math.mininteger }, "invalid-message")
  end)

  it("needs a text, and raises for what is misused", function()
    refused({ text = false }, "invalid-message")
    for _, options in ipairs {
      message { subjekt = "x" }, message { subject = 5 }, message { to = 5 }, message { to = { 5 } }, message { headers = "x" },
        message { headers = { ["X"] = 1 } },
      message { headers = { "x" } }, message { attachments = { "x" } }, message { attachments = { { name = "x" } } },
        message { date = "now" },
      message { attachments = { { name = "x", data = "", size = 1 } } }, message { dkim = {} }, message { dkim = "x" }, {},
    } do
      if next(options) then assert.has_error(function() mime.build(options) end) end
    end
    assert.has_error(function() mime.build() end)
  end)
end)

describe("DKIM", function()
  local function signed(changes, dkim)
    changes = changes or {}
    changes.dkim = dkim or { domain = "example.com", selector = "s1", key = certificates.read "rsa.key" }
    return assert(mime.build(message(changes)))
  end

  local function verdict(bytes) return mail.read(bytes, certificates.path "rsa.pub").dkim end

  it("signs so that another implementation verifies", function()
    for _, changes in ipairs {
      {}, { html = "<p>Hé</p>", subject = ("é "):rep(100) }, { text = "trailing  \n\t\n\n\n\n" }, { text = "" .. "\n" },
      { text = ". \n  a  b\t\tc \n" },
      { headers = { ["X-Empty"] = "  ", ["List-Unsubscribe"] = "<https://example.com/" .. ("x"):rep(200) .. ">" },
      attachments = { { name = "é", data = "x" } } },
      { to = { "a@b.c", "Jürgen <b@c.d>" }, reply_to = "x@y.z", text = ("日本\n"):rep(100) },
    } do
      assert.same({ good = true, asked = { "s1._domainkey.example.com." } }, verdict(signed(changes)))
    end
  end)

  it("notices a change of body and header, and a second sender", function()
    local bytes = signed { text = "Pay 10 euros" }
    assert.is_true(verdict(bytes).good)
    assert.is_false(verdict((bytes:gsub("10 euros", "99 euros"))).good)
    assert.is_false(verdict((bytes:gsub("Subject: Hello", "Subject: Hallo"))).good)
    assert.is_false(verdict((bytes:gsub("\r\nTo:", "\r\nFrom: evil@example.com\r\nTo:"))).good)
  end)

  it("takes a parsed key", function()
    local key = crypto.key(certificates.read "rsa.key")
    local dkim = { domain = "example.com", selector = "s1", key = key }
    assert.is_true(verdict(signed({}, dkim)).good)
    key:close()
    assert.has_error(function() signed({}, dkim) end)
  end)

  it("refuses a key, domain or selector that cannot sign", function()
    local rsa = certificates.read "rsa.key"
    for _, dkim in ipairs {
      { domain = "example.com", selector = "s1", key = certificates.read "ec.key" }, { domain = "example.com", selector = "s1",
      key = "x" },
      { domain = "example.com; x", selector = "s1", key = rsa }, { domain = "example.com", selector = "s\r\n1", key = rsa },
    } do
      refused({ dkim = dkim }, "invalid-dkim")
    end
  end)
end)
