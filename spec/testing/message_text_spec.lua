local message_text = require "herald.testing.message_text"

describe("a message as a text", function()
  it("has who it is for first, then its fields by name, and nothing of the attempt", function()
    assert.equal([[
campaign: note
surface: mail
channel: email
to: jane@example.com
subject: Hi
badge: 7
html: <p>Hi</p>
]], message_text.of {
      id = "00000000000000a1", at = 1, date = 2, attempt = 1, outcome = { state = "sent" }, address = "jane@example.com", expires_at = 3,
      html = "<p>Hi</p>", subject = "Hi", to = "jane@example.com", channel = "email", surface = "mail", campaign = "note", badge = 7,
    })
  end)

  it("has texts of several lines as blocks, which say whether they end with a line", function()
    assert.equal("text: |\n  a\n\n    b\n", message_text.of { text = "a\r\n\r\n  b\r\n" })
    assert.equal("text: |-\n  a\n  b\n", message_text.of { text = "a\nb" })
  end)

  it("quotes what would be read as something else", function()
    for value, expected in pairs {
      ["7"] = '"7"', ["true"] = '"true"', [""] = '""', [" a"] = '" a"', ["a "] = '"a "', ["a\tb"] = '"a\\9b"', ['"a"'] = '"\\"a\\""', ["a\0b"] = '"a\\0b"',
    } do
      assert.equal("text: " .. expected .. "\n", message_text.of { text = value })
    end
    assert.equal("text: Grüße, 7 %\n", message_text.of { text = "Grüße, 7 %" })
  end)

  it("has tables by their paths", function()
    assert.equal('attachments[1].data: x\nattachments[1].name: a.txt\ndata: {}\nheaders.X-A: "1"\n',
      message_text.of { data = {}, headers = { ["X-A"] = "1" }, attachments = { { name = "a.txt", data = "x" } } })
  end)

  it("has a word for the message's id, which differs from run to run", function()
    assert.equal("text: https://example.com/u?m=MESSAGE-ID\n", message_text.of {
      id = "00000000000000a1", text = "https://example.com/u?m=00000000000000a1",
    })
  end)
end)
