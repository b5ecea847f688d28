local secret = require "herald.secret"

describe("a secret", function()
  local value = secret.new("SMTP_PASSWORD", "hunter2")

  it("prints its name alone", function()
    assert.equal("secret(SMTP_PASSWORD)", tostring(value))
    assert.equal("secret(SMTP_PASSWORD)", ("%s"):format(value))
  end)

  it("cannot be joined, measured, looked into or changed", function()
    assert.error(function() return "x" .. value end)
    assert.error(function() return #value end)
    assert.error(function() value.x = 1 end)
    assert.is_nil(next(value))
    assert.is_nil(value.text)
    assert.equal(false, getmetatable(value))
  end)

  it("is revealed to whoever asks for it by name", function()
    assert.equal("hunter2", secret.reveal(value))
    assert.equal("plain", secret.reveal "plain")
    assert.is_nil(secret.reveal(secret.new("MISSING", nil)))
    assert.is_nil(secret.reveal(nil))
  end)

  it("is found inside of tables", function()
    local given = { user = "jane", deep = { password = value } }
    local revealed = secret.reveal_all(given)
    assert.equal("hunter2", revealed.deep.password)
    assert.equal(value, given.deep.password)
  end)

  it("knows what a name is", function()
    assert.is_true(secret.is_name "SMTP_PASSWORD")
    assert.is_true(secret.is_name "dkim.pem")
    for _, bad in ipairs { "", "../etc/passwd", "a/b", ".hidden", "a b", 5, ("x"):rep(200) } do
      assert.is_false(secret.is_name(bad), tostring(bad))
    end
  end)

  it("comes from the environment, then from secrets/", function()
    local dir = os.tmpname()
    os.remove(dir)
    os.execute("mkdir -p " .. dir .. "/secrets")
    local file = assert(io.open(dir .. "/secrets/FROM_FILE", "w"))
    file:write "in a file\n"
    file:close()
    local read = secret.source(dir)
    assert.equal("in a file", read "FROM_FILE")
    assert.equal(os.getenv "PATH", read "PATH")
    assert.is_nil(read "HERALD_SPEC_NO_SUCH_SECRET")
    assert.is_nil(read "../secrets/FROM_FILE")
    os.execute("rm -r " .. dir)
  end)
end)
