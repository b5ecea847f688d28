local generate = require "herald.testing.generate"
local kit = require "herald.testing"
local project_folder = require "spec.support.project_folder"
local randoms = require "herald.testing.random"

local function campaign(id, more)
  return ([[
    local campaign = require "campaign"
    return campaign {
      id = %q, title = "X", channel = "email", surface = "mail", namespace = "email",
      context = { name = "string", link = "url", count = "integer", price = "number?", list = "array?", more = "object?", any = "any?",
        mail = "email?", yes = "boolean" },
      message = { subject = "{{context.name}}", html = "<p>{{context.name}}</p>", text = "{{context.count}}" },
      %s
    }]]):format(id, more or "")
end

local FILES = {
  ["herald.lua"] = "return {}",
  ["surfaces/mail.lua"] = 'return surface { name = "mail", channel = "email", provider = "capture", from = "Shop <shop@example.com>" }',
  ["campaigns/sound.lua"] = campaign "sound",
  ["campaigns/once.lua"] = campaign("once", 'on_trigger = function(t) if not t:once(t.recipient.userId, "1 day") then t:skip "twice" end end'),
  ["campaigns/late.lua"] = campaign("late", 'on_trigger = function(t) t:delay "3 days" end'),
  ["campaigns/refusing.lua"] = campaign("refusing", 'on_trigger = function(t) if t.context.count < 0 then t:reject "negative" end end'),
  ["campaigns/breaking.lua"] = campaign("breaking", 'on_trigger = function(t) if t.context.count > 1000 then error "too many" end end'),
}

describe("kit.check", function()
  local dir

  setup(function() dir = project_folder.make(FILES) end)
  teardown(function() project_folder.remove(dir) end)

  local function check(id, invariant, options)
    local all = { project = dir, runs = 100 }
    for name, value in pairs(options or {}) do all[name] = value end
    kit.check(id, invariant, all)
  end

  local function complaint_of(...)
    local ok, failure = pcall(check, ...)
    assert(not ok, "it did not fail")
    return tostring(type(failure) == "table" and failure.message or failure)
  end

  it("calls the invariant with each message, its context and the answer", function()
    local count = 0
    check("sound", function(message, context, answer)
      count = count + 1
      assert.equal(("%d"):format(context.count), message.text)
      assert.equal(202, answer.status)
    end)
    assert.equal(100, count)
  end)

  for _, id in ipairs { "once", "late" } do
    it("sees every message of a campaign that sends " .. id, function()
      local count = 0
      check(id, function(message)
        count = count + 1
        assert.is_string(message.subject)
      end, { runs = 20 })
      assert.equal(20, count)
    end)
  end

  it("takes a refusal by the campaign for an answer", function()
    local count = 0
    check("refusing", function(_, context)
      count = count + 1
      assert.is_true(context.count >= 0)
    end)
    assert.is_true(count > 20 and count < 100)
  end)

  it("fails with the smallest context that breaks the invariant", function()
    local complaint = complaint_of("sound", function(message, context)
      assert(not (context.count > 0 and #context.name > 3), "too long")
    end)
    local shown = complaint:match "breaks with the context\n  ([^\n]+)"
    local doc = require("herald.json").decode(shown)
    assert.equal(4, #doc.name)
    assert.same({ 1, "https://a.b", false }, { doc.count, doc.link, doc.yes })
    assert.is_nil(doc.price or doc.list or doc.more or doc.any or doc.mail)
    assert.matches("property_spec.lua:%d+: kit.check: sound", complaint)
    assert.matches("too long", complaint)
  end)

  it("repeats the run that it names", function()
    local function invariant(_, context) assert(context.count < 100) end
    local complaint = complaint_of("sound", invariant)
    local seed, run = complaint:match "{ seed = (%d+), run = (%d+) }"
    local again = complaint_of("sound", invariant, { seed = tonumber(seed), run = tonumber(run) })
    assert.equal(complaint:match "the first one was [^\n]+", again:match "the first one was [^\n]+")
    assert.is_true(pcall(check, "sound", invariant, { seed = 1, run = tonumber(run) - 1 }) or tonumber(run) == 1)
  end)

  it("fails where the campaign's script does", function()
    local complaint = complaint_of("breaking", function() end)
    assert.matches('"count":1001', complaint, 1, true)
    assert.matches("script-error", complaint, 1, true)
    assert.matches("too many", complaint, 1, true)
  end)

  it("lets the spec say who, on which engine, and change the context", function()
    local engine <close> = kit.engine { project = dir }
    check("sound", function(message, context)
      assert.matches("^someone", message.to)
      assert.equal("Jane", context.name)
    end, {
      engine = engine, runs = 3,
      recipient = function(number) return { userId = ("someone%d@example.com"):format(number) } end,
      context = function(context, random)
        context.name = random:one_of { "Jane" }
        return context
      end,
    })
    assert.equal(3, #engine:delivered())
  end)

  it("refuses campaigns and options that are not there", function()
    assert.matches('there is no campaign "none"', complaint_of("none", function() end), 1, true)
    assert.matches("unknown option 'run_s'", complaint_of("sound", function() end, { run_s = 1 }), 1, true)
    assert.matches("option 'runs': expected a number", complaint_of("sound", function() end, { runs = "1" }), 1, true)
  end)
end)

describe("a generated context", function()
  local DECLARED = { a = "string", b = "string?", c = "integer", d = "url" }

  it("is the same for one seed and run, and another for the next", function()
    local payload = require "herald.payload"
    local function shown(seed, run) return payload.encode(generate.context(DECLARED, randoms.new(seed, run))) end
    assert.equal(shown(1, 1), shown(1, 1))
    assert.not_equal(shown(1, 1), shown(1, 2))
    assert.not_equal(shown(1, 1), shown(2, 1))
  end)

  it("is hostile, long, empty and without what may be missing", function()
    local seen, missing, null, longest = {}, 0, 0, 0
    local payload = require "herald.payload"
    for run = 1, 2000 do
      local context = generate.context(DECLARED, randoms.new(1, run))
      assert.is_string(context.a)
      assert.equal("integer", math.type(context.c))
      seen[context.a] = true
      longest = math.max(longest, #context.a)
      if context.b == nil then missing = missing + 1 elseif context.b == payload.null then null = null + 1 end
    end
    for _, hostile in ipairs { "", "{{context.x}}", "<script>alert(1)</script>", "line\r\nBcc: evil@example.com", "\u{202E}desrever\u{202C}" } do
      assert.is_true(seen[hostile], ("%q never came"):format(hostile))
    end
    assert.is_true(longest >= 10000)
    assert.is_true(missing > 100 and null > 50)
  end)
end)
