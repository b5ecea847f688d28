local checking = require "spec.support.checking"
local folder = require "spec.support.folder"

local function endpoint(path)
  return ('return endpoint { path = %q, authenticate = endpoint.none,\n  handle = function() return 204 end }'):format(path)
end

describe("ids that hide each other", function()
  it("differ from the file's name", function()
    assert.same({ "id-differs campaigns/other.lua:3:8" }, (checking.lines { ["campaigns/other.lua"] = folder.campaign() }))
    assert.same({}, (checking.lines { ["campaigns/hello.lua"] = folder.campaign() }))
  end)

  it("are endpoints behind a wider one", function()
    assert.same({ "endpoint-shadowed endpoints/b.lua:1:26" }, (checking.lines {
      ["endpoints/a.lua"] = endpoint "/hooks/{shop}/{kind}", ["endpoints/b.lua"] = endpoint "/hooks/{shop}/orders",
    }))
  end)

  it("are none where the narrower comes first, is plain, or neither is wider", function()
    assert.same({}, (checking.lines {
      ["endpoints/a.lua"] = endpoint "/hooks/{shop}/orders", ["endpoints/b.lua"] = endpoint "/hooks/{shop}/{kind}",
      ["endpoints/c.lua"] = endpoint "/hooks/mine/parcels", ["endpoints/d.lua"] = endpoint "/other/{shop}/orders",
    }))
  end)
end)

describe("a local with the name of a word", function()
  it("is found where the file uses the word, too", function()
    local codes = checking.codes_of_body 'local sleep = trigger.context.sleep trigger.context.b = sleep end, on_event = function() sleep "1 second"'
    assert.same({ "word-shadowed" }, codes)
    assert.same({ "word-shadowed" }, (checking.codes_of_body "local campaign = trigger.campaign trigger.context.title = campaign.title"))
  end)

  it("is the word itself behind require, and free where the word is not used", function()
    local lines = checking.lines { ["campaigns/hello.lua"] = 'local campaign = require "campaign"\n' .. folder.campaign() }
    assert.same({}, lines)
    assert.same({}, (checking.codes_of_body("local limit = 10 trigger.context.limit = limit", { words = { limit = {} } })))
  end)
end)
