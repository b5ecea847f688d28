local build_cache = require "herald.build_cache"
local project = require "herald.project"

local SETTINGS = 'return { limits = { recipients = 5 } }'
local SURFACE = 'return surface { name = "mail", channel = "email", provider = "capture", from = "Shop <shop@example.com>" }'

local function campaign(id, more)
  return ([[return campaign { id = "%s", title = "T", channel = "email", surface = "mail", namespace = "email", %s
    message = { subject = "S", html = campaign.template "%s.html" } }]]):format(id, more or "", id)
end

describe("the cache of built campaigns", function()
  local cache, files
  before_each(function()
    cache = build_cache.new()
    files = {
      ["herald.lua"] = SETTINGS, ["surfaces/mail.lua"] = SURFACE, ["campaigns/a.lua"] = campaign "a", ["campaigns/b.lua"] = campaign "b",
      ["templates/a.html"] = "<p>A</p>", ["templates/b.html"] = "<p>B</p>",
    }
  end)

  local function load()
    local loaded, errors = project.load({ files = files }, { cache = cache, secrets = function() return "shared" end })
    assert(loaded, tostring(errors))
    return loaded.campaigns
  end

  -- Which campaigns a second load takes from the first, after a change.
  local function kept(change)
    local first = load()
    change()
    local second, list = load(), {}
    for _, id in ipairs { "a", "b" } do
      if rawequal(first[id], second[id]) then list[#list + 1] = id end
    end
    return list, second
  end

  it("takes what is as it was", function()
    assert.same({ "a", "b" }, (kept(function() end)))
  end)

  it("builds anew what reads a changed file, with the new text", function()
    local list, second = kept(function() files["templates/b.html"] = "<p>new</p>" end)
    assert.same({ "a" }, list)
    assert.equal("<p>new</p>", second.b.definition.message.html.source)
  end)

  it("builds all anew when a file comes or goes, or what all depend on is another", function()
    assert.same({}, (kept(function() files["templates/fragments/new.html"] = "x" end)))
    assert.same({}, (kept(function() files["templates/fragments/new.html"] = nil end)))
    assert.same({}, (kept(function() files["herald.lua"] = 'return { limits = { recipients = 6 } }' end)))
  end)

  it("always builds anew what has a secret", function()
    files["campaigns/b.lua"] = campaign("b", 'description = tostring(secret "KEY" ~= nil),')
    assert.same({ "a" }, (kept(function() end)))
  end)

  it("keeps nothing that is wrong", function()
    files["campaigns/b.lua"] = "return 5"
    for _ = 1, 2 do
      local loaded, errors = project.load({ files = files }, { cache = cache })
      assert.is_nil(loaded)
      assert.matches("campaigns/b.lua", tostring(errors[1]), 1, true)
    end
  end)
end)
