-- Helpers that a project writes in Lua, and encrypt.

local command = require "spec.support.command"
local crypto = require "herald.crypto"
local kit = require "herald.testing"
local project = require "herald.project"
local support = require "spec.template.support"
local template_helpers = require "herald.template_helpers"

local DATA = [==[{"n": 4, "half": 0.5, "name": "Jane", "yes": true, "none": null, "list": [1, "a", null], "map": {"k": [true]}}]==]

describe("a helper", function()
  local seen
  local helpers = {
    see = function(...) seen = table.pack(...) end,
    double = function(value) return value * 2 end,
    link = function(text, options) return ("<a href=%s>%s</a>"):format(options.to, text) end,
    is_four = function(value) return value == 4 end,
    fails = function() error("no such thing", 0) end,
    fails_oddly = function() error({}) end,
    waits = function() coroutine.yield() end,
    table = function() return {} end,
    endless = function() return 0 / 0 end,
    latin = function() return "caf\xe9" end,
    name = function() return "the helper" end,
  }
  local options = { mode = "html", helpers = helpers }

  local function render(source) return support.render(source, DATA, options) end

  it("gets values as Lua has them, and key=value as a table behind them", function()
    assert.equal("", render "{{see n half name yes none gone list map a=n b='x'}}")
    assert.equal(9, seen.n)
    assert.equal("integer", math.type(seen[1]))
    assert.same({ 4, 0.5, "Jane", true }, table.move(seen, 1, 4, 1, {}))
    assert.is_nil(seen[5])
    assert.is_nil(seen[6])
    assert.equal("a", seen[7][2])
    assert.is_nil(seen[7][3])
    assert.is_true(seen[8].k[1])
    assert.same({ a = 4, b = "x" }, seen[9])
    render "{%= see([1, [n]], now()) %}"
    assert.equal(4, seen[1][2][1])
    assert.matches("^%d+%-%d%d%-%d%dT", seen[2])
  end)

  it("gets nil for null inside of maps and arrays, which then say their length", function()
    support.render("{{see o l e}}", [==[{"o": {"z": null, "in": {"z": null, "a": 1}}, "l": [null, {"z": null}, null], "e": [1]}]==], options)
    assert.same({ ["in"] = { a = 1 } }, seen[1])
    assert.same({ nil, {}, nil, n = 3 }, setmetatable(seen[2], nil))
    assert.is_nil(seen[3].n)
    support.render("{%= see([null, 1]) %}", "{}", options)
    assert.equal(2, seen[1].n)
    assert.is_nil(seen[1][1])
  end)

  it("gets that table where there is no key=value, too", function()
    render "{{see n}}"
    assert.same({ 4, {}, n = 2 }, seen)
    render "{{see}}"
    assert.same({ {}, n = 1 }, seen)
    render "{%= see('x') %}{{#if (see)}}{{/if}}"
    assert.same({ {}, n = 1 }, seen)
  end)

  it("gives a string, a number, a boolean or nil", function()
    assert.equal("8 1 []", render "{{double n}} {{double half}} [{{see}}]")
    assert.equal("&lt;a href&#x3D;x&gt;y&lt;/a&gt; <a href=x>y</a>", render "{{link 'y' to='x'}} {{{link 'y' to='x'}}}")
    assert.equal("yes", render "{{#if (is_four n)}}yes{{/if}}")
    assert.equal("9 yes", render "{%= double(n) + 1 %}{%#if is_four(n)%} yes{%/if%}")
    assert.matches("table: gave a table; it may give a string, a number, a boolean or nil", render "{{table 1}}", 1, true)
    assert.matches("latin: gave a text that is not valid UTF-8", render "{{latin}}", 1, true)
    assert.matches("endless: gave a number that is not finite", render "{{endless 1}}", 1, true)
  end)

  it("comes before a member of its name, unless that is meant", function()
    assert.equal("the helper Jane Jane", render "{{name}} {{this.name}} {{./name}}")
  end)

  it("fails the rendering when it raises", function()
    assert.equal("cannot render (render-error): template:1:3: fails: no such thing", render "{{fails 1}}")
    assert.matches("fails_oddly: raised an error that is a table, not a text", render "{{fails_oddly}}")
    assert.matches("double: .*attempt to mul", render "{{double 'x'}}")
  end)

  it("cannot wait", function()
    assert.matches("a helper cannot wait", render "{{waits}}")
    assert.matches("a helper cannot wait", coroutine.wrap(function() return render "{{waits}}" end)())
  end)

  it("works inside a coroutine", function()
    assert.equal("8", coroutine.wrap(function() return render "{{double n}}" end)())
  end)
end)

