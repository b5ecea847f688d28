local kit = require "herald.testing"
local project_folder = require "spec.support.project_folder"

local FILES = {
  ["herald.lua"] = "return {}",
  ["surfaces/mail.lua"] = 'return surface { name = "mail", channel = "email", provider = "capture", from = "Shop <shop@example.com>" }',
  ["campaigns/later.lua"] = [[
    local campaign = require "campaign"
    return campaign {
      id = "later", title = "Later", channel = "email", surface = "mail", namespace = "email", context = { wait = "string" },
      message = { subject = "{{context.wait}}", text = "x" },
      on_trigger = function(trigger) trigger:delay(trigger.context.wait) end,
    }]],
}

local MINUTE, DAY = 60000, 86400000

describe("travelling", function()
  local dir, engine

  setup(function() dir = project_folder.make(FILES) end)
  teardown(function() project_folder.remove(dir) end)
  before_each(function() engine = kit.engine { project = dir, now = "2026-01-01T00:00:00Z" } end)
  after_each(function() engine:close() end)

  local function later(number, minutes)
    return engine:trigger("later", { userId = ("user-%d@example.com"):format(number), context = { wait = minutes .. " minutes" } })
  end

  it("through a year does thousands of things, each at its own time, in their order", function()
    local start, minutes = engine:now(), {}
    for number = 1, 2000 do
      minutes[number] = 1 + number * 7919 % 525000
      later(number, minutes[number])
    end
    engine:travel "365 days"
    table.sort(minutes)
    local sent = engine:delivered()
    assert.equal(2000, #sent)
    for index, message in ipairs(sent) do assert.equal(start + minutes[index] * MINUTE, message.at) end
    assert.equal(start + 365 * DAY, engine:now())
  end)

  it("does what falls due exactly at its end, and nothing behind it", function()
    later(1, 10)
    later(2, 11)
    engine:travel "10 minutes"
    assert.equal(1, #engine:delivered())
    engine:travel "59999 ms"
    assert.equal(1, #engine:delivered())
    engine:travel "1 ms"
    assert.equal(2, #engine:delivered())
  end)

  it("does what comes up on the way, before what was planned for later", function()
    engine:fail { to = "user-1@example.com", attempt = 1, smtp = 450, retry_after = "2 minutes" }
    later(1, 10)
    later(2, 13)
    later(3, 11)
    engine:travel "1 hour"
    local order = {}
    for index, message in ipairs(engine:delivered()) do order[index] = message.to:match "%d" end
    assert.equal("3 1 2", table.concat(order, " "))
  end)

  it("goes on from where a slow provider left the clock", function()
    local start = engine:now()
    engine:slow { takes = "30 minutes" }
    later(1, 10)
    later(2, 30)
    engine:travel "25 minutes"
    assert.equal(start + 70 * MINUTE, engine:now())
    assert.same({ start + 10 * MINUTE, start + 40 * MINUTE }, { engine:delivered()[1].at, engine:delivered()[2].at })
  end)
end)
