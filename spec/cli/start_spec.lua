local command = require "spec.support.command"

describe("starting a project", function()
  local folder
  before_each(function() folder = command.folder() end)
  after_each(function() command.remove(folder) end)

  local function specs_pass()
    local exit, out, err = command.run("test", "--project", folder, "--coverage-least", "100")
    assert.equal(0, exit, out .. err)
    return true
  end

  it("init writes one that passes its check and its spec", function()
    local exit, out = command.run("init", folder)
    assert.equal(0, exit)
    assert.matches("campaigns/welcome.lua", out, 1, true)
    exit, out = command.run("check", "--project", folder)
    assert.equal(0, exit, out)
    assert.is_true(specs_pass())
  end)

  it("init changes nothing that is there", function()
    command.write(folder .. "/herald.lua", "return {}")
    local exit, _, err = command.run("init", folder)
    assert.equal(1, exit)
    assert.matches("herald.lua is there already", err, 1, true)
    assert.is_nil(io.open(folder .. "/campaigns/welcome.lua"))
  end)

  for _, channel in ipairs { "email", "sms", "push", "webhook" } do
    it("new campaign writes one for " .. channel .. " that passes", function()
      command.run("init", folder)
      local exit, _, err = command.run("new", "campaign", "my-" .. channel, "--channel", channel, "--project", folder)
      assert.equal(0, exit, err)
      local checked, out = command.run("check", "--project", folder)
      assert.equal(0, checked, out)
      assert.is_true(specs_pass())
    end)
  end

  it("new campaign keeps its files when the golden message cannot be made yet", function()
    command.run("init", folder)
    command.write(folder .. "/campaigns/broken.lua", "return 7")
    local exit, _, err = command.run("new", "campaign", "fine", "--project", folder)
    assert.equal(0, exit)
    assert.matches("the golden message of fine cannot be written yet: .*campaigns/broken.lua", err)
    assert.matches("herald test --project " .. folder .. " --update", err, 1, true)
    os.remove(folder .. "/campaigns/broken.lua")
    assert.equal(0, (command.run("test", "--project", folder, "--update")))
    assert.is_true(specs_pass())
  end)

  it("new surface writes one that passes", function()
    command.run("init", folder)
    assert.equal(0, (command.run("new", "surface", "newsletter", "--project", folder)))
    assert.equal(0, (command.run("check", "--project", folder)))
    assert.equal(1, (command.run("new", "surface", "newsletter", "--project", folder)))
  end)

  it("new refuses ids that cannot be one, and folders that are no project", function()
    command.run("init", folder)
    assert.equal(2, (command.run("new", "campaign", "../x", "--project", folder)))
    assert.equal(2, (command.run("new", "surface", "a b", "--project", folder)))
    local exit, _, err = command.run("new", "campaign", "x", "--project", folder .. "/none")
    assert.equal(1, exit)
    assert.matches("herald init", err)
  end)
end)
