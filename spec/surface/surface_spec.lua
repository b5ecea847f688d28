local folder = require "spec.support.folder"
local secret = require "herald.secret"

local function surface(fields, secrets)
  local loaded = folder.good({ ["surfaces/x.lua"] = "return surface {\n" .. fields .. "\n}" }, secrets)
  return loaded.surfaces.x
end

local function error_of(fields, secrets)
  return folder.errors({ ["surfaces/x.lua"] = "return surface {\n" .. fields .. "\n}" }, secrets)[1]
end

local SMTP = 'name = "x", channel = "email", provider = "smtp", url = "smtp://127.0.0.1:2525",\n'

describe("a surface", function()
  it("has defaults for how it delivers", function()
    local found = surface(SMTP)
    assert.equal(10, found.connections)
    assert.same({ 30000, 2, 3600000, 302400000 }, { found.retry.first_ms, found.retry.factor, found.retry.most_ms, found.retry.give_up_after_ms })
    assert.is_nil(found.rate_per_second)
    assert.equal("smtp", found.provider)
  end)

  it("turns its words into numbers", function()
    local found = surface(SMTP .. 'rate = "100/s", retry = { first = "1 second", factor = 3, most = "1 minute", give_up_after = "1 hour" }, connections = 2')
    assert.equal(100, found.rate_per_second)
    assert.same({ 1000, 3, 60000, 3600000 }, { found.retry.first_ms, found.retry.factor, found.retry.most_ms, found.retry.give_up_after_ms })
    assert.equal(2, found.connections)
  end)

  it("takes what its provider takes, with its defaults", function()
    local found = surface(SMTP .. 'tls = "required"')
    assert.equal("required", found.tls)
    assert.equal(60000, found.timeout_ms)
    assert.matches("tls: expected one of", error_of(SMTP .. 'tls = "always"'))
    assert.matches("url: missing", error_of 'name = "x", channel = "email", provider = "smtp"')
    assert.matches("url: expected smtp://", error_of 'name = "x", channel = "email", provider = "smtp", url = "http://x"', 1, true)
  end)

  it("keeps secrets, and reveals them to the provider alone", function()
    local found = surface(SMTP .. 'user = "jane", password = secret "KEY"', { KEY = "hunter2" })
    assert.is_true(secret.is(found.password))
    assert.equal("secret(KEY)", tostring(found.password))
  end)

  it("gives the provider the texts of its secrets", function()
    local loaded = folder.good({
      ["channels/email/echo.lua"] = [[return provider { name = "echo", channel = "email", settings = { key = { type = "string" } },
        send = function(surface, message, tools) return { state = "sent", answer = surface.key .. surface.name .. message.id .. tools.tool } end }]],
      ["surfaces/x.lua"] = 'return surface { name = "x", channel = "email", provider = "echo", key = secret "KEY" }',
    }, { KEY = "hunter2" })
    assert.equal("hunter2xid!", loaded.surfaces.x:send({ id = "id" }, { tool = "!" }).answer)
    assert.is_true(secret.is(loaded.surfaces.x.key))
  end)

  it("reads the key of DKIM from secrets/", function()
    local fields = SMTP .. 'dkim = { domain = "example.com", selector = "s1", key = "dkim.pem" }'
    assert.equal("PEM", secret.reveal(surface(fields, { ["dkim.pem"] = "PEM" }).dkim.key))
    assert.equal("surfaces/x.lua:3: dkim.key: there is no file secrets/dkim.pem", error_of(fields))
    local by_secret = SMTP .. 'dkim = { domain = "example.com", selector = "s1", key = secret "DKIM" }'
    assert.equal("PEM", secret.reveal(surface(by_secret, { DKIM = "PEM" }).dkim.key))
  end)

  for name, case in pairs {
    ["a channel that is not there"] = { 'name = "x", channel = "mail", provider = "smtp"', 'channel: there is no channel "mail"; did you mean "email"?' },
    ["a provider that is not there"] = { 'name = "x", channel = "sms", provider = "smtp"', 'provider: there is no provider "smtp"' },
    ["no channel"] = { 'name = "x", provider = "smtp"', "channel: missing: expected a string" },
    ["no provider"] = { 'name = "x", channel = "email"', "provider: missing: expected a string" },
    ["no name"] = { 'channel = "email", provider = "capture"', "name: missing" },
    ["an unknown field"] = { SMTP .. 'passwort = "x"', 'passwort: unknown field; did you mean "password"?' },
    ["a rate that is not one"] = { SMTP .. 'rate = "fast"', "rate: expected a rate" },
    ["no connections"] = { SMTP .. "connections = 0", "connections: expected at least 1" },
    ["a back-off that shrinks"] = { SMTP .. "retry = { factor = 0.5 }", "retry.factor: expected at least 1" },
    ["a wait that is not one"] = { SMTP .. 'retry = { first = 30 }', "retry.first: expected a duration" },
    ["half a signature"] = { SMTP .. 'dkim = { domain = "example.com" }', "dkim.key: missing" },
  } do
    it("is refused with " .. name, function()
      local line = error_of(case[1])
      assert.matches("^surfaces/x.lua:%d+: ", line)
      assert.matches(case[2], line, 1, true)
    end)
  end
end)
