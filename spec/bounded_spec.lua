-- A project's own channel and provider, on the real engine: whatever they do, the message is settled.
local apis = require "spec.support.api"
local budget = require "herald.budget"

local CHANNEL = [[
  return channel {
    name = "pager", namespace = "pager", fields = { text = { type = "template", mode = "text", required = true } },
    address = function(recipient, profile, surface) %s return recipient.userId end,
    prepare = function(message, surface, recipient) %s end,
    providers = { provider { name = "beep", channel = "pager", send = function(surface, message, tools) %s return { state = "sent" } end } },
  }]]

local function files(parts)
  return {
    ["channels/pager.lua"] = CHANNEL:format(parts.address or "", parts.prepare or "", parts.send or ""),
    ["surfaces/pager.lua"] = 'return surface { name = "pager", channel = "pager", provider = "beep" }',
    ["campaigns/page.lua"] = [[
      return campaign { id = "page", title = "P", channel = "pager", surface = "pager", namespace = "pager", message = { text = "Up" } }]],
    ["herald.lua"] = 'return { activation = "automatic", limits = { on_trigger = { cpu = "50 ms" } } }',
  }
end

describe("a channel of the project", function()
  local api

  after_each(function()
    api:close()
    api = nil
  end)

  -- Triggers and delivers one message; returns its state and code.
  local function deliver(parts)
    api = apis.open(files(parts))
    local status, body = api:call("POST", "/im/executions/unitary", { body = {
      requestId = "r", campaignId = "page", recipients = { { type = "external", userId = "7", namespace = "pager" } },
    } })
    assert.equal(202, status, type(body) == "table" and body.detail or body)
    api.engine:deliver_due()
    local message = api.store:execution(tonumber(body.executionId, 16)).messages[1]
    return message.state, message.code
  end

  it("delivers", function()
    assert.equal("sent", (deliver {}))
  end)

  it("is stopped in each of its functions", function()
    for _, name in ipairs { "address", "prepare", "send" } do
      local state = deliver { [name] = "while true do end" }
      assert.equal("waiting", state, name)
      if name ~= "send" then api:close() end
    end
  end)

  it("that always fails is given up by the surface's give_up_after", function()
    for _, name in ipairs { "address", "prepare" } do
      local own = files { [name] = 'error "broken"' }
      own["surfaces/pager.lua"] = [[return surface { name = "pager", channel = "pager", provider = "beep",
        retry = { first = "10 minutes", factor = 1, give_up_after = "25 minutes" } }]]
      api = apis.open(own)
      local _, body = api:call("POST", "/im/executions/unitary", { body = {
        requestId = "r", campaignId = "page", recipients = { { type = "external", userId = "7", namespace = "pager" } },
      } })
      local function message() return api.store:execution(tonumber(body.executionId, 16)).messages[1] end
      for attempts = 1, 2 do
        assert.equal(1, api.engine:deliver_due())
        assert.equal("waiting internal-error", message().state .. " " .. message().code)
        assert.equal(attempts, message().attempts)
        api.clock:advance(11 * 60000)
      end
      assert.equal(1, api.engine:deliver_due())
      assert.equal("failed", message().state)
      assert.equal("gave up after 3 attempts", message().reason)
      if name == "address" then api:close() end
    end
  end)

  it("whose surface is gone waits for it, and not for ever", function()
    api = apis.open(files {})
    local _, body = api:call("POST", "/im/executions/unitary", { body = {
      requestId = "r", campaignId = "page", recipients = { { type = "external", userId = "7", namespace = "pager" } },
    } })
    local function message() return api.store:execution(tonumber(body.executionId, 16)).messages[1] end
    api.engine.project.surfaces.pager = nil
    api.engine:deliver_due()
    assert.equal("waiting no-surface", message().state .. " " .. message().code)
    assert.equal(api.clock:now() + 60000, message().due_at)
    api.clock:advance(84 * 3600 * 1000)
    api.engine:deliver_due()
    assert.equal("failed no-surface", message().state .. " " .. message().code)
    assert.equal('gave up after 2 attempts: there is no surface "pager"', message().reason)
  end)

  it("leaves nothing that runs in the engine's time", function()
    local trap = "setmetatable(%s, { __index = function() while true do end end, __pairs = function() while true do end end })"
    assert.equal("sent", (deliver { address = trap:format "surface", prepare = "return " .. trap:format "message" }))
    api:close()
    assert.equal("waiting", (deliver { send = "do return " .. trap:format "{}" .. " end" }))
  end)

  it("is told when what it gives contains itself", function()
    assert.equal("waiting", (deliver { prepare = "message.again = message" }))
  end)

  it("can neither change nor close what others use", function()
    local state, code = deliver { send = [[
      local found = {}
      for _, name in ipairs { "transfer", "crypto", "mime", "clock", "json", "log" } do
        local tool = tools[name]
        if pcall(function() tool.equal = function() return true end end) then found[#found + 1] = name end
        if getmetatable(tool) then found[#found + 1] = name .. "'s metatable" end
        if tool.close or tool.set then found[#found + 1] = name .. ":close" end
      end
      do return { state = "failed", code = table.concat(found, " ") .. tools.crypto.hex "\1" .. #tostring(tools.clock:now()) } end
    ]] }
    assert.equal("failed", state)
    assert.equal("0113", code)
  end)
end)

describe("the bounds", function()
  it("are not those of the engine's own channels", function()
    local ran
    local run = budget.run
    budget.run = function(...)
      ran = true
      return run(...)
    end
    local api = apis.open()
    api:trigger "jane@example.com"
    ran = false
    api.engine:deliver_due()
    budget.run = run
    api:close()
    assert.is_false(ran)
  end)
end)
