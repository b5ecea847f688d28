local checking = require "spec.support.checking"
local folder = require "spec.support.folder"

local function finds(expected, body, options)
  assert.same(expected, (checking.codes_of_body(body, options)))
end

describe("what differs from run to run", function()
  it("is chance without a seed", function()
    finds({ "random-unseeded" }, "trigger.context.n = math.random(10)", { words = {} })
    finds({}, "trigger.context.n = math.random(10)", { words = { random = { integer = print } } })
  end)

  it("is a text in the order of pairs", function()
    finds({ "order-undefined" }, 'local text = "" for name in pairs(trigger.context) do text = text .. name end trigger.context.all = text')
    finds({ "order-undefined" }, [[local list = {} for name in pairs(trigger.context) do list[#list + 1] = name end
      trigger.context.all = table.concat(list, ", ")]])
  end)

  it("is not what is sorted, counted or read by index", function()
    finds({}, [[local list = {} for name in pairs(trigger.context) do table.insert(list, name) end
      table.sort(list) trigger.context.all = table.concat(list, ", ")]])
    finds({}, "local n = 0 for _ in pairs(trigger.context) do n = n + 1 end trigger.context.n = n")
    finds({}, 'local text = "" for _, name in ipairs(trigger.context.items) do text = text .. name end trigger.context.all = text')
    finds({}, [[for _, item in pairs(trigger.context.items) do local text = "" text = text .. item.name item.label = text end]])
  end)

  it("is the address of a table", function()
    finds({ "address-as-text" }, "trigger.context.key = tostring(trigger.context)")
    finds({ "address-as-text" }, "local t = {} trigger.context.key = tostring(t)")
    finds({}, "trigger.context.key = tostring(trigger.context.number)")
  end)
end)

describe("what is asked while a file is loaded", function()
  local function found(code)
    local lines = checking.lines({ ["campaigns/hello.lua"] = code .. "\n" .. folder.campaign() }, { must_load = false })
    for index, line in ipairs(lines) do lines[index] = line:match "^%S+" end
    return lines
  end

  it("is found at the top of a file", function()
    assert.same({ "lint", "asked-at-load" }, found 'local answer = http.get "https://example.com"')
    assert.same({ "asked-at-load" }, found 'sleep "1 second"')
    assert.same({ "lint", "random-at-load" }, found "local n = math.random(10)")
  end)

  it("is none inside of a function", function()
    assert.same({}, (checking.codes_of_body('sleep "1 second" local answer = http.get "https://example.com" trigger.context.a = answer and answer.status')))
  end)
end)

describe("names that scripts do not have", function()
  it("are found, with what to use instead", function()
    local codes, findings = checking.codes_of_body "trigger.context.at = os.time()"
    assert.same({ "global-unknown" }, codes)
    assert.matches("trigger.now", findings[1].message, 1, true)
    finds({ "global-unknown" }, "trigger.context.at = undeclared")
    codes, findings = checking.codes_of_body "trigger.context.at = string.formt('x')"
    assert.same({ "member-unknown" }, codes)
    assert.matches('did you mean "format"', findings[1].message, 1, true)
    finds({ "member-unknown" }, "http.fetch 'https://example.com'")
  end)

  it("are words of another kind of file", function()
    assert.same({ "global-unknown" }, (checking.codes_of_body "trigger.context.x = endpoint"))
    assert.same({ "global-unknown" }, (checking.codes_of_body "trigger.context.x = surface"))
  end)

  it("are not those of the library", function()
    finds({}, "trigger.context.x = table.concat({ utf8.char(228), ('x'):upper(), math.floor(1.5), select('#') }, _VERSION)")
  end)
end)