describe("encrypt", function()
  local secrets = { RAW = ("k"):rep(32), HEX = ("0f"):rep(32), BASE64 = crypto.base64(("z"):rep(32)), SHORT = "x" }
  local helpers = template_helpers.load({ secrets = function(name) return secrets[name] end }, {}, {})
  local function render(source) return support.render(source, DATA, { helpers = helpers }) end

  it("gives nonce, ciphertext and tag as base64url", function()
    for name, key in pairs { RAW = ("k"):rep(32), HEX = ("\15"):rep(32), BASE64 = ("z"):rep(32) } do
      local text = render(("{{encrypt name keyName=%q}}"):format(name))
      assert.is_nil(text:find "[^%w_-]")
      local sealed = crypto.unbase64url(text)
      assert.equal(12 + 4 + 16, #sealed)
      assert.equal("Jane", crypto.aes_gcm_decrypt(key, sealed))
      assert.not_equal(text, render(("{{encrypt name keyName=%q}}"):format(name)))
    end
    assert.equal("4", crypto.aes_gcm_decrypt(secrets.RAW, crypto.unbase64url(render "{{encrypt n keyName='RAW'}}")))
  end)

  it("says what is wrong", function()
    assert.matches("encrypt: expected the name of a secret", render "{{encrypt name}}")
    assert.matches("encrypt: the secret GONE is missing", render "{{encrypt name keyName='GONE'}}")
    assert.matches("the secret SHORT is no key of 32 bytes", render "{{encrypt name keyName='SHORT'}}")
    assert.matches("expected a string to encrypt, got nil", render "{{encrypt gone keyName='RAW'}}")
  end)
end)

describe("templates/helpers.lua", function()
  local HEAD = 'return campaign { id = "x", title = "X", channel = "email", surface = "mail", namespace = "email", '

  local function files(helpers, text)
    return {
      ["surfaces/mail.lua"] = 'return surface { name = "mail", channel = "email", provider = "capture", from = "a@b.c" }',
      ["campaigns/x.lua"] = HEAD .. ('message = { subject = "x", text = %q } }'):format(text or "{{shout profile.name}}"),
      ["templates/helpers.lua"] = helpers,
    }
  end

  local function load(helpers, text)
    local loaded, errors = project.load({ files = files(helpers, text) }, { share = os.getenv "HERALD_SOURCE" or "." })
    local lines = {}
    for _, failure in ipairs(errors or {}) do lines[#lines + 1] = tostring(failure) end
    return loaded, table.concat(lines, "\n")
  end

  local SHOUT = 'return { shout = function(text) return (text or "you"):upper() .. "!" end }'

  it("is part of the version where a template uses it", function()
    local used, unused = assert(load(SHOUT)).campaigns.x, assert(load(SHOUT, "plain")).campaigns.x
    assert.equal(SHOUT, used.files["templates/helpers.lua"])
    assert.is_nil(unused.files["templates/helpers.lua"])
    assert.not_equal(used.hash, assert(load(SHOUT .. " ")).campaigns.x.hash)
    assert.equal(unused.hash, assert(load(SHOUT .. " ", "plain")).campaigns.x.hash)
  end)

  it("has mistakes told with its name", function()
    for text, said in pairs {
      ["return 1"] = "templates/helpers.lua: the file has to return a table of functions",
      ["return { a = 1 }"] = "templates/helpers.lua: a: expected a function, got number",
      ["return { each = function() end }"] = "each is a word of the template language",
      ["return { upperCase = function() end }"] = "upperCase is a function of the language; choose another name",
      ["return { ['a b'] = function() end }"] = "is no name for a helper",
      ["return os.exit()"] = "templates/helpers.lua:1: ",
      ["while true do end"] = "templates/helpers.lua",
      ["return {"] = "templates/helpers.lua:1: ",
    } do
      local loaded, message = load(text)
      assert.is_nil(loaded)
      assert.is_truthy(message:find(said, 1, true), message)
    end
  end)

  it("raises what it likes, and a sentence is made of it", function()
    local raised = {
      ["local t = setmetatable({}, { __index = function() assert(false, {}) end }); return t.x"] = "raised an error that is a table, not a text",
      ["error({ code = 1 })"] = "raised an error that is a table, not a text",
      ["error(setmetatable({}, { __tostring = function() while true do end end }))"] =
        "the script ran too many instructions (limits.on_trigger.instructions = 10000000)",
      ["error(function() end)"] = "raised an error that is a function, not a text",
      ["error(true)"] = "raised an error that is a boolean, not a text",
      ["error(nil)"] = "raised an error that is a nil, not a text",
      ["error(42)"] = "42",
      ["error('so')"] = "templates/helpers.lua:1: so",
    }
    for statement, expected in pairs(raised) do
      local source = { ["templates/helpers.lua"] = ("return { odd = function() %s end }"):format(statement) }
      local helpers = template_helpers.load({ words = {} }, source, {})
      local text = support.render("{{odd}}", DATA, { helpers = helpers })
      assert.equal("cannot render (render-error): template:1:3: odd: ", text:sub(1, 49))
      assert.equal(expected, text:sub(-#expected))
      assert.is_nil(text:find "0x")
    end
  end)

  it("is used by engines, within bounds", function()
    local folder = command.folder()
    local own = files('return { shout = function(text) return (text or "you"):upper() .. "!" end, spin = function() while true do end end }',
      "{{shout profile.name}}{{#if profile.bad}}{{spin 1}}{{/if}}")
    for path, text in pairs(own) do command.write(folder .. "/" .. path, text) end
    local engine = kit.engine { project = folder }
    engine:trigger("x", { userId = "a@b.c", profile = { name = "Jane" } })
    assert.equal("JANE!", engine:delivered()[1].text)
    local answer = engine:trigger("x", { userId = "a@b.c", profile = { bad = true } })
    local message = engine:message(answer.messages[1].id)
    assert.equal("excluded", message.state)
    assert.matches("spin: templates/helpers.lua:1: the script ran too many instructions (limits.on_trigger.instructions = 10000000)", message.reason, 1, true)
    engine:close()
    command.remove(folder)
  end)
end)
