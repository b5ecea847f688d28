local checking = require "spec.support.checking"
local command = require "spec.support.command"
local folder = require "spec.support.folder"

local SPARE = 'return surface { name = "spare", channel = "email", provider = "capture", from = "a@example.com" }'

local function find(more, options)
  more["campaigns/hello.lua"] = more["campaigns/hello.lua"] or folder.campaign()
  return (checking.lines(more, options))
end

describe("what nothing uses", function()
  it("is a surface", function()
    assert.same({ "surface-unused surfaces/spare.lua:1:25" }, find { ["surfaces/spare.lua"] = SPARE })
  end)

  it("is no surface of a failover or of via, also where its name is computed", function()
    assert.same({}, find { ["surfaces/spare.lua"] = SPARE, ["surfaces/mail.lua"] =
      'return surface { name = "mail", channel = "email", provider = "capture", from = "a@example.com", failover = { "spare" } }' })
    local via = 'function(trigger) trigger:via("email", "spare") end'
    assert.same({}, find { ["surfaces/spare.lua"] = SPARE, ["campaigns/hello.lua"] = folder.campaign { on_trigger = via } })
    via = 'function(trigger) trigger:via("email", trigger.profile.way) end'
    assert.same({}, find { ["surfaces/spare.lua"] = SPARE, ["campaigns/hello.lua"] = folder.campaign { on_trigger = via } })
  end)

  it("is a template or a fragment", function()
    assert.same({ "template-unused templates/fragments/old.html:1:1", "template-unused templates/old.html:1:1" },
      find { ["templates/old.html"] = "x", ["templates/fragments/old.html"] = "x" })
    local uses = folder.campaign { message = '{ subject = "x", text = campaign.template "a.txt" }' }
    assert.same({}, find { ["campaigns/hello.lua"] = uses, ["templates/a.txt"] = "{{> foot}}", ["templates/fragments/foot.html"] = "x" })
  end)

  it("is a file and a function of a module", function()
    assert.same({ "file-unused campaigns/lib/old.lua:1:1" }, find { ["campaigns/lib/old.lua"] = "return {}" })
    local uses = 'local rules = require "campaigns.lib.rules"\n' .. folder.campaign { title = "rules.title()" }
    local rules = "local M = {}\nfunction M.title() return 'x' end\nfunction M.old() end\nreturn M"
    assert.same({ "function-unused campaigns/lib/rules.lua:3:12" }, find { ["campaigns/hello.lua"] = uses, ["campaigns/lib/rules.lua"] = rules })
  end)

  it("is a helper of templates", function()
    local uses = folder.campaign { message = '{ subject = "x", text = "{{shout context.name}}" }' }
    assert.same({ "function-unused templates/helpers.lua:2:3" }, find { ["campaigns/hello.lua"] = uses,
      ["templates/helpers.lua"] = "return { shout = function(text) return text:upper() end,\n  old = function(text) return text end }" })
  end)

  it("is a file in secrets", function()
    local dir = command.folder()
    command.write(dir .. "/secrets/SHOP", "x")
    command.write(dir .. "/secrets/OLD", "x")
    local uses = 'return endpoint { path = "/hooks/a", authenticate = endpoint.hmac { header = "X", secret = secret "SHOP" },'
      .. ' handle = function() return 204 end }'
    assert.same({ "secret-unused secrets/OLD:0:0" }, find({ ["endpoints/a.lua"] = uses }, { dir = dir }))
    command.remove(dir)
  end)
end)
