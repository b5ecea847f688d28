-- replay and why, as an operator uses them beside a server that runs.

local daemon = require "spec.support.daemon"
local sink = require "spec.support.sink"

describe("the journal of a server that runs", function()
  local mail, server

  before_each(function()
    mail = sink.start()
    server = daemon.start { values = { SMTP = mail.url } }
  end)
  after_each(function()
    server:close()
    mail:close()
  end)

  it("is replayed against the files as they are, and tells why", function()
    local answer = server:trigger("receipt", { userId = "jane@example.com", context = { number = 1 } })
    assert.equal(202, answer.status, answer.text)
    mail:message_to "jane@example.com"
    server:drain()
    local output, status = server:try_herald("replay", "--since", "1h")
    assert.same({ "1 trigger replayed, none differs\n", 0 }, { output, status })

    server:write("campaigns/receipt.lua", (server:read("campaigns/receipt.lua"):gsub('subject%s*=%s*"', 'subject = "Re: ', 1)))
    output, status = server:try_herald("replay", "--since", "1h")
    assert.equal(1, status, output)
    assert.matches("message.subject\n      %- ([^\n]*)\n      %+ Re: %1\n", output)
    assert.equal(0, select(2, server:try_herald("replay", "--since", "1h", "--live")))

    assert.equal(400, server:trigger("receipt", { userId = "joe@example.com", namespace = "other" }).status)
    output = server:herald("why", "--user", "joe@example.com", "--campaign", "receipt")
    assert.matches("refused: namespace-mismatch", output, 1, true)
    output = server:herald("why", answer.json.executionId)
    assert.matches("Nothing more is to be done: it is sent.", output, 1, true)
    for _, text in ipairs { server:log() } do assert.is_nil(text:find("jane@example.com", 1, true)) end
  end)
end)
