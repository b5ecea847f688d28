local campaign = require "herald.campaign"
local folder = require "spec.support.folder"
local review = require "herald.review"
local secret = require "herald.secret"
local window = require "herald.window"

local NOW = window.parse "2026-11-23T10:00:00Z"

local function check(fields, more)
  local files = more or {}
  files["campaigns/x.lua"] = folder.campaign(fields)
  local loaded = folder.good(files)
  local _, found = next(loaded.campaigns)
  return review.check(found, loaded, NOW)
end

local function lines(list)
  local texts = {}
  for index, found in ipairs(list) do texts[index] = ("%s %s"):format(found.code, found.path) end
  return texts
end

local function message(fields)
  local all = { subject = "Hello", html = "<p>Hello</p>", text = "Hello" }
  for name, text in pairs(fields) do all[name] = text or nil end
  local parts = {}
  for name, text in pairs(all) do parts[#parts + 1] = ("%s = %q"):format(name, text) end
  return "{ " .. table.concat(parts, ", ") .. " }"
end

-- Asserts that the review finds exactly this.
local function finds(errors, warnings, fields, more)
  local result = check(fields, more)
  assert.same(errors, lines(result.errors))
  assert.same(warnings, lines(result.warnings))
  return result
end

describe("a review", function()
  it("passes the examples without an error", function()
    local project = require "herald.project"
    local loaded = assert(project.load(assert(project.read "examples")))
    for id, found in pairs(loaded.campaigns) do
      assert.same({}, lines(review.check(found, loaded, NOW).errors), id)
    end
  end)

  it("has nothing to say about a simple campaign", function()
    finds({}, {})
  end)

  it("gives each finding its file, line, path and sentence", function()
    local result = check { message = message { subject = "{{#if context.a}}x", text = "y" } }
    local found = result.errors[1]
    assert.equal("template-syntax", found.code)
    assert.equal("campaigns/x.lua", found.file)
    assert.is_number(found.line)
    assert.matches("^campaigns/x.lua:%d+: message.subject: line 1, column %d+: ", tostring(found))
  end)

  it("finds a template that does not compile in its own file and line", function()
    local result = check({ message = '{ subject = "x", html = campaign.template "a.html", text = "x" }' }, { ["templates/a.html"] = "<p>\n{{#if}}" })
    assert.equal("templates/a.html", result.errors[1].file)
    assert.equal(2, result.errors[1].line)
  end)

  it("warns of values inside scripts and the like, with their file and line", function()
    local result = check({ message = '{ subject = "x", html = campaign.template "a.html", text = "x" }' },
      { ["templates/a.html"] = "<script>\n'{{{campaign.title}}}'</script>{{> f}}", ["templates/fragments/f.html"] = "\n<p onclick='{{campaign.title}}'>" })
    assert.equal(0, #result.errors)
    local warned = {}
    for _, found in ipairs(result.warnings) do
      if found.code == "template-unsafe" then warned[#warned + 1] = tostring(found):match "^.-script" end
    end
    table.sort(warned)
    assert.same({
      "templates/a.html:2:2: message.html: a value inside a script",
      "templates/fragments/f.html:2:13: message.html: a value inside a script",
    }, warned)
  end)

  it("finds a name that is not there at its place in the template or the fragment that has it", function()
    local result = check({ context = '{ shop = "string" }', message = '{ subject = "{{nosuch}}", html = campaign.template "a.html", text = "x" }' }, {
      ["templates/a.html"] = "<p>\n\n  é {{context.nosuch}}\n{{context.system.a}}{{> f}}",
      ["templates/fragments/f.html"] = "\n{{shop}}",
    })
    local found = {}
    for _, error in ipairs(result.errors) do found[#found + 1] = ("%s %s"):format(error.code, error) end
    table.sort(found)
    assert.matches("^context%-system templates/a.html:4:3: message.html: context.system is reserved", found[1])
    assert.matches("^name%-undeclared templates/a.html:3:7: message.html: {{context.nosuch}} is not declared", found[2])
    assert.matches("^name%-unknown campaigns/x.lua:%d+: message.subject: line 1, column 3: {{nosuch}}", found[3])
    assert.matches("^name%-unknown templates/fragments/f.html:2:3: message.html: {{shop}} .* did you mean {{context.shop}}", found[4])
    assert.equal(4, #found)
  end)

  it("finds a fragment that is missing where it is put in", function()
    local _, faults = folder.load({
      ["campaigns/x.lua"] = folder.campaign { message = '{ subject = "x", html = campaign.template "a.html", text = "x" }' },
      ["templates/a.html"] = "é{{fragment id='f'}}", ["templates/fragments/f.html"] = "\n {{fragment id='gone'}}",
    })
    assert.matches('templates/fragments/f.html:2:2: message.html: there is no fragment "gone"', tostring(faults), 1, true)
  end)

  it("finds what is wrong in a fragment in the fragment's file, and knows the project's helpers", function()
    local files = { ["templates/fragments/foot.html"] = "<p>\n\n{{frob 1}}", ["templates/a.html"] = "x{{> foot}}" }
    local html = '{ subject = "x", html = campaign.template "a.html", text = "x" }'
    local result = check({ message = html }, files)
    assert.equal("templates/fragments/foot.html", result.errors[1].file)
    assert.equal(3, result.errors[1].line)
    assert.matches("there is no function or helper 'frob'", result.errors[1].message, 1, true)
    files["templates/helpers.lua"] = "return { frob = function(value) return value end }"
    assert.same({}, check({ message = html }, files).errors)
  end)

  it("finds names inside loops and expressions", function()
    finds({ "name-undeclared message.text" }, {},
      { context = '{ items = "array" }', message = message { text = "{{#each context.items}}{{name}}{{/each}}{%= context.total ?: 0 %}" } })
  end)

  it("finds names that the context does not declare", function()
    local result = finds({ "name-undeclared message.text" }, {},
      { context = '{ firstName = "string" }', message = message { subject = "{{context.firstName}}", text = "{{context.fristName}}" } })
    assert.matches('{{context.fristName}} is not declared in context; did you mean "firstName"?', result.errors[1].message, 1, true)
  end)

  it("takes names as the renderer does: from what a block is over, or what it names", function()
    for _, text in ipairs {
      "{{#with context.user}}{{name}}{{/with}}", "{{#each context.items}}{{n}} {{this.n}} {{@index}}{{/each}}",
      "{{#each context.items as |item|}}{{item.n}} {{n}}{{/each}}", "{{#with context}}{{user.name}}{{/with}}",
      "{{#each context}}{{@key}} {{this}}{{/each}}", "{{#each campaign}}{{this}}{{/each}}",
      "{{#each context.items}}{{#with inner}}{{../n}}{{/with}}{{/each}}",
    } do
      local result = check { context = '{ user = "object?", items = "array?" }', message = message { text = text } }
      assert.same({}, lines(result.errors), text)
    end
    for _, text in ipairs {
      "{{name}}", "{{#if context.items}}{{name}}{{/if}}", "{{#with context.user}}{{../name}}{{/with}}", "{{#with user}}x{{/with}}",
    } do
      finds({ "name-unknown message.text" }, {}, { message = message { text = text } })
    end
  end)

  it("lets names be where nothing is declared", function()
    finds({}, {}, { message = message { text = "{{context.anything}}" } })
  end)

  it("lets a script add names to the context", function()
    local script = "function(trigger) trigger.context.gross = 1 end"
    finds({}, {}, { context = '{ net = "integer" }', message = message { text = "{{context.gross}}" }, on_trigger = script })
    finds({ "name-undeclared message.text" }, {}, { context = '{ net = "integer" }', message = message { text = "{{context.goss}}" }, on_trigger = script })
  end)

  it("finds parts of what has none", function()
    finds({ "name-undeclared message.text" }, {}, { context = '{ order = "string" }', message = message { text = "{{context.order.number}}" } })
    finds({}, {}, { context = '{ order = "object" }', message = message { text = "{{context.order.number}}" } })
  end)

  it("finds names that no template has", function()
    local result = finds({ "name-unknown message.text" }, {},
      { context = '{ code = "string" }', message = message { subject = "{{context.code}}", text = "{{code}}" } })
    assert.matches("did you mean {{context.code}}?", result.errors[1].message, 1, true)
    finds({ "name-unknown message.text" }, {}, { message = message { text = "{{campaign.name}}" } })
    finds({}, {}, { message = message { text = "{{campaign.title}} {{message.id}} {{profile.anything}}" } })
  end)

  it("finds the reserved name", function()
    finds({ "context-system message.text" }, {}, { message = message { text = "{{context.system.x}}" } })
    finds({ "context-system context.system" }, { "context-unused context.system" }, { context = '{ system = "object" }' })
  end)

  it("finds declared names that nothing uses", function()
    finds({}, { "context-unused context.b" }, { context = '{ a = "string", b = "string" }', message = message { text = "{{context.a}}" } })
    finds({}, {}, { context = '{ b = "string" }', on_trigger = "function() end" })
  end)

  it("finds names that may be missing with nothing in their place", function()
    finds({}, { "default-missing message.text" }, { context = '{ a = "string?" }', message = message { text = "Hello {{context.a}}" } })
    finds({}, {}, { context = '{ a = "string?" }', message = message { text = "Hello {{#if context.a}}{{context.a}}{{/if}}" } })
  end)

  it("finds an end that is past", function()
    finds({ "already-ended ends" }, {}, { ends = '"2026-11-23T10:00:00Z"' })
    finds({}, {}, { ends = '"2026-11-23T10:00:00.001Z"' })
  end)

  it("only warns of it where nothing goes live for the first time", function()
    local loaded = folder.good { ["campaigns/x.lua"] = folder.campaign { ends = '"2026-11-23T10:00:00Z"' } }
    local result = review.check(loaded.campaigns.hello, loaded, NOW, true)
    assert.same({}, result.errors)
    assert.same({ "already-ended ends" }, lines(result.warnings))
  end)

  it("finds local times that a clock change skips or repeats, and says which instant is taken", function()
    local function of(starts, zone) return { starts = ("%q"):format(starts), timezone = ("%q"):format(zone) } end
    local gap = finds({}, { "date-shifted starts" }, of("2027-03-28T02:30:00", "Europe/Paris"))
    assert.matches("no time in Europe/Paris: the clock goes forward over it; 2027-03-28T03:00:00.000+02:00 is taken", gap.warnings[1].message, 1, true)
    local twice = finds({}, { "date-shifted starts" }, of("2027-10-31T02:30", "Europe/Paris"))
    assert.matches("comes twice in Europe/Paris: the clock goes back to it; the first, 2027-10-31T02:30:00.000+02:00, is taken",
      twice.warnings[1].message, 1, true)
    finds({}, { "date-shifted starts" }, of("2027-04-04T01:45:00", "Australia/Lord_Howe"))
    for _, text in ipairs { "2027-03-28T01:59:59", "2027-03-28T03:00:00", "2027-10-31T01:59:59", "2027-10-31T03:00:00", "2027-10-31T02:30:00+01:00",
      "9999-12-31T23:59:59" } do
      finds({}, {}, of(text, "Europe/Paris"))
    end
  end)

  it("finds a wait that is longer than the window", function()
    finds({}, { "expires-after-window expires_after" },
      { starts = '"2026-11-24T00:00:00Z"', ends = '"2026-11-24T01:00:00Z"', expires_after = '"2 hours"' })
  end)

  it("wants a way out of marketing", function()
    finds({ "unsubscribe-missing message" }, {}, { category = '"marketing"' })
    finds({ "unsubscribe-missing message" }, {}, { category = '"marketing"', message = '{ subject = "S", text = "T" }' })
    local stops = { category = '"marketing"', message = message { html = '<a href="{{message.unsubscribeUrl}}">Stop</a>' } }
    finds({}, {}, stops, { ["herald.lua"] = 'return { links = { unsubscribe = "https://shop.example.com/stop/{id}" } }' })
    finds({ "link-unset message.html" }, {}, stops)
    finds({}, { "unsubscribe-missing message" },
      { category = '"marketing"', channel = '"sms"', surface = '"texts"', namespace = '"phone"', message = '{ text = "Hello" }' })
  end)

  it("wants the setting that fills a link of the message", function()
    local mirrored = { message = message { html = '<a href="{{message.mirrorUrl}}">Read it here</a>' } }
    finds({ "link-unset message.html" }, {}, mirrored)
    finds({}, {}, mirrored, { ["herald.lua"] = 'return { links = { mirror = "https://shop.example.com/mail/{id}" } }' })
  end)

  it("finds links that lead nowhere", function()
    local function link(text) return { message = message { html = ('<a href="%s">x</a>'):format(text) } } end
    finds({ "link-relative message.html" }, {}, link "/account")
    finds({ "link-relative message.html" }, {}, link "www.example.com")
    finds({ "link-scheme message.html" }, {}, link "javascript:alert(1)")
    finds({}, { "link-insecure message.html" }, link "http://example.com")
    finds({}, { "link-empty message.html" }, link "")
    for _, good in ipairs { "https://example.com", "mailto:a@example.com", "tel:+33", "#top", "{{context.url}}", "https://example.com/{{context.id}}" } do
      finds({}, {}, link(good))
    end
    finds({ "link-relative message.html" }, {}, { message = message { html = "<IMG SRC='logo.png'>" } })
  end)

  it("recommends a written text part", function()
    finds({}, { "text-missing message.text" }, { message = message { text = false } })
  end)

  it("finds texts that are empty or too long", function()
    finds({ "text-empty message.subject" }, {}, { message = message { subject = " " } })
    finds({}, { "size message.subject" }, { message = message { subject = ("x"):rep(200) } })
    finds({}, { "size message.html" }, { message = message { html = ("x"):rep(103000) } })
    finds({}, { "size message.text" }, { channel = '"sms"', surface = '"texts"', namespace = '"phone"', message = ('{ text = %q }'):format(("x"):rep(1100)) })
  end)

  it("recommends a title", function()
    finds({}, { "title-missing title" }, { title = false })
  end)

  it("finds surfaces that are missing, for another channel, or without their secret", function()
    local loaded = folder.good {}
    local function codes(data)
      data.id, data.title, data.namespace = "x", "X", "email"
      return lines(review.check(assert(campaign.from_data(data, loaded)), loaded).errors)
    end
    assert.same({ "surface-missing surface" }, codes { channel = "email", surface = "mial", message = { subject = "x", text = "x" } })
    assert.same({ "surface-channel surface" }, codes { channel = "email", surface = "texts", message = { subject = "x", text = "x" } })
    loaded.surfaces.mail.password = secret.new("KEY", nil)
    assert.same({ "surface-secret surface" }, codes { channel = "email", surface = "mail", message = { subject = "x", text = "x" } })
  end)

  it("finds channels that nothing can send on", function()
    finds({}, { "channel-without-surface messages.push" },
      { message = false, messages = '{ email = { subject = "x", text = "x" }, push = { title = "x", body = "x" } }' })
  end)

  it("tells what it checks, by code", function()
    local codes = review.codes()
    assert.is_true(#codes > 20)
    for _, row in ipairs(codes) do
      assert.is_string(row.code)
      assert.is_string(row.kind)
      assert.is_string(row.checks)
    end
  end)
end)
