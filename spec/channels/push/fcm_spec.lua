local certificates = require "spec.support.certificates"
local channels = require "spec.support.channels"
local clock = require "herald.clock"
local fake = require "spec.support.fake"
local json = require "herald.json"
local transfer = require "herald.transfer"

local ROBOT = "robot@shop.iam.gserviceaccount.com"

describe("the fcm provider", function()
  local fcm = channels.load "push/fcm"
  local client, server, time, tools

  setup(function()
    client = transfer.new {}
    server = fake.start("fcm", client, "shop-1", ROBOT, certificates.path "rsa.pub", "3600")
  end)

  teardown(function()
    server:stop()
    client:close()
  end)

  before_each(function()
    time = clock.manual(1795946400000)
    tools = channels.tools(time, client)
  end)

  local function account(key)
    return json.encode {
      type = "service_account", project_id = "shop-1", client_email = ROBOT,
      private_key = certificates.read(key or "rsa.key"), token_uri = server.url .. "/token",
    }
  end

  local function surface(more)
    local settings = { url = server.url, service_account = account(), timeout = "2 seconds" }
    for name, value in pairs(more or {}) do settings[name] = value end
    return channels.surface(fcm, settings)
  end

  local function message(more)
    local fields = { id = "00000000000000a1", address = "t1:abc", title = "On its way", body = "Order 7 has left" }
    for name, value in pairs(more or {}) do fields[name] = value end
    return fields
  end

  local function last_message()
    local requests = server:requests()
    return json.decode(requests[#requests].body).message
  end

  it("sends one notification and keeps its name", function()
    local outcome = fcm.send(surface(), message(), tools)
    assert.equal("sent", outcome.state)
    assert.matches("^projects/shop%-1/messages/%d+$", outcome.provider_id)
    assert.same({
      token = "t1:abc", notification = { title = "On its way", body = "Order 7 has left" }, data = { message_id = "00000000000000a1" },
    }, last_message())
  end)

  it("gives every platform its own block", function()
    fcm.send(surface(), message {
      data = { order = "7" }, badge = "3", sound = "bell", image = "https://example.com/i.png", link = "https://example.com/o/7",
      ttl = "1 hour", priority = "high", collapse_key = "order-7",
    }, tools)
    local got = last_message()
    assert.same({ order = "7", link = "https://example.com/o/7", message_id = "00000000000000a1" }, got.data)
    assert.equal("https://example.com/i.png", got.notification.image)
    assert.same({
      ttl = "3600s", priority = "high", collapse_key = "order-7", notification = { sound = "bell", notification_count = 3 },
    }, got.android)
    assert.same({
      headers = { ["apns-priority"] = "10", ["apns-expiration"] = "1795950000", ["apns-collapse-id"] = "order-7" },
      payload = { aps = { badge = 3, sound = "bell", ["mutable-content"] = 1 } },
      fcm_options = { image = "https://example.com/i.png" },
    }, got.apns)
    assert.same({
      headers = { TTL = "3600", Urgency = "high", Topic = "order-7" }, fcm_options = { link = "https://example.com/o/7" },
    }, got.webpush)
  end)

  it("lets nothing live longer than the message", function()
    fcm.send(surface(), message { ttl = "1 day", expires_at = time:now() + 90000 }, tools)
    assert.equal("90s", last_message().android.ttl)
    fcm.send(surface(), message { ttl = "20 weeks" }, tools)
    assert.equal("2419200s", last_message().android.ttl)
  end)

  it("keeps its access token until shortly before its end", function()
    server:requests()
    local where = surface()
    for _ = 1, 3 do fcm.send(where, message(), tools) end
    assert.equal(4, #server:requests())
    time:advance(54 * 60 * 1000)
    fcm.send(where, message(), tools)
    assert.equal(1, #server:requests())
    time:advance(60 * 1000)
    fcm.send(where, message(), tools)
    assert.equal(2, #server:requests())
  end)

  it("asks for another access token when one is refused", function()
    local where = surface()
    fcm.send(where, message(), tools)
    server:will_answer { status = 401, body = '{"error":{"code":401,"message":"expired","status":"UNAUTHENTICATED"}}' }
    assert.equal("retry", fcm.send(where, message(), tools).state)
    assert.equal("sent", fcm.send(where, message(), tools).state)
  end)

  for token, code in pairs { ["dead-1"] = "UNREGISTERED", ["broken-1"] = "INVALID_ARGUMENT", ["foreign-1"] = "SENDER_ID_MISMATCH" } do
    it(("takes %s for the device's fault"):format(code), function()
      local outcome = fcm.send(surface(), message { address = token }, tools)
      assert.equal("bounced", outcome.state)
      assert.equal("hard", outcome.reason)
      assert.equal(code, outcome.code)
    end)
  end

  it("takes an argument that is not about the device as final", function()
    server:will_answer({ status = 200, body = '{"access_token":"x","expires_in":3600}' }, {
      status = 400, body = '{"error":{"code":400,"message":"Invalid ttl","status":"INVALID_ARGUMENT"}}',
    })
    local outcome = fcm.send(surface(), message(), tools)
    assert.same({ state = "failed", code = "INVALID_ARGUMENT", answer = "Invalid ttl" }, outcome)
  end)

  for status, name in pairs { [429] = "QUOTA_EXCEEDED", [500] = "INTERNAL", [503] = "UNAVAILABLE" } do
    it(("tries again after %s"):format(name), function()
      local where = surface()
      fcm.send(where, message(), tools)
      server:will_answer {
        status = status, headers = { ["Retry-After"] = "30" },
        body = ('{"error":{"code":%d,"message":"later","status":"X","details":[{"errorCode":"%s"}]}}'):format(status, name),
      }
      assert.same({ state = "retry", code = name, answer = "later", retry_after_ms = 30000 }, fcm.send(where, message(), tools))
    end)
  end

  it("is delivered when one of several devices takes it", function()
    assert.equal("sent", fcm.send(surface(), message { address = "dead-1 t2 broken-3" }, tools).state)
    assert.equal("bounced", fcm.send(surface(), message { address = "dead-1 broken-3" }, tools).state)
  end)

  it("takes a bad service account for the surface's error, and shows no secret", function()
    local outcome = fcm.send(surface { service_account = account "ec.key" }, message(), tools)
    assert.equal("retry", outcome.state)
    assert.equal("service-account", outcome.code)
    outcome = fcm.send(surface { name = "other", service_account = account "other.key" }, message(), tools)
    assert.equal("retry", outcome.state)
    outcome = fcm.send(surface { name = "third", service_account = "not JSON" }, message(), tools)
    assert.equal("service-account", outcome.code)
    assert.not_matches("PRIVATE KEY", outcome.answer, 1, true)
  end)
end)
