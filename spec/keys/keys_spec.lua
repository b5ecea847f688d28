local crypto = require "herald.crypto"
local keys = require "herald.keys"

-- The part of the store that keys need, in memory, counting what it is asked.
local function memory_store()
  local store = { rows = {}, version = 0, reads = 0 }
  function store:save_key(row)
    self.rows[#self.rows + 1] = row
    self.version = self.version + 1
    return true
  end
  function store:keys() return self.rows end
  function store:revision() return self.version end
  function store:key(hash)
    self.reads = self.reads + 1
    if self.failure then return nil, "the disk is gone", self.failure end
    for _, row in ipairs(self.rows) do
      if row.hash == hash then return row end
    end
    return nil, "no such key", "not-found"
  end
  function store:revoke_key(options)
    for _, row in ipairs(self.rows) do
      if row.name == options.name then row.revoked_at = options.at end
    end
    self.version = self.version + 1
    return true
  end
  return store
end

describe("keys", function()
  local store, made

  before_each(function()
    store = memory_store()
    made = keys.new { store = store }
  end)

  local function create(options)
    options = options or {}
    return made:create {
      name = options.name or "shop", scopes = options.scopes or "trigger,read", by = "ops", now = 1000, expires_at = options.expires_at,
    }
  end

  it("gives a text of 32 random bytes and keeps its hash alone", function()
    made = keys.new { store = store, random = function(count) return ("\xff"):rep(count) end }
    local token = create()
    assert.equal("hk_" .. crypto.base64url(("\xff"):rep(32)), token)
    assert.equal(crypto.hex(crypto.sha256(token)), store.rows[1].hash)
    for _, value in pairs(store.rows[1]) do assert.not_equal(token, value) end
  end)

  it("verifies what it made, with the scopes given", function()
    local key = assert(made:verify(create(), 2000))
    assert.equal("shop", key.name)
    assert.same({ trigger = true, read = true }, key.scopes)
  end)

  it("takes scopes as an array and writes them in one order", function()
    create { scopes = { "manage", "trigger" } }
    assert.equal("trigger,manage", store.rows[1].scopes)
  end)

  it("refuses unknown scopes, none, bad names, a second of the same name, and an expiry that is past", function()
    local function code_of(options) return select(3, create(options)) end
    assert.equal("invalid-request", code_of { scopes = "trigger,root" })
    assert.equal("invalid-request", code_of { scopes = "" })
    assert.equal("invalid-request", code_of { name = "a b" })
    assert.equal("invalid-request", code_of { expires_at = 1000 })
    create()
    assert.equal("conflict", code_of())
  end)

  it("refuses a text that is no key, without saying what was wrong with it", function()
    create()
    for _, token in ipairs { "", "hk_", "nonsense", "hk_" .. ("A"):rep(43) } do
      local key, _, code = made:verify(token, 2000)
      assert.is_nil(key)
      assert.equal("authentication-failed", code)
    end
  end)

  it("refuses a key from its expiry on", function()
    local token = create { expires_at = 5000 }
    assert.is_table(made:verify(token, 4999))
    local key, message, code = made:verify(token, 5000)
    assert.is_nil(key)
    assert.matches("1970%-01%-01T00:00:05.000Z", message)
    assert.equal("authentication-failed", code)
  end)

  it("refuses a revoked key with the next call", function()
    local token = create()
    assert.is_table(made:verify(token, 2000))
    assert.is_true(made:revoke { name = "shop", by = "ops", now = 3000 })
    assert.equal("authentication-failed", select(3, made:verify(token, 3000)))
    assert.equal("not-found", select(3, made:revoke { name = "shop", by = "ops", now = 3000 }))
  end)

  it("asks the store once while nothing changes", function()
    local token = create()
    for _ = 1, 10 do made:verify(token, 2000) end
    assert.equal(1, store.reads)
    create { name = "other" }
    made:verify(token, 2000)
    assert.equal(2, store.reads)
  end)

  it("tells a store that cannot be read from a wrong key", function()
    local token = create()
    store.failure = "storage-unavailable"
    assert.equal("storage-unavailable", select(3, made:verify(token, 2000)))
  end)
end)
