-- random, time, log, metric, crypto and json as scripts have them, on the test kit.
local folders = require "spec.support.project_folder"
local kit = require "herald.testing"

local CAMPAIGN = [[return campaign {
  id = "note", channel = "email", surface = "mail", message = { subject = "{{context.found}}", text = "x" },
  on_trigger = function(trigger) %s end,
}]]

describe("a script's word", function()
  local dir, engine

  local function open(on_trigger, options)
    dir = folders.make {
      ["herald.lua"] = "return {}",
      ["surfaces/mail.lua"] = [[return surface { name = "mail", channel = "email", provider = "capture", from = "x@example.com" }]],
      ["campaigns/note.lua"] = CAMPAIGN:format(on_trigger),
    }
    options = options or {}
    options.project, options.now = dir, "2026-02-01T00:00:00Z"
    engine = kit.engine(options)
  end

  local function close()
    if engine then engine:close() end
    if dir then folders.remove(dir) end
    dir, engine = nil, nil
  end

  after_each(close)

  local function trigger()
    return engine:trigger("note", { userId = "jane@example.com", context = {} })
  end

  local function found(script, options)
    close()
    open("trigger.context.found = " .. script, options)
    local answer = trigger()
    assert(answer.status == 202, answer.body and answer.body.detail)
    return engine:delivered()[1].subject
  end

  local function refusal(script)
    close()
    open(script)
    return trigger().body.detail
  end

  it("random: comes of the spec's seed, math.random and crypto.random too", function()
    local script = 'random.integer(1, 1000000) .. " " .. math.random(1000000) .. " " .. random.text(8) .. " "'
      .. ' .. crypto.hex(crypto.random(4)) .. random.choice { "a", "b" } .. crypto.uuid()'
    local first = found(script, { seed = 7 })
    assert.equal(first, found(script, { seed = 7 }))
    assert.is_not.equal(first, found(script, { seed = 8 }))
  end)

  it("random: differs from trigger to trigger, and stays within its bounds", function()
    open [[trigger.context.found = random.integer(1, 1 << 60)
      for _ = 1, 200 do
        local n, x = random.integer(3, 5), random.number()
        assert(n >= 3 and n <= 5 and x >= 0 and x < 1 and math.random(2) <= 2)
      end]]
    trigger()
    trigger()
    assert.is_not.equal(engine:delivered()[1].subject, engine:delivered()[2].subject)
    assert.matches("there is nothing from 2 to 1", refusal "random.integer(2, 1)", 1, true)
  end)

  it("random: a branch draws the same whatever the others do", function()
    local one = 'parallel { a = function() %s return random.integer(1, 1000000) end, b = function() sleep(1) return random.number() end }.a'
    assert.equal(found(one:format ""), found(one:format 'sleep(5)'))
  end)

  it("time: is the engine's clock, in zones and languages", function()
    assert.equal("1769904000000", found "time.now()")
    assert.equal("2 juin 2026 01:30", found [[time.format(time.parse "2026-06-01T23:30:00Z", "d MMMM uuuu HH:mm", "Europe/Paris", "fr")]])
    assert.equal("2026-06-02T01:30:00.000+02:00", found [[time.format(time.parse "2026-06-01T23:30:00Z", nil, "Europe/Paris")]])
    assert.equal("2026-03-29T10:00:00.000+02:00",
      found [[time.format(time.add(time.parse("2026-03-28T10:00", "Europe/Paris"), "1 day", "Europe/Paris"), nil, "Europe/Paris")]])
    assert.equal("2026-03-29T11:00:00.000+02:00",
      found [[time.format(time.add(time.parse("2026-03-28T10:00", "Europe/Paris"), "24 hours", "Europe/Paris"), nil, "Europe/Paris")]])
    assert.equal("2026-02-28T00:00:00.000Z", found [[time.format(time.add(time.parse "2026-03-31T00:00:00Z", "-1 month"))]])
    assert.equal("2026 6 2 1 30 2 +02:00", found [[(function() local p = time.parts(time.parse "2026-06-01T23:30:00Z", "Europe/Paris")
      return p.year .. " " .. p.month .. " " .. p.day .. " " .. p.hour .. " " .. p.minute .. " " .. p.weekday .. " " .. p.offset end)()]])
    assert.matches('campaigns/note.lua:3: time.add: expected an amount such as "2 days"', refusal 'time.add(0, "soon")', 1, true)
    assert.matches('there is no time zone "Mars/One"', refusal 'time.parts(0, "Mars/One")', 1, true)
    assert.matches("campaigns/note.lua:3: time.format: ", refusal 'time.format(0, "d{")', 1, true)
  end)

  it("json: keeps whole numbers, null and lists", function()
    assert.equal('{"a":[],"b":9007199254740993,"c":null,"d":10.50}', found [[json.encode(
      (function() local t = json.decode '{"a":[],"b":9007199254740993,"c":null}' assert(t.c == json.null) t.d = json.number "10.50" return t end)())]])
    assert.equal("invalid-json", found [[select(3, json.decode "{")]])
  end)

  it("crypto: signs, and encrypts under a secret", function()
    assert.equal("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", found 'crypto.sha256_hex "abc"')
    assert.equal("hello truefalse", found [[(function()
      local sealed = crypto.encrypt(secret "KEY_OF_MORE_BYTES", "hello", "x")
      return crypto.decrypt(secret "KEY_OF_MORE_BYTES", sealed, "x") .. " " .. tostring(crypto.decrypt(secret "KEY_OF_MORE_BYTES", sealed, "y") == nil)
        .. tostring(crypto.equal("a", secret "KEY_OF_MORE_BYTES")) end)()]])
  end)

  it("metric: counts at /metrics, within bounds", function()
    open [[metric.add("orders", 2, { kind = 'a"b' }) metric.add("orders", 1, { kind = 'a"b' }) metric.set("stock", -1.5)
      for n = 1, 120 do metric.add("many", 1, { n = n }) end pcall(metric.set, "orders", 1)]]
    trigger()
    local text = engine:request { path = "/metrics" }.text
    assert.matches('herald_script_orders{kind="a\\"b"} 3\n', text, 1, true)
    assert.matches("# TYPE herald_script_stock gauge\nherald_script_stock -1.5\n", text, 1, true)
    assert.matches('herald_script_many{n="other"} 20\n', text, 1, true)
    assert.is_nil(text:find('n="120"', 1, true))
    assert.matches("campaigns/note.lua:3: metric.add: expected a name", refusal 'metric.add("Bad name")', 1, true)
    assert.matches("a counter only grows", refusal 'metric.add("x", -1)', 1, true)
  end)

  it("log: says where, hides the recipient, and is bounded", function()
    open [[log.info("a line for jane@example.com", { who = "jane@example.com", n = 3, at = "forged" }) for _ = 1, 300 do log.debug "x" end]]
    local lines = {}
    engine.engine.log = setmetatable({}, { __index = function(_, level) return function(_, text, fields) lines[#lines + 1] = { level, text, fields } end end })
    assert.equal(202, trigger().status)
    assert.equal("a line for ***", lines[1][2])
    local fields = lines[1][3]
    assert.same({ "***", 3, "note", "campaigns/note.lua:3", "forged" }, { fields.who, fields.n, fields.campaign, fields.at, fields["script.at"] })
    assert.equal("string", type(fields.request))
    local debug_lines = 0
    for _, line in ipairs(lines) do debug_lines = debug_lines + (line[2] == "x" and 1 or 0) end
    assert.equal(99, debug_lines)
    assert.matches("log: t: expected a text", refusal "log.info('x', { t = {} })", 1, true)
  end)
end)
