local stores = require "spec.support.stores"

local NOW = 1795946400000

describe("what is done once", function()
  local store

  before_each(function() store = stores.memory() end)
  after_each(function() store:close() end)

  it("is done by one of two owners", function()
    assert.is_true(store:once("prod", "key", NOW + 10, NOW, "a"))
    assert.is_false(store:once("prod", "key", NOW + 10, NOW, "b"))
    assert.is_true(store:once("prod", "other", NOW + 10, NOW, "b"))
  end)

  it("may be asked again by its owner until that is accepted, for good from then on", function()
    assert.is_true(store:once("prod", "key", NOW + 10, NOW, "a"))
    assert.is_true(store:once("prod", "key", NOW + 10, NOW, "a"))
    assert(store:accept(stores.request("r-1", { once_owner = "a" })))
    assert.is_false(store:once("prod", "key", NOW + 10, NOW, "a"))
    assert(store:forget_once "a")
    assert.is_false(store:once("prod", "key", NOW + 10, NOW, "b"))
  end)

  it("is done in each sandbox", function()
    assert.is_true(store:once("prod", "key", NOW + 10, NOW, "a"))
    assert.is_true(store:once("dev", "key", NOW + 10, NOW, "b"))
  end)

  it("is done for good when its owner keeps it", function()
    assert.is_true(store:once("prod", "key", NOW + 10, NOW, "a"))
    assert(store:keep_once "a")
    assert(store:forget_once "a")
    assert.is_false(store:once("prod", "key", NOW + 10, NOW, "a"))
  end)

  it("is free again when its owner gives it back, and when its time is over", function()
    assert.is_true(store:once("prod", "key", NOW + 10, NOW, "a"))
    assert(store:forget_once "a")
    assert.is_true(store:once("prod", "key", NOW + 10, NOW, "b"))
    assert(store:accept(stores.request("r-1", { once_owner = "b" })))
    assert.is_false(store:once("prod", "key", NOW + 30, NOW + 9, "c"))
    assert.is_true(store:once("prod", "key", NOW + 30, NOW + 10, "c"))
  end)
end)

describe("what a call did once that was never accepted", function()
  it("is forgotten at the next start, what was accepted is not", function()
    local path = os.tmpname()
    os.remove(path)
    local clock = require("herald.clock").manual(NOW)
    local store = stores.with_campaign(assert(require("herald.store").open { path = path, clock = clock }))
    assert.is_true(store:once("prod", "pending", NOW + 10, NOW, "a"))
    assert.is_true(store:once("prod", "kept", NOW + 10, NOW, "b"))
    assert(store:accept(stores.request("r-1", { once_owner = "b" })))
    store:close()
    store = assert(require("herald.store").open { path = path, clock = clock })
    assert.is_true(store:once("prod", "pending", NOW + 10, NOW, "c"))
    assert.is_false(store:once("prod", "kept", NOW + 10, NOW, "c"))
    store:close()
    os.execute("rm -f " .. path .. "*")
  end)
end)
