local channels = require "spec.support.channels"

local NOBODY = { userId = "42", namespace = "crm-id" }

local function with(channel_data)
  return { userId = "42", namespace = "crm-id", channelData = channel_data }
end

describe("an email's address", function()
  local email = channels.load "email/init"

  it("is the call's own before the profile's before the userId", function()
    local recipient = { userId = "c@example.com", namespace = "email", channelData = { emailAddress = "a@example.com" } }
    local profile = { email = "b@example.com" }
    assert.equal("a@example.com", email.address(recipient, profile))
    recipient.channelData = nil
    assert.equal("b@example.com", email.address(recipient, profile))
    assert.equal("c@example.com", email.address(recipient, {}))
    assert.equal("c@example.com", email.address(recipient, nil))
  end)

  it("is found under the name of the Experience Data Model", function()
    assert.equal("x@example.com", email.address(NOBODY, { personalEmail = { address = "x@example.com" } }))
  end)

  it("of the sender is the surface's where the message's own says nothing", function()
    local surface = { from = "Shop <shop@example.com>", reply_to = "help@example.com" }
    for _, blank in ipairs { "", " \t" } do
      local prepared = email.prepare({ from = blank, reply_to = blank, text = "T" }, surface)
      assert.same({ surface.from, surface.reply_to }, { prepared.from, prepared.reply_to })
    end
    assert.equal("me@example.com", email.prepare({ from = "me@example.com", text = "T" }, surface).from)
  end)

  it("is missing when nothing says one", function()
    assert.same({ nil, "no-address" }, { email.address(NOBODY, {}) })
    assert.same({ nil, "no-address" }, { email.address(with { emailAddress = "" }, {}) })
    assert.same({ nil, "no-address" }, { email.address(with { emailAddress = 7 }, {}) })
  end)

  for _, text in ipairs {
    "plain", "@example.com", "a@", "a@b@c", "a b@example.com", "a@exam ple.com", "a@example.com\r\nBcc: x@example.com",
    "<a@example.com>", "a@example..com", "a@.example.com", "a@example.com.", ".a@example.com", "a.@example.com", "a..b@example.com",
    ("a"):rep(65) .. "@example.com", "a@" .. ("b"):rep(256), "a,b@example.com",
  } do
    it(("is refused: %q"):format(text:sub(1, 40)), function()
      assert.same({ nil, "invalid-address" }, { email.address(with { emailAddress = text }, {}) })
    end)
  end

  for _, text in ipairs { "a@localhost", "first.last+tag@sub.example.co.uk", "o'neil@example.com", "jörg@bücher.example" } do
    it(("is taken: %s"):format(text), function()
      assert.equal(text, email.address(with { emailAddress = text }, {}))
    end)
  end
end)

describe("an SMS's address", function()
  local sms = channels.load "sms/init"

  it("is the call's own before the profile's before the userId", function()
    local recipient = { userId = "+33600000003", namespace = "phone", channelData = { mobilePhoneNumber = "+33600000001" } }
    local profile = { phone = "+33600000002" }
    assert.equal("+33600000001", sms.address(recipient, profile))
    recipient.channelData = {}
    assert.equal("+33600000002", sms.address(recipient, profile))
    assert.equal("+33600000003", sms.address(recipient, {}))
    assert.equal("+33600000004", sms.address(NOBODY, { mobilePhone = { number = "+33600000004" } }))
  end)

  it("is read as people write it", function()
    assert.equal("+33612345678", sms.address(with { mobilePhoneNumber = "+33 6.12-34 (56) 78" }, {}))
  end)

  it("has to be in E.164 form", function()
    for _, text in ipairs { "0612345678", "+0612345678", "+3361", "+1234567890123456", "+33 six", "++33612345678" } do
      assert.same({ nil, "invalid-address" }, { sms.address(with { mobilePhoneNumber = text }, {}) })
    end
    assert.same({ nil, "no-address" }, { sms.address(NOBODY, {}) })
  end)
end)

describe("a push message's address", function()
  local push = channels.load "push/init"

  it("is the device's token, from the call or the profile", function()
    local device = { appID = "shop", platform = "android", token = "t1:abc" }
    assert.equal("t1:abc", push.address(with { pushInfo = device }, {}, {}))
    assert.equal("t1:abc", push.address(NOBODY, { pushInfo = { device } }, {}))
  end)

  it("holds every device of the surface's app", function()
    local devices = { { appID = "shop", token = "t1" }, { appID = "news", token = "t2" }, { appID = "shop", token = "t3" } }
    assert.equal("t1 t2 t3", push.address(with { pushInfo = devices }, {}, {}))
    assert.equal("t1 t3", push.address(with { pushInfo = devices }, {}, { app_id = "shop" }))
    assert.same({ nil, "no-address" }, { push.address(with { pushInfo = devices }, {}, { app_id = "other" }) })
  end)

  it("is missing or refused", function()
    assert.same({ nil, "no-address" }, { push.address(NOBODY, {}, {}) })
    assert.same({ nil, "no-address" }, { push.address(with { pushInfo = { token = "" } }, {}, {}) })
    assert.same({ nil, "no-address" }, { push.address(with { pushInfo = "t1" }, {}, {}) })
    assert.same({ nil, "invalid-address" }, { push.address(with { pushInfo = { token = "a b" } }, {}, {}) })
  end)
end)
