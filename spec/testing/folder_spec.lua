local folder = require "herald.testing.folder"

describe("the folder of a spec's project", function()
  local root

  setup(function()
    root = os.tmpname()
    os.remove(root)
    os.execute(("LD_PRELOAD= mkdir -p '%s/shop/spec/deep' && touch '%s/shop/herald.lua'"):format(root, root))
  end)

  teardown(function()
    os.execute(("LD_PRELOAD= rm -rf '%s'"):format(root))
  end)

  it("is found by its path", function()
    assert.equal(root .. "/shop", folder.find(root .. "/shop", "@x_spec.lua"))
  end)

  it("is found from a folder above the spec", function()
    assert.equal(root .. "/shop", folder.find("shop", ("@%s/shop/spec/deep/x_spec.lua"):format(root)))
  end)

  it("is the one that the spec lies in when nothing is said", function()
    assert.equal(root .. "/shop", folder.find(nil, ("@%s/shop/spec/deep/x_spec.lua"):format(root)))
  end)

  it("may have campaigns alone", function()
    os.execute(("LD_PRELOAD= mkdir -p '%s/bare/campaigns'"):format(root))
    assert.equal(root .. "/bare", folder.find(nil, ("@%s/bare/spec/x_spec.lua"):format(root)))
  end)

  it("has to have one of both", function()
    local dir, message = folder.find("nowhere", ("@%s/shop/spec/x_spec.lua"):format(root))
    assert.is_nil(dir)
    assert.matches("nowhere", message, 1, true)
    assert.is_nil(folder.find("/nowhere", "@x_spec.lua"))
    assert.is_nil(folder.find(nil, ("@%s/x_spec.lua"):format(root)))
  end)
end)
