local problem = require "herald.problem"
local support = require "spec.support.api"

describe("the endpoints that try a campaign", function()
  local api
  before_each(function() api = support.open() end)
  after_each(function() api:close() end)

  it("write a curl command with every context name that is declared or used", function()
    local status, body = api:call("GET", "/campaigns/welcome/curl")
    assert.equal(200, status)
    assert.same({ "firstName", "link", "order", "order.number" }, body.contextNames)
    assert.equal("http://herald.example.com/im/executions/unitary", body.url)
    for _, part in ipairs { '"campaignId": "welcome"', "$HERALD_KEY", '"link": "https://example.com/"', '"number": "text"' } do
      assert.is_truthy(body.command:find(part, 1, true), part)
    end
  end)

  it("write the command as text for who wants text, and with the address given", function()
    local status, text, headers = api:call("GET", "/campaigns/welcome/curl?url=https://h.example.com/", { headers = { accept = "text/plain" } })
    assert.equal(200, status)
    assert.matches("^curl ", text)
    assert.is_truthy(text:find("'https://h.example.com/im/executions/unitary'", 1, true))
    assert.matches("text/plain", headers["Content-Type"])
  end)

  it("write the address and the scheme that the daemon listens with", function()
    local host = { headers = { host = "localhost" } }
    local function url() return select(2, api:call("GET", "/campaigns/welcome/curl", host)).url end
    assert.equal("http://127.0.0.1:8025/im/executions/unitary", url())
    api.engine.control = { status = function() return { listen = "0.0.0.0:9443", tls = true } end }
    assert.equal("https://localhost:9443/im/executions/unitary", url())
    local _, body = api:call("GET", "/campaigns/welcome/curl")
    assert.equal("https://herald.example.com/im/executions/unitary", body.url)
  end)

  it("render a preview with the very characters of the context", function()
    local status, body = api:call("POST", "/campaigns/welcome/preview", {
      body = '{"recipient":{"userId":"jane@example.com","context":{"link":"https://example.com/go","order":{"number":10.50}}}}',
    })
    assert.equal(200, status)
    assert.matches("https://example.com/go 10.50", body.text, 1, true)
    assert.matches("Welcome", body.subject)
    assert.equal("2026-11-23T10:00:00.000Z", body.date)
    assert.equal(0, select(2, api:call("GET", "/status")).outbox.waiting)
  end)

  it("refuse a preview whose recipient is no object", function()
    local status, body = api:call("POST", "/campaigns/welcome/preview", { body = '{"recipient":[1]}' })
    assert.equal(400, status)
    assert.equal("invalid-request", problem.code(body))
  end)

  it("send a proof to the address told, which no report counts", function()
    local status = api:call("POST", "/campaigns/welcome/proofs", {
      body = { to = "me@example.com", recipient = { context = { link = "https://example.com/go" } } },
    })
    assert.equal(200, status)
    local _, report = api:call("GET", "/campaigns/welcome/reports/global")
    assert.equal(0, report.totals.sent)
  end)

  it("refuse a proof without an address", function()
    local status, body = api:call("POST", "/campaigns/welcome/proofs", { body = {} })
    assert.equal(400, status)
    assert.equal("invalid-request", problem.code(body))
  end)
end)
