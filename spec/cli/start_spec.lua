local command = require "spec.support.command"

describe("starting a project", function()
  local folder
  before_each(function() folder = command.folder() end)
  after_each(function() command.remove(folder) end)

  local function specs_pass()
    local build = os.getenv "HERALD_BUILD"
    return os.execute(("cd '%s' && '%s/run-busted' spec >/dev/null 2>&1"):format(folder, build))
  end

  it("init writes one that passes its check and its spec", function()
    local exit, out = command.run("init", folder)
    assert.equal(0, exit)
    assert.matches("campaigns/welcome.lua", out, 1, true)
    exit, out = command.run("check", "--project", folder)
    assert.equal(0, exit, out)
    assert.is_true(specs_pass())
  end)

  it("init tells editors and luacheck the words of each folder", function()
    command.run("init", folder)
    local function luacheck() return os.execute(("cd '%s' && LD_PRELOAD= luacheck -q . >/dev/null"):format(folder)) end
    assert.is_true(luacheck())
    command.write(folder .. "/campaigns/lib/rules.lua", "return { at = function() return os.time() end }")
    assert.is_nil(luacheck())
    command.write(folder .. "/campaigns/lib/rules.lua", 'return { ask = function() return http.get(secret "A"), table.concat {} end }')
    assert.is_true(luacheck())
    assert.matches('"library":[".herald/types"]', assert(io.open(folder .. "/.luarc.json")):read "a", 1, true)
    assert.matches("herald.CampaignDefinition", assert(io.open(folder .. "/.herald/types/campaign.lua")):read "a", 1, true)
    assert.is_nil(io.open(folder .. "/.herald/types/herald.store.lua"))
  end)

  it("types writes that anew", function()
    command.run("init", folder)
    command.write(folder .. "/.herald/types/campaign.lua", "old")
    assert.equal(0, (command.run("types", "--project", folder)))
    assert.matches("herald.CampaignDefinition", assert(io.open(folder .. "/.herald/types/campaign.lua")):read "a", 1, true)
    assert.equal(1, (command.run("types", "--project", folder .. "/none")))
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
