local kit = require "herald.testing"

local ORDER = '{"number":"A-7","tracking_url":"https://example.com/t/7","customer":{"email":"jane@example.com","first_name":"Jane"}}'

describe("the shop's webhook", function()
  local engine

  before_each(function()
    engine = kit.engine { now = "2026-11-23T10:00:00Z", secrets = { SHOP_SECRET = "shared" } }
  end)

  after_each(function()
    engine:close()
  end)

  local function post(body, signature)
    return engine:request { method = "POST", path = "/hooks/shop/shipped", body = body, headers = { ["X-Signature"] = signature } }
  end

  it("triggers the campaign in the shop's own words", function()
    local answer = post(ORDER, kit.sign("shared", ORDER))
    assert.equal(202, answer.status)
    assert.equal("Order A-7 is on its way", engine:delivered()[1].subject)
    assert.equal("jane@example.com", engine:delivered()[1].to)
  end)

  it("sends once for a webhook that comes twice", function()
    post(ORDER, kit.sign("shared", ORDER))
    assert.equal(202, post(ORDER, kit.sign("shared", ORDER)).status)
    assert.equal(1, #engine:delivered())
  end)

  it("refuses a signature that is wrong or missing", function()
    for _, signature in ipairs { kit.sign("another", ORDER), kit.sign("shared", ORDER .. " "), "", "xyz" } do
      assert.equal(401, post(ORDER, signature).status)
    end
    assert.equal("authentication-failed", post(ORDER).code)
    assert.same({}, engine:delivered())
  end)

  it("refuses what is no JSON", function()
    assert.equal("invalid-json", post("{", kit.sign("shared", "{")).code)
  end)
end)
