local curl = require "herald.curl"
local payload = require "herald.payload"

describe("the curl command", function()
  local function command(options)
    local all = { id = "reset", channel = "email", namespace = "email", used = {}, url = "https://h.example.com" }
    for name, value in pairs(options or {}) do all[name] = value end
    return curl.command(all)
  end

  -- What the shell hands to curl as the body.
  local function body_of(text)
    local script = text:gsub("^curl ", "set -- ") .. '\nfor word; do last=$word; done; printf %s "$last"'
    local pipe = assert(io.popen("sh -c '" .. script:gsub("'", "'\\''") .. "'"))
    local body = pipe:read "a"
    pipe:close()
    return assert(payload.parse(body)):value(1)
  end

  it("carries the campaign, the key's placeholder and a new request id each time", function()
    local made = command()
    assert.matches("$HERALD_KEY", made.command, 1, true)
    assert.matches("'https://h.example.com/im/executions/unitary'", made.command, 1, true)
    local body = body_of(made.command)
    assert.equal("reset", body.campaignId)
    assert.matches("^curl%-%d+$", body.requestId)
    assert.equal("email", body.recipients[1].namespace)
    assert.equal("jane@example.com", body.recipients[1].channelData.emailAddress)
  end)

  it("carries every name that templates use or the definition declares, with examples of their types", function()
    local made = command {
      used = { "context.order.number", "context.order.lines.[0].name", "context.firstName", "profile.city", "context.system.x" },
      declared = { firstName = "string?", resetUrl = "url", count = "integer" },
    }
    assert.same({ "count", "firstName", "order.lines.[0].name", "order.number", "resetUrl" }, made.names)
    local context = body_of(made.command).recipients[1].context
    assert.equal("https://example.com/", context.resetUrl)
    assert.equal(1, context.count)
    assert.equal("text", context.order.number)
    assert.is_nil(context.system)
  end)

  it("lets an object win over a plain value of the same name", function()
    local context = curl.context({ order = "string" }, { "context.order", "context.order.number" })
    assert.same({ order = { number = "text" } }, context)
  end)

  it("goes to where a listener is reached from its own machine", function()
    for listen, url in pairs {
      ["127.0.0.1:8025"] = "http://127.0.0.1:8025", [":80"] = "http://localhost:80", ["*:80"] = "http://localhost:80",
      ["0.0.0.0:80"] = "http://localhost:80", ["[::]:80"] = "http://localhost:80", ["[::1]:80"] = "http://[::1]:80",
    } do
      assert.same({ url = url }, curl.place(listen, false))
    end
    assert.equal("https://127.0.0.1:8025", curl.place("127.0.0.1:8025", true).url)
    local place = curl.place("unix:/run/herald.sock", false)
    assert.matches("--unix-socket '/run/herald.sock' 'http://localhost/im/executions/unitary'", command(place).command, 1, true)
  end)

  it("survives quotes on its way through the shell", function()
    assert.equal("it's", body_of(command { id = "it's" }.command).campaignId)
  end)
end)
