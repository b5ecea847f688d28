local campaign = require "herald.campaign"
local folder = require "spec.support.folder"
local payload = require "herald.payload"
local window = require "herald.window"

local campaign_file = folder.campaign

local function built(fields, more)
  local files = more or {}
  files["campaigns/x.lua"] = campaign_file(fields)
  local loaded = folder.good(files)
  local _, found = next(loaded.campaigns)
  return found, loaded
end

local function error_of(fields, more)
  local files = more or {}
  files["campaigns/x.lua"] = campaign_file(fields)
  local lines = folder.errors(files)
  assert.equal(1, #lines, table.concat(lines, "\n"))
  return lines[1]
end

local function as_version(found)
  return { campaign = found.id, hash = found.hash, definition = found.definition_text, bundle = found.bundle }
end

describe("a campaign's file", function()
  it("gives plain data with the templates in it", function()
    local found = built({ message = '{ subject = "Hi", html = campaign.template "hi.html" }' }, { ["templates/hi.html"] = "<b>Hi</b>" })
    assert.same({
      id = "hello", title = "Hello", category = "transactional", channel = "email", surface = "mail", namespace = "email",
      profile = { create = true },
      message = { subject = { source = "Hi" }, html = { source = "<b>Hi</b>", file = "templates/hi.html" } },
    }, found.definition)
    assert.same(found.definition, payload.parse(found.definition_text):value(1))
  end)

  it("keeps its functions beside the data", function()
    local found = built { on_trigger = "function(trigger) return trigger end", on_event = "function() end" }
    assert.equal("t", found.on_trigger "t")
    assert.is_function(found.on_event)
    assert.is_nil(found.definition.on_trigger)
  end)

  it("may use the word as a global or by require", function()
    built {}
    folder.good { ["campaigns/x.lua"] = 'local c = require "campaign"\n' .. campaign_file():gsub("return campaign", "return c") }
  end)

  it("turns dates into instants", function()
    local found = built { starts = '"2026-01-01T00:00:00Z"', ends = '"2026-06-01 09:00"', timezone = '"Europe/Paris"', expires_after = '"30 minutes"' }
    assert.equal(window.parse "2026-01-01T00:00:00Z", found.starts_ms)
    assert.equal(window.parse "2026-06-01T07:00:00Z", found.ends_ms)
    assert.equal(1800000, found.expires_after_ms)
  end)

  it("has to say its namespace where the channel has none", function()
    local hook = { ["surfaces/hook.lua"] = 'return surface { name = "hook", channel = "webhook", provider = "capture" }' }
    assert.matches("namespace: missing: expected a string",
      error_of({ channel = '"webhook"', surface = '"hook"', namespace = false, message = '{ body = "x" }' }, hook), 1, true)
  end)

  for name, case in pairs {
    ["an id with spaces"] = { { id = '"a b"' }, 'id: expected letters, digits' },
    ["an id that is too long"] = { { id = '("x"):rep(65)' }, "id: longer than 64 characters" },
    ["no id"] = { { id = false }, "id: missing" },
    ["no channel"] = { { channel = false }, "channel: missing" },
    ["no surface"] = { { surface = false }, "surface: missing: expected a string" },
    ["no message"] = { { message = false }, "message: missing: expected a table" },
    ["a channel that is not there"] = { { channel = '"emial"' }, 'channel: there is no channel "emial"; did you mean "email"?' },
    ["a category that is not there"] = { { category = '"news"' }, 'category: expected one of "transactional", "marketing", got "news"' },
    ["a field that is not there"] = { { expires = '"1 hour"' }, "expires: unknown field" },
    ["a date without an offset or a zone"] = { { starts = '"2026-01-01T00:00:00"' }, "starts: " },
    ["a date that is not one"] = { { ends = '"tomorrow"' }, "ends: " },
    ["a date that does not exist"] = { { ends = '"2026-02-30T00:00:00Z"' }, "ends: " },
    ["a zone that is not there"] = { { timezone = '"Europe/Pariss"' }, 'timezone: there is no time zone "Europe/Pariss"' },
    ["an end before its start"] = { { starts = '"2026-01-01T00:00:00Z"', ends = '"2025-01-01T00:00:00Z"' }, "ends: has to be later than starts" },
    ["an end at its start"] = { { starts = '"2026-01-01T00:00:00Z"', ends = '"2026-01-01T01:00:00+01:00"' }, "ends: has to be later than starts" },
    ["a duration that is not one"] = { { expires_after = '"soon"' }, "expires_after: expected a duration" },
    ["a duration of nothing"] = { { expires_after = '"0 seconds"' }, "expires_after: " },
    ["a context type that is not there"] = { { context = '{ a = "strng" }' }, 'context.a: there is no type "strng"' },
    ["a profile rule that is not there"] = { { profile = "{ make = true }" }, "profile.make: unknown field" },
    ["a function that is not one"] = { { on_trigger = '"x"' }, "on_trigger: expected a function, got a string" },
    ["a message of the wrong shape"] = { { message = '"x"' }, "message: expected a table, got a string" },
    ["a text of the wrong type"] = { { message = '{ subject = 5, text = "x" }' }, "message.subject: expected a string, got an integer" },
    ["a missing subject"] = { { message = '{ text = "x" }' }, "message.subject: missing: expected a string" },
    ["another channel's field"] = { { message = '{ subject = "x", badge = 5 }' }, "message.badge: unknown field" },
    ["headers that are no texts"] = { { message = '{ subject = "x", headers = { ["X-A"] = 5 } }' }, "message.headers.X-A: expected a string" },
    ["messages without its own channel"] = { { message = false, messages = '{ sms = { text = "x" } }' }, "messages.email: missing" },
    ["a message that is told twice"] = { { messages = '{ email = { subject = "x" } }' }, "message: messages.email says it too" },
    ["a secret in a text"] = { { message = '{ subject = secret "PATH", text = "x" }' }, "secret PATH is missing" },
    ["an error of its own"] = { { title = "error 'broken'" }, "broken" },
  } do
    it("is refused with " .. name, function()
      local line = folder.errors({ ["campaigns/x.lua"] = campaign_file(case[1]) })[1]
      assert.matches("^campaigns/x.lua:%d+: ", line)
      assert.matches(case[2], line, 1, true)
    end)
  end

  it("never lets a secret into the definition", function()
    local _, errors = folder.load({ ["campaigns/x.lua"] = campaign_file { message = '{ subject = secret "KEY", text = "x" }' } }, { KEY = "hunter2" })
    assert.matches("message.subject: expected a string, got a secret", tostring(errors), 1, true)
    assert.is_nil(tostring(errors):find("hunter2", 1, true))
  end)

  it("has to return a campaign", function()
    for _, source in ipairs { "return {}", "return 5", "", "campaign {}", 'return surface and 1 or 2', "return require 'campaign'" } do
      assert.matches("campaigns/x.lua", folder.errors({ ["campaigns/x.lua"] = source })[1], 1, true)
    end
    assert.matches("campaign: expected a table, got string", folder.errors({ ["campaigns/x.lua"] = "local c = campaign 'x' return c" })[1], 1, true)
  end)
end)

describe("campaign.template", function()
  it("says which file is not there, with the line", function()
    assert.same({ "campaigns/x.lua:3: campaign.template: there is no file templates/none.html" }, folder.errors {
      ["campaigns/x.lua"] = 'return campaign { id = "x", channel = "email", surface = "mail", namespace = "email",\n'
        .. '  message = {\n    subject = "x", html = campaign.template "none.html",\n  } }',
    })
  end)

  for _, name in ipairs { "../herald.lua", "a/../../secrets/KEY", "/etc/passwd", "./../x", "a//b", "..", ".", "", "a\\..\\b", "a\0b" } do
    it(("refuses %q"):format(name), function()
      local line = error_of({ message = ('{ subject = "x", html = campaign.template %q }'):format(name) },
        { ["herald.lua"] = "return {}" })
      assert.matches("campaign.template: ", line, 1, true)
    end)
  end

  it("refuses what is no name", function()
    assert.matches("expected the name of a file", error_of { message = '{ subject = "x", html = campaign.template {} }' })
  end)
end)

describe("a campaign's version", function()
  local files = {
    ["lib/names.lua"] = "return { hello = 'Hello' }",
    ["lib/unused.lua"] = "return {}",
    ["templates/hi.html"] = 'Hi {{fragment id="footer"}}',
    ["templates/fragments/footer.html"] = "Bye {{fragment id='legal'}}",
    ["templates/fragments/legal.html"] = "Ltd",
    ["templates/fragments/unused.html"] = "x",
  }
  local fields = {
    title = 'require("lib.names").hello', message = '{ subject = "Hi", html = campaign.template "hi.html" }',
    on_trigger = "function() return 'ran' end",
  }

  local function with(changes)
    local all = {}
    for path, text in pairs(files) do all[path] = text end
    for path, text in pairs(changes or {}) do all[path] = text end
    return (built(fields, all))
  end

  it("is made of every file that it read, fragments too", function()
    local paths = {}
    for path in pairs(payload.parse(with().bundle):value(1).files) do paths[#paths + 1] = path end
    table.sort(paths)
    assert.same({ "campaigns/x.lua", "lib/names.lua", "templates/fragments/footer.html", "templates/fragments/legal.html", "templates/hi.html" }, paths)
  end)

  it("has the same name for the same content", function()
    assert.equal(with().hash, with().hash)
    assert.matches("^%x+$", with().hash)
    assert.equal(64, #with().hash)
    assert.equal(with().hash, with({ ["lib/unused.lua"] = "changed", ["templates/fragments/unused.html"] = "changed" }).hash)
  end)

  it("has another name when anything that it read changes", function()
    for path in pairs(payload.parse(with().bundle):value(1).files) do
      if path ~= "campaigns/x.lua" then
        local changed = files[path]:gsub("Hello", "Good day"):gsub("Hi", "Ho"):gsub("Bye", "Ciao"):gsub("Ltd", "Inc")
        assert.not_equal(with().hash, with({ [path] = changed }).hash, path)
      end
    end
  end)

  it("is built again from what the store keeps", function()
    local first, loaded = built(fields, with() and files)
    local again = assert(campaign.from_version(as_version(first), { channels = loaded.channels, secrets = function() end }))
    assert.same(first.definition, again.definition)
    assert.equal(first.hash, again.hash)
    assert.equal(first.bundle, again.bundle)
    assert.equal("ran", again.on_trigger())
    assert.equal("Ltd", again.fragments "legal")
    assert.is_nil(again.fragments "unused")
  end)

  it("is built again although a secret is gone", function()
    local source = 'local key = secret "KEY"\n' .. campaign_file { on_trigger = "function() return key end" }
    local loaded = folder.good({ ["campaigns/x.lua"] = source }, { KEY = "hunter2" })
    local found = loaded.campaigns.hello
    assert.is_nil(found.bundle:find("hunter2", 1, true))
    assert.is_nil(found.definition_text:find("hunter2", 1, true))
    local again = assert(campaign.from_version(as_version(found), { channels = loaded.channels, secrets = function() end }))
    assert.equal("secret(KEY)", tostring(again.on_trigger()))
  end)

  it("keeps files that are no text", function()
    local first, loaded = built({ message = '{ subject = "x", html = campaign.template "latin.html" }' }, { ["templates/latin.html"] = "caf\xe9" })
    assert.is_truthy(payload.parse(first.bundle))
    local again = assert(campaign.from_version(as_version(first), loaded))
    assert.equal("caf\xe9", again.definition.message.html.source)
  end)

  it("says what is wrong with one that cannot be read", function()
    local _, loaded = built {}
    assert.is_nil((campaign.from_version({ campaign = "x", hash = "h", definition = "{}", bundle = "not json" }, loaded)))
    assert.is_nil((campaign.from_version({ campaign = "x", hash = "h", definition = "{}", bundle = '{"format":99}' }, loaded)))
    local none, failure = campaign.from_version({ campaign = "x", hash = "h", definition = "{}" }, loaded)
    assert.is_nil(none)
    assert.matches("channel: missing", tostring(failure))
  end)

  it("is copied under another id", function()
    local first, loaded = built(fields, with() and files)
    local copy = assert(campaign.duplicate(as_version(first), "hello-copy", loaded))
    assert.equal("hello-copy", copy.id)
    assert.equal("hello-copy", copy.definition.id)
    assert.not_equal(first.hash, copy.hash)
    local again = assert(campaign.from_version(as_version(copy), loaded))
    assert.equal("hello-copy", again.id)
    assert.equal(copy.hash, again.hash)
    assert.equal("ran", again.on_trigger())
  end)

  it("says which fragment is not there", function()
    assert.matches('message.html: there is no fragment "none" (templates/fragments/none.html)',
      error_of { message = [[{ subject = "x", html = '{{fragment id="none"}}' }]] }, 1, true)
  end)
end)

describe("a definition from the API", function()
  local loaded = folder.good { ["templates/fragments/footer.html"] = "Bye" }
  local data = {
    id = "from-api", title = "From the API", channel = "email", surface = "mail", namespace = "email",
    message = { subject = "Hi", html = "<p>Hi</p>" }, starts = payload.null,
  }

  it("passes the same schema", function()
    local found = assert(campaign.from_data(data, loaded))
    assert.equal("Hi", found.definition.message.subject.source)
    assert.is_nil(found.definition.starts)
    local _, errors = campaign.from_data({ id = "x", channel = "email", surface = "mail", namespace = "email", message = { subjekt = "x" } }, loaded)
    assert.equal('message.subjekt: unknown field; did you mean "subject"?\nmessage.subject: missing: expected a string', tostring(errors))
  end)

  it("takes back what it gave", function()
    local found = assert(campaign.from_data(data, loaded))
    local again = assert(campaign.from_data(payload.parse(found.definition_text):value(1), loaded))
    assert.equal(found.hash, again.hash)
    assert.equal(found.definition_text, again.definition_text)
  end)

  it("has no functions", function()
    local copy = { on_trigger = "function() end" }
    for name, value in pairs(data) do copy[name] = value end
    local _, errors = campaign.from_data(copy, loaded)
    assert.matches("on_trigger: unknown field", tostring(errors))
  end)

  it("agrees with the address that it was put to", function()
    assert.equal("from-api", campaign.from_data(data, loaded, { id = "from-api" }).id)
    local _, errors = campaign.from_data(data, loaded, { id = "other" })
    assert.matches('id: is "from-api", but the address says "other"', tostring(errors), 1, true)
  end)

  it("has to be an object", function()
    local _, errors = campaign.from_data("x", loaded)
    assert.equal("expected an object", tostring(errors))
  end)

  it("keeps the fragments that it uses", function()
    local with_footer = { id = "f", channel = "email", surface = "mail", namespace = "email", message = { subject = "x", html = '{{fragment id="footer"}}' } }
    local found = assert(campaign.from_data(with_footer, loaded))
    local again = assert(campaign.from_version(as_version(found), { channels = loaded.channels }))
    assert.equal("Bye", again.fragments "footer")
    assert.equal(found.hash, again.hash)
    local changed = folder.good { ["templates/fragments/footer.html"] = "Ciao" }
    assert.not_equal(found.hash, campaign.from_data(with_footer, changed).hash)
  end)
end)
