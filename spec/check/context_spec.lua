local checking = require "spec.support.checking"
local folder = require "spec.support.folder"

local function find(fields, more)
  local files = more or {}
  files["campaigns/hello.lua"] = folder.campaign(fields)
  local lines, findings = checking.lines(files)
  for index, line in ipairs(lines) do lines[index] = line:match "^%S+" end
  return lines, findings
end

local function message(subject, text)
  return ("{ subject = %q, text = %q }"):format(subject, text)
end

describe("names under a declared context", function()
  it("are found where a script reads one that is not declared, with the nearest", function()
    local codes, findings = find {
      context = '{ firstName = "string" }', message = message("x", "{{context.firstName}}"),
      on_trigger = "function(trigger) if trigger.context.fistName == 'x' then return trigger:skip 'x' end end",
    }
    assert.same({ "context-unknown" }, codes)
    assert.matches('did you mean "firstName"', findings[1].message, 1, true)
    assert.is_number(findings[1].column)
  end)

  it("are found through a local that stands for the context", function()
    assert.same({ "context-unknown" }, (find {
      context = '{ firstName = "string" }', message = message("x", "{{context.firstName}}"),
      on_trigger = "function(trigger) local c = trigger.context if c.fistName then return trigger:skip 'x' end end",
    }))
  end)

  it("may be those that the script sets", function()
    assert.same({}, (find {
      context = '{ firstName = "string" }', message = message("x", "{{context.greeting}}"),
      on_trigger = "function(trigger) trigger.context.greeting = 'Hi ' .. trigger.context.firstName end",
    }))
  end)

  it("are found where nobody uses one", function()
    local fields = { context = '{ firstName = "string", coupon = "string?" }', message = message("x", "{{context.firstName}}") }
    fields.on_trigger = "function(trigger) trigger:delay '1 hour' end"
    local codes, findings = find(fields)
    assert.same({ "context-unused" }, codes)
    assert.matches("context.coupon", findings[1].message, 1, true)
    fields.on_trigger = "function(trigger) if trigger.context.coupon then trigger:delay '1 hour' end end"
    assert.same({}, (find(fields)))
    fields.on_trigger = "function(trigger) for name, value in pairs(trigger.context) do trigger.profile[name] = value end end"
    assert.same({}, (find(fields)))
    fields.on_trigger, fields.on_event = "function(trigger) trigger:delay '1 hour' end", "function(event) http.post(event.context.coupon) end"
    assert.same({}, (find(fields)))
  end)
end)

describe("names of a context that is not declared", function()
  it("are found where one looks like a slip of another", function()
    local codes, findings = find({ message = '{ subject = "{{context.firstName}}", html = campaign.template "a.html", text = "{{context.firstName}}" }' },
      { ["templates/a.html"] = "<p>\n{{context.fristName}}</p>" })
    assert.same({ "context-misspelt" }, codes)
    assert.equal("templates/a.html", findings[1].file)
    assert.equal(2, findings[1].line)
  end)

  for _, pair in ipairs { { "address1", "address2" }, { "order", "orders" }, { "name", "dame" }, { "firstName", "lastName" } } do
    it(("may be alike: %s and %s"):format(pair[1], pair[2]), function()
      assert.same({}, (find { message = message(("{{context.%s}}"):format(pair[1]), ("{{context.%s}} {{context.%s}}"):format(pair[1], pair[2])) }))
    end)
  end
end)
