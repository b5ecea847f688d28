local command = require "spec.support.command"

describe("render", function()
  local folder
  before_each(function() folder = command.folder() end)
  after_each(function() command.remove(folder) end)

  local function render(name, template, data, ...)
    command.write(folder .. "/" .. name, template)
    command.write(folder .. "/data.json", data)
    return command.run("render", "--template", folder .. "/" .. name, "--data", folder .. "/data.json", ...)
  end

  it("prints the text as it is", function()
    local exit, out = render("t.txt", "Hi {{context.a}} {{context.b}}", '{"context":{"a":"<b>","b":10.50}}')
    assert.equal(0, exit)
    assert.equal("Hi <b> 10.50", out)
  end)

  it("escapes for HTML by the file's name, or when told", function()
    local _, out = render("t.html", "{{context.a}}", '{"context":{"a":"<b>"}}')
    assert.equal("&lt;b&gt;", out)
    _, out = render("t.txt", "{{context.a}}", '{"context":{"a":"<b>"}}', "--html")
    assert.equal("&lt;b&gt;", out)
  end)

  it("says where a template is wrong", function()
    local exit, _, err = render("t.txt", "line one\n{{#if context.a}}", "{}")
    assert.equal(1, exit)
    assert.matches("t.txt:2:%d+: ", err)
  end)

  it("fails on a missing file and on data that is no JSON", function()
    assert.equal(1, (render("t.txt", "x", "{")))
    assert.equal(1, (command.run("render", "--template", folder .. "/none", "--data", folder .. "/data.json")))
  end)
end)
