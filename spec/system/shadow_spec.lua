-- New code beside the code in force: it sees what was accepted, is compared field by field, and does nothing.

local cjson = require "cjson"
local daemon = require "spec.support.daemon"
local sink = require "spec.support.sink"

local function receipt(subject, more)
  return ([[return campaign { id = "receipt", title = "Receipt", channel = "email", surface = "mail", namespace = "email",
    message = { subject = "%s", text = "[{{context.number}}]" }, %s }]]):format(subject, more or "")
end

local OLD = receipt "Number {{context.number}}"

describe("a shadow run", function()
  local mail, server

  before_each(function()
    mail = sink.start()
    server = daemon.start { values = { SMTP = mail.url }, files = { ["campaigns/receipt.lua"] = OLD } }
  end)
  after_each(function()
    server:close()
    mail:close()
  end)

  local function status() return server:curl("/status").json end

  local function shadow(text, time)
    server:write("campaigns/receipt.lua", text)
    return server:herald("reload", "--shadow", "--for", time or "10m")
  end

  local sent = 0
  local function trigger(context)
    sent = sent + 1
    local answer = server:trigger("receipt", { userId = ("user%d@example.com"):format(sent), context = context })
    assert.equal(202, answer.status, answer.text)
    return answer.json.executionId
  end

  -- The report, once it has so many triggers, compared or dropped.
  local function report(count)
    local body
    daemon.wait_for(function()
      body = server:curl("/shadow").json
      return body.compared + body.dropped >= count
    end, function() return ("%d triggers: %s"):format(count, cjson.encode(body)) end, 30)
    return body
  end

  it("reports exactly the triggers that differ, by field, and nothing of a person", function()
    local output = shadow(receipt "Number {{context.number}}{{#if context.vip}}, dear {{context.vip}}{{/if}}")
    assert.matches("generation 2 runs as a shadow beside generation 1", output, 1, true)
    local differing = {}
    for number = 1, 12 do
      local is_vip = number % 4 == 0
      local id = trigger { number = number, vip = is_vip and "Jane Doe" or nil }
      if is_vip then differing[#differing + 1] = id end
    end
    local found = report(12)
    assert.same({ "running", 2, 12, 3, 0, 0 },
      { found.state, found.generation, found.compared, found.differing, found.errors, found.dropped })
    local campaign = found.campaigns[1]
    assert.same({ ["message.subject"] = 3 }, campaign.fields)
    table.sort(campaign.examples)
    assert.same(differing, campaign.examples)
    local text = server:curl("/shadow").text
    for _, personal in ipairs { "Jane", "example.com" } do assert.is_nil(text:find(personal, 1, true)) end
    server:drain()
    for _, message in ipairs(mail:messages()) do assert.matches("^Number %d+$", message.subject) end
    assert.equal(12, #mail:messages())
    assert.equal(1, status().generation)
  end)
end)
