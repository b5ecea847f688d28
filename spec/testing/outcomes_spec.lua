local channels = require "spec.support.channels"
local clock = require "herald.clock"
local outcomes = require "herald.testing.outcomes"

local MESSAGE = { id = "00000000000000a1", address = "jane@example.com", date = 1795946400000, from = "Shop <shop@example.com>", subject = "Hi", text = "Hi" }

-- What the real provider makes of an answer.
local function really(path, settings, answers)
  local provider = channels.load(path)
  local message = {}
  for name, value in pairs(MESSAGE) do message[name] = value end
  message.url, message.body = "https://example.com/", "{}"
  local tools = channels.tools(clock.manual(1795946400000), answers)
  return provider.send(channels.surface(provider, settings), message, tools)
end

describe("what a provider makes of an answer, as the kit tells it", function()
  for _, reply in ipairs { 421, 450, 451, 452, 454, 550, 551, 552, 553, 554, 556 } do
    it("is what the smtp provider makes of the reply " .. reply, function()
      local told = outcomes.smtp(reply)
      local real = really("email/smtp", { url = "smtp://127.0.0.1:1" }, {
        smtp = function() return nil, told.answer, "rejected", reply end,
      })
      assert.same(real, told)
    end)
  end

  for _, status in ipairs { 400, 403, 404, 408, 410, 425, 429, 500, 502, 503, 504 } do
    it("is what the http provider makes of the status " .. status, function()
      local told = outcomes.http(status)
      local real = really("webhook/http", {}, {
        http = function() return { status = status, headers = {}, body = told.answer } end,
      })
      assert.same(real, told)
    end)
  end

  for _, name in ipairs(outcomes.faults()) do
    it("is what both make of the fault " .. name, function()
      local told = outcomes.fault(name)
      assert.same(told, really("email/smtp", { url = "smtp://127.0.0.1:1" }, { smtp = function() return nil, told.answer, name end }))
      assert.same(told, really("webhook/http", {}, { http = function() return nil, told.answer, name end }))
    end)
  end
end)
