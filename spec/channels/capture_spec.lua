local certificates = require "spec.support.certificates"
local channels = require "spec.support.channels"
local clock = require "herald.clock"
local json = require "herald.json"

local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read "a"
  file:close()
  return text
end

describe("the capture providers", function()
  local folder, tools

  setup(function()
    folder = os.tmpname()
    os.remove(folder)
    tools = channels.tools(clock.manual(1795946400000), nil, folder)
  end)

  teardown(function()
    os.execute("LD_PRELOAD= rm -rf '" .. folder .. "'")
  end)

  it("write an email as it would have travelled", function()
    local capture = channels.load "email/capture"
    local message = {
      id = "a1", address = "jane@example.org", from = "no-reply@example.com", subject = "Hi", text = "Hello", date = 1795946400000,
    }
    local outcome = capture.send(channels.surface(capture, {}), message, tools)
    assert.same({ state = "sent", code = "captured", answer = folder .. "/captured/a1.eml" }, outcome)
    assert.matches("Subject: Hi\r\n", read(outcome.answer), 1, true)
  end)

  it("sign an email with the surface's key", function()
    local capture = channels.load "email/capture"
    local where = channels.surface(capture, {})
    where.dkim = { domain = "example.com", selector = "s1", key = certificates.read "rsa.key" }
    local message = { id = "a2", address = "jane@example.org", from = "no-reply@example.com", subject = "Hi", text = "Hello", date = 0 }
    assert.matches("DKIM%-Signature: v=1;.*d=example.com", read(capture.send(where, message, tools).answer))
    where.dkim.key, tools.cache = "no key", {}
    local outcome = capture.send(where, message, tools)
    assert.same({ "retry", "invalid-dkim" }, { outcome.state, outcome.code })
    assert.not_matches("no key", outcome.answer, 1, true)
  end)

  it("refuse what cannot be an email", function()
    local capture = channels.load "email/capture"
    local outcome = capture.send(channels.surface(capture, {}), { id = "a3", address = "jane@example.org", text = "x", date = 0 }, tools)
    assert.equal("failed", outcome.state)
    assert.is_string(outcome.code)
  end)

  for _, name in ipairs { "sms", "push", "webhook" } do
    it(("write %s as JSON"):format(name), function()
      local capture = channels.load(name .. "/capture")
      local message = { id = name .. "1", address = "+33612345678", text = "Hello", data = { a = "1" } }
      local outcome = capture.send(channels.surface(capture, { directory = folder .. "/own folder" }), message, tools)
      assert.equal(folder .. "/own folder/" .. name .. "1.json", outcome.answer)
      assert.same({
        id = name .. "1", to = "+33612345678", text = "Hello", data = { a = "1" }, at = 1795946400000, surface = "spec", channel = name,
      }, json.decode(read(outcome.answer)))
    end)
  end

  it("say why they cannot write", function()
    local capture = channels.load "sms/capture"
    local outcome = capture.send(channels.surface(capture, { directory = "/proc/nothing" }), { id = "1", address = "x" }, tools)
    assert.same({ "retry", "capture" }, { outcome.state, outcome.code })
    assert.is_string(outcome.answer)
  end)
end)
