local folder = require "spec.support.folder"
local command = require "spec.support.command"
local project = require "herald.project"

local campaign_file = folder.campaign

describe("a project's folder", function()
  local dir
  before_each(function() dir = command.folder() end)
  after_each(function() command.remove(dir) end)

  it("is one with herald.lua or campaigns/", function()
    command.write(dir .. "/herald.lua", "return {}")
    assert.truthy(project.read(dir))
    os.remove(dir .. "/herald.lua")
    command.write(dir .. "/campaigns/x.lua", "return {}")
    assert.truthy(project.read(dir))
  end)

  it("is none with any other Lua file in it, and is not when it is not there", function()
    command.write(dir .. "/stray.lua", "return {}")
    local bundle, message, code = project.read(dir)
    assert.is_nil(bundle)
    assert.equal(dir .. " is no project folder: it has neither herald.lua nor campaigns/", message)
    assert.equal("not-found", code)
    assert.equal("there is no folder nowhere", (select(2, project.read "nowhere")))
  end)
end)

describe("a project", function()
  it("loads the examples", function()
    local bundle = assert(project.read "examples")
    local loaded = assert(project.load(bundle))
    assert.is_truthy(loaded.campaigns["password-reset"])
    assert.equal("email", loaded.surfaces.transactional.channel)
    assert.equal("/hooks/shop/shipped", loaded.endpoints[2].path)
    assert.equal("automatic", loaded.settings.activation)
    for _, name in ipairs { "email", "sms", "push", "webhook" } do assert.is_truthy(loaded.channels[name], name) end
  end)

  it("is read without its secrets, data and specs", function()
    local bundle = assert(project.read "examples")
    for path in pairs(bundle.files) do
      assert.is_nil(path:match "^secrets/" or path:match "^data/" or path:match "^spec/", path)
    end
    assert.is_string(bundle.files["templates/password-reset.html"])
  end)

  it("says when there is no such folder", function()
    local bundle, message, code = project.read "/nonexistent/folder"
    assert.is_nil(bundle)
    assert.equal("there is no folder /nonexistent/folder", message)
    assert.equal("not-found", code)
    assert.equal("README.md is not a folder", (select(2, project.read "README.md")))
  end)

  it("collects the errors of every file, with file, line and path", function()
    assert.same({
      'campaigns/a.lua:1: the global \'os\' is not set',
      'campaigns/b.lua:4: message.subjekt: unknown field; did you mean "subject"?',
      'campaigns/b.lua:4: message.subject: missing: expected a string',
      'endpoints/x.lua:1: handle: missing: expected a function',
      'herald.lua:2: wrokers: unknown field; did you mean "workers"?',
      'surfaces/s.lua:1: provider: there is no provider "smpt"; did you mean "smtp"?',
    }, (function()
      local lines = folder.errors {
        ["herald.lua"] = "return {\n  wrokers = 5,\n}",
        ["campaigns/a.lua"] = "os.exit()",
        ["campaigns/b.lua"] = 'return campaign {\n  id = "b", channel = "email", surface = "mail", namespace = "email",\n\n'
          .. '  message = { subjekt = "x", text = "y" },\n}',
        ["surfaces/s.lua"] = 'return surface { name = "s", channel = "email", provider = "smpt" }',
        ["endpoints/x.lua"] = 'return endpoint { path = "/x", authenticate = endpoint.none }',
      }
      table.sort(lines)
      -- fields of one table are told in the order of their paths
      lines[2], lines[3] = lines[3], lines[2]
      return lines
    end)())
  end)

  it("prints its errors one a line", function()
    local _, errors = folder.load { ["campaigns/a.lua"] = "return 5", ["campaigns/b.lua"] = "return 6" }
    assert.equal("campaigns/a.lua: the file has to return campaign { … }\ncampaigns/b.lua: the file has to return campaign { … }", tostring(errors))
  end)

  it("refuses two campaigns with one id", function()
    assert.same({ 'campaigns/b.lua: id: "hello" is the id of the campaign in campaigns/a.lua, too' },
      folder.errors { ["campaigns/a.lua"] = campaign_file(), ["campaigns/b.lua"] = campaign_file { title = '"Other"' } })
  end)

  it("refuses two surfaces with one name", function()
    assert.same({ 'surfaces/other.lua: name: "mail" is the name of the surface in surfaces/mail.lua, too' },
      folder.errors { ["surfaces/other.lua"] = 'return surface { name = "mail", channel = "sms", provider = "capture" }' })
  end)

  it("refuses two endpoints with one address", function()
    local lines = folder.errors {
      ["endpoints/a.lua"] = 'return endpoint { path = "/hooks/{id}", authenticate = endpoint.none, handle = function() end }',
      ["endpoints/b.lua"] = 'return endpoint { path = "/hooks/{name}", authenticate = endpoint.none, handle = function() end }',
    }
    assert.same({ "endpoints/b.lua: path: POST /hooks/{name} is in endpoints/a.lua, too" }, lines)
  end)

  it("refuses a surface that is not there, or is for another channel", function()
    assert.matches('surface: there is no surface "mial"; did you mean "mail"?',
      folder.errors({ ["campaigns/a.lua"] = campaign_file { surface = '"mial"' } })[1], 1, true)
    assert.matches('surface: the surface "texts" is for the channel "sms", not "email"',
      folder.errors({ ["campaigns/a.lua"] = campaign_file { surface = '"texts"' } })[1], 1, true)
  end)

  it("does not blame campaigns for a surface that has errors itself", function()
    local lines = folder.errors { ["surfaces/mail.lua"] = "syntax error", ["campaigns/a.lua"] = campaign_file() }
    assert.equal(1, #lines)
    assert.matches("^surfaces/mail.lua:1: ", lines[1])
  end)

  it("checks what surfaces fail over to", function()
    local function surface(name, channel, failover)
      return ('return surface { name = %q, channel = %q, provider = "capture", failover = { %q } }'):format(name, channel, failover)
    end
    assert.same({ 'surfaces/a.lua: failover[1]: there is no surface "mial"; did you mean "mail"?' },
      folder.errors { ["surfaces/a.lua"] = surface("a", "email", "mial") })
    assert.same({ 'surfaces/a.lua: failover[1]: the surface "texts" is for the channel "sms", not "email"' },
      folder.errors { ["surfaces/a.lua"] = surface("a", "email", "texts") })
    assert.same({ "surfaces/a.lua: failover[1]: a surface cannot stand in for itself" },
      folder.errors { ["surfaces/a.lua"] = surface("a", "email", "a") })
  end)

  it("runs channels of its own in the sandbox", function()
    local loaded = folder.good {
      ["channels/pager.lua"] = [[
        local send = provider { name = "log", channel = "pager", settings = { line = { type = "string", required = true } },
          send = function(surface, message, tools) return { state = "sent", code = surface.line } end }
        return channel { name = "pager", namespace = "pager-id", fields = { text = { type = "template", mode = "text", required = true } },
          address = function(recipient) return recipient.userId end, providers = { send } }
      ]],
      ["surfaces/pager.lua"] = 'return surface { name = "pager", channel = "pager", provider = "log", line = "7" }',
      ["campaigns/page.lua"] = campaign_file { id = '"page"', channel = '"pager"', surface = '"pager"', namespace = false, message = '{ text = "Wake up" }' },
    }
    local surface = loaded.surfaces.pager
    assert.equal("7", surface:send({}, {}).code)
    assert.equal("Wake up", loaded.campaigns.page.definition.message.text.source)
    assert.equal("pager-id", loaded.campaigns.page.definition.namespace)
  end)

  it("keeps channels of its own away from the machine", function()
    assert.same({ "channels/pager.lua:1: the global 'os' is not set" }, folder.errors { ["channels/pager.lua"] = "os.exit()" })
  end)

  it("adds a provider to a channel that comes with Herald", function()
    local loaded = folder.good {
      ["channels/email/pigeon.lua"] = [[
        local mime = require "herald.mime"
        return provider { name = "pigeon", channel = "email", send = function() return { state = "sent" } end }
      ]],
      ["surfaces/pigeon.lua"] = 'return surface { name = "pigeon", channel = "email", provider = "pigeon" }',
    }
    assert.equal("sent", loaded.surfaces.pigeon:send({}, {}).state)
  end)

  it("refuses a channel that is there already", function()
    local lines = folder.errors { ["channels/email.lua"] = 'return channel { name = "email", fields = {}, address = function() end }' }
    assert.matches('^channels/email.lua:1: name: there is a channel "email" already', lines[1])
  end)

  it("says which secret is missing, and where it is needed", function()
    local files = {
      ["surfaces/out.lua"] = 'return surface { name = "out", channel = "email", provider = "smtp", url = "smtp://x",\n  password = secret "SMTP_PASSWORD" }',
    }
    assert.same({ "surfaces/out.lua:2: secret SMTP_PASSWORD is missing: set the environment variable SMTP_PASSWORD, or write secrets/SMTP_PASSWORD" },
      folder.errors(files))
    assert.is_truthy(folder.good(files, { SMTP_PASSWORD = "x" }))
  end)

  it("loads a thousand campaigns", function()
    local files = { ["lib/names.lua"] = "return { hello = function() return 'Hello' end }" }
    for n = 1, 1000 do
      files[("campaigns/c%d.lua"):format(n)] = "local names = require 'lib.names'\n" .. campaign_file {
        id = ('"c%d"'):format(n), context = '{ a = "string", b = "url?" }', starts = '"2026-01-01T00:00:00Z"',
        message = '{ subject = "Hello {{context.a}}", html = campaign.template "page.html", text = "{{context.b}}" }',
        on_trigger = "function(trigger) trigger.context.hello = names.hello() end",
      }
    end
    files["templates/page.html"] = "<h1>{{context.a}}</h1>" .. ("<p>text</p>"):rep(100)
    local loaded = folder.good(files)
    local count = 0
    for _ in pairs(loaded.campaigns) do count = count + 1 end
    assert.equal(1000, count)
  end)
end)
