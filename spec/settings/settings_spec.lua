local folder = require "spec.support.folder"
local settings = require "herald.settings"

local function load(source, secrets)
  return folder.good({ ["herald.lua"] = source }, secrets).settings
end

describe("settings", function()
  it("all have defaults", function()
    local found = folder.good({}).settings
    assert.same(settings.defaults(), found)
    assert.equal("127.0.0.1:8025", found.listen)
    assert.equal("reviewed", found.activation)
    assert.equal(20, found.limits.recipients)
    assert.equal(200000, found.limits.context)
    assert.is_nil(found.limits.rate)
    assert.equal(8000000, found.limits.body)
    assert.equal(10000, found.limits.header_time_ms)
    assert.equal(86400000, found.idempotency_ms)
    assert.equal(90 * 86400000, found.retention_ms)
    assert.same({ key = 512, value = 64000, keys = 1000000 }, found.limits.kv)
    assert.same({
      instructions = 10000000, cpu = "150 ms", cpu_ms = 150, memory = 16000000, time = "10 seconds", time_ms = 10000,
      requests = 20, messages = 100,
    }, found.limits.on_trigger)
    assert.is_nil(found.limits.most)
    assert.same({ after = 10, within = "1 minute", within_ms = 60000, time = "5 minutes", time_ms = 300000 }, found.parking)
    assert.same({ format = "logfmt", level = "info" }, found.log)
    assert.is_false(found.watch)
  end)

  it("take what is said and keep the rest", function()
    local found = load 'return { listen = "0.0.0.0:80", limits = { context = "10 kB", on_trigger = { cpu = "20 ms" } }, log = { level = "debug" } }'
    assert.equal("0.0.0.0:80", found.listen)
    assert.equal(10000, found.limits.context)
    assert.equal(20, found.limits.on_trigger.cpu_ms)
    assert.equal(20, found.limits.recipients)
    assert.equal("debug", found.log.level)
  end)

  it("do not change the defaults of others", function()
    load 'return { limits = { recipients = 5 } }'
    assert.equal(20, settings.defaults().limits.recipients)
  end)

  for name, case in pairs {
    ["less for campaigns that ask than for those that do not"] = {
      'return { limits = { most = { cpu = "20 ms" } } }', "herald.lua:1: limits.most.cpu: has to be limits.on_trigger.cpu (150 ms) or more",
    },
    ["parking for no time"] = { 'return { parking = { time = "0 seconds" } }', "parking.time: expected more than no time" },
    ["an unknown name"] = { 'return {\n  limits = { recipient = 5 },\n}', 'herald.lua:2: limits.recipient: unknown field; did you mean "recipients"?' },
    ["an activation that is not there"] = { 'return { activation = "auto" }', "activation: expected one of" },
    ["an address that is none"] = { 'return { listen = "here" }', "listen: expected an address" },
    ["half of TLS"] = { 'return { tls = { certificate = "a.pem" } }', "tls.key: missing" },
    ["no table"] = { "return 5", "the file has to return a table of settings" },
    ["an error of its own"] = { "return nothing", "the global 'nothing' is not set" },
    ["a size that is none"] = { "return { limits = { body = 'much' } }", "limits.body: expected a size" },
    ["more workers than there can be"] = { "return { workers = 257 }", "workers: expected at most 256" },
    ["a rate that is none"] = { "return { limits = { rate = 5 } }", "limits.rate: expected a rate" },
    ["a size beyond all bounds"] = { "return { limits = { body = '99999999999 GB' } }", "limits.body: expected from 1 to 1073741824 bytes" },
    ["a size of nothing"] = { "return { limits = { header = '0 kB' } }", "limits.header: expected from 256 to 1048576 bytes" },
    ["no time to remember"] = { "return { idempotency = '0 seconds' }", "idempotency: expected more than no time" },
    ["a time beyond all bounds"] = { "return { limits = { idle_time = '900 days' } }", "limits.idle_time: expected at most 86400 seconds" },
    ["a link without the message's id"] = { 'return { links = { mirror = "https://x.example/m" } }', "links.mirror: expected a web address with {id}" },
    ["keys without end"] = { "return { limits = { kv = { key = '9 kB' } } }", "limits.kv.key: expected from 1 to 8192 bytes" },
    ["no recipients"] = { "return { limits = { recipients = 0 } }", "limits.recipients: expected at least 1" },
  } do
    it("are refused with " .. name, function()
      assert.matches(case[2], folder.errors({ ["herald.lua"] = case[1] })[1], 1, true)
    end)
  end
end)
