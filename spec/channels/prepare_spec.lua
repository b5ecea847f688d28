-- What a channel does not let out once it is rendered.
local channels = require "spec.support.channels"

describe("a rendered webhook", function()
  local webhook = channels.load "webhook/init"

  it("is refused where its body should be JSON and is none", function()
    for _, message in ipairs { { body = '{"a": }' }, { body = "[1" }, { body = "x", headers = { ["Content-Type"] = "application/json; charset=utf-8" } } } do
      local prepared, reason = webhook.prepare(message, {})
      assert.is_nil(prepared)
      assert.matches("^body: is not JSON once it is rendered: ", reason)
    end
    assert.is_nil(webhook.prepare({ body = "x" }, { headers = { ["content-type"] = "application/json" } }))
  end)

  it("passes as JSON, and as anything else that it says it is", function()
    for _, message in ipairs { { body = '{"a": 1}' }, { body = "a=1" }, {}, { body = "{x", headers = { ["content-type"] = "text/plain" } } } do
      assert.equal(message, webhook.prepare(message, {}))
    end
  end)
end)

describe("a rendered push message", function()
  local push = channels.load "push/init"

  it("has an integer for its badge, and no link that runs programs", function()
    for field, values in pairs { badge = { "many", "1.5", "0x10" }, link = { "javascript:x", " java\nscript:x" }, image = { "data:text/html,x" } } do
      for _, value in ipairs(values) do
        local prepared, reason = push.prepare { [field] = value }
        assert.is_nil(prepared)
        assert.matches("^" .. field .. ": ", reason)
      end
    end
    local message = { badge = "3", link = "myapp://cart", image = "https://e.com/a.png" }
    assert.equal(message, push.prepare(message))
  end)
end)
