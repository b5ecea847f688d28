local kit = require "herald.testing"

local FILES = {
  ["herald.lua"] = "return {}",
  ["surfaces/mail.lua"] = [[return surface { name = "mail", channel = "email", provider = "capture", from = "x@example.com",
    failover = { "backup" } }]],
  ["surfaces/backup.lua"] = [[return surface { name = "backup", channel = "email", provider = "capture", from = "y@example.com" }]],
  ["campaigns/note.lua"] = [[return campaign {
    id = "note", channel = "email", surface = "mail", ends = "2026-03-01T00:00:00Z",
    message = { subject = "{{context.n}}", text = "{{context.n}} {{profile.name}}" },
    on_trigger = function(trigger)
      if trigger.context.later then trigger:delay(trigger.context.later) end
      if trigger.context.boom then error "boom" end
    end,
  }]],
  ["campaigns/members.lua"] = [[return campaign {
    id = "members", channel = "email", surface = "mail", profile = { create = false },
    message = { subject = "Hello", text = "{{profile.name}}" },
  }]],
  ["endpoints/signed.lua"] = [[return endpoint {
    path = "/hooks/{kind}/signed",
    authenticate = endpoint.hmac { header = "X-Sign", secret = secret "KEY", timestamp_header = "X-Time" },
    handle = function(request) return 201, { kind = request.params.kind, n = request:json().n, q = request.query.q } end,
  }]],
  ["endpoints/keyed.lua"] = [[return endpoint {
    method = "GET", path = "/hooks/keyed", authenticate = endpoint.key "read", handle = function() return "fine" end,
  }]],
}

local function make(files)
  local dir = os.tmpname()
  os.remove(dir)
  for path, text in pairs(files) do
    os.execute(("LD_PRELOAD= mkdir -p '%s'"):format((dir .. "/" .. path):match "^(.*)/"))
    local file = assert(io.open(dir .. "/" .. path, "w"))
    file:write(text)
    file:close()
  end
  return dir
end

local function remove(dir)
  os.execute(("LD_PRELOAD= rm -rf '%s'"):format(dir))
end

describe("the test kit's engine", function()
  local dir, engine

  setup(function() dir = make(FILES) end)
  teardown(function() remove(dir) end)
  before_each(function() engine = kit.engine { project = dir, now = "2026-02-01T00:00:00Z", secrets = { KEY = "shared" } } end)
  after_each(function() engine:close() end)

  local function note(context, user)
    return engine:trigger("note", { userId = user or "jane@example.com", context = context })
  end

  it("takes a project with a campaign that is over, which is completed", function()
    local later <close> = kit.engine { project = dir, now = "2026-04-01T00:00:00Z", secrets = { KEY = "shared" } }
    assert.equal("campaign-ended", later:trigger("note", { userId = "jane@example.com", context = { n = 1 } }).code)
    assert.equal("completed", later:request { path = "/campaigns/note", method = "GET" }.body.status)
    assert.equal(202, later:trigger("members", { userId = "jane@example.com", type = "external" }).status)
  end)

  local function subjects()
    local list = {}
    for index, message in ipairs(engine:delivered()) do list[index] = message.subject end
    return table.concat(list, " ")
  end

  it("answers like the API", function()
    local answer = note { n = 1 }
    assert.equal(202, answer.status)
    assert.is_nil(answer.code)
    assert.equal(answer.execution_id, answer.body.executionId)
    assert.equal("2026-02-01T00:00:00.000Z", answer.body.createdAt)
    assert.equal("sent", answer.messages[1].state)
    assert.equal("campaign-not-found", engine:trigger("nothing", { userId = "x", namespace = "email" }).code)
  end)

  it("gives each call a requestId of its own", function()
    assert.not_equal(note({ n = 1 }).execution_id, note({ n = 1 }).execution_id)
    local first = engine:trigger("note", { userId = "a@example.com", context = { n = 1 } }, { requestId = "r" })
    local same = engine:trigger("note", { userId = "a@example.com", context = { n = 1 } }, { requestId = "r" })
    local other = engine:trigger("note", { userId = "a@example.com", context = { n = 1 } }, { requestId = "r", sandbox = "stage" })
    assert.equal(first.execution_id, same.execution_id)
    assert.not_equal(first.execution_id, other.execution_id)
  end)

  it("does what falls due on the way in the order of time", function()
    note { n = 3, later = "3 days" }
    note { n = 1, later = "1 hour" }
    note { n = 2, later = "2 days" }
    engine:travel "2 days"
    assert.equal("1 2", subjects())
    engine:travel_to "2026-02-10T00:00:00Z"
    assert.equal("1 2 3", subjects())
    assert.equal(engine:delivered()[1].at + 47 * 3600000, engine:delivered()[2].at)
  end)

  it("travels far at once", function()
    note { n = 1, later = "1 day" }
    engine:travel "3650 days"
    assert.equal("1", subjects())
  end)

  it("moves the clock by as much as it is told, and back", function()
    local start = engine:now()
    engine:travel "90 seconds"
    assert.equal(start + 90000, engine:now())
    engine:travel_to "2026-01-01T00:00:00Z"
    assert.equal(1767225600000, engine:now())
    assert.error_matches(function() engine:travel "soon" end, "travel: ")
    assert.error_matches(function() engine:travel_to "tomorrow" end, "travel_to: ")
  end)

  it("sends nothing that was delayed past the campaign's end", function()
    local answer = note { n = 1, later = "28 days" }
    engine:travel "60 days"
    local message = engine:message(answer.messages[1].id)
    assert.equal("expired", message.state)
    assert.matches("end", message.reason)
    assert.same({}, engine:delivered())
  end)

  it("gives up a message that fails too long", function()
    engine:fail_next { times = 1000, code = "451" }
    local answer = note { n = 1 }
    engine:travel "4 days"
    local message = engine:message(answer.messages[1].id)
    assert.equal("failed", message.state)
    assert.equal("451", message.code)
    assert.is_true(#engine:attempts() > 80)
  end)

  it("fails over to another surface at once", function()
    engine:fail_next { surface = "mail" }
    assert.equal("sent", note({ n = 1 }).messages[1].state)
    assert.equal("backup", engine:delivered()[1].surface)
  end)

  it("lets a function decide each attempt", function()
    engine:answer_with(function(message)
      if message.to == "gone@example.com" then return { state = "bounced", reason = "hard", code = "5.1.1", answer = "gone" } end
    end)
    assert.equal("bounced", note({ n = 1 }, "gone@example.com").messages[1].state)
    assert.equal("sent", note({ n = 1 }).messages[1].state)
  end)

  it("answers a campaign's error", function()
    local answer = note { n = 1, boom = true }
    assert.equal(400, answer.status)
    assert.equal("script-error", answer.code)
    assert.matches("boom", answer.text)
  end)

  it("keeps profiles", function()
    assert.equal("profile-not-found", engine:trigger("members", { userId = "jane@example.com" }).code)
    engine:save_profile("email", "jane@example.com", { name = "Jane" })
    assert.equal(202, engine:trigger("members", { userId = "jane@example.com" }).status)
    assert.equal("Jane", engine:delivered()[1].text)
    assert.same({ name = "Jane" }, engine:profile("email", "jane@example.com"))
    assert.is_nil(engine:profile("email", "john@example.com"))
  end)

  it("renders without sending", function()
    assert.equal("7", engine:preview("note", { context = { n = 7 } }).subject)
    assert.same({}, engine:attempts())
  end)

  it("forgets what was delivered", function()
    note { n = 1 }
    engine:clear()
    assert.same({}, engine:delivered())
    note { n = 2 }
    assert.equal("2", subjects())
  end)

  describe("sends requests", function()
    local function signed(body, seconds, more)
      local request = {
        path = "/hooks/box/signed?q=a%20b", body = body,
        headers = { ["X-Time"] = tostring(seconds), ["X-Sign"] = kit.sign("shared", seconds .. "." .. body) },
      }
      for name, value in pairs(more or {}) do request[name] = value end
      return engine:request(request)
    end

    it("to an endpoint of the project", function()
      local answer = signed('{"n":7}', engine:now() // 1000)
      assert.equal(201, answer.status)
      assert.same({ kind = "box", n = 7, q = "a b" }, answer.body)
    end)

    it("that are too old to be believed", function()
      assert.equal(201, signed('{"n":7}', engine:now() // 1000 - 300).status)
      assert.equal("authentication-failed", signed('{"n":7}', engine:now() // 1000 - 301).code)
      assert.equal("authentication-failed", signed('{"n":7}', engine:now() // 1000 + 301).code)
    end)

    it("with a body that is no JSON", function()
      assert.equal("invalid-json", signed("{", engine:now() // 1000).code)
    end)

    it("with and without a key", function()
      assert.equal("fine", engine:request({ path = "/hooks/keyed" }).text)
      assert.equal("authentication-failed", engine:request({ path = "/hooks/keyed", anonymous = true }).code)
      assert.equal(401, engine:request({ path = "/hooks/keyed", headers = { ["x-api-key"] = "wrong" } }).status)
      assert.equal("not-found", engine:request({ path = "/nothing" }).code)
      assert.equal("method-not-allowed", engine:request({ method = "PUT", path = "/hooks/keyed", json = {} }).code)
    end)
  end)

  describe("refuses", function()
    it("options that it does not know", function()
      assert.error_matches(function() kit.engine { project = dir, nwo = "x" } end, "unknown option 'nwo'")
      assert.error_matches(function() kit.engine { project = dir, now = 7 } end, "option 'now': expected a string")
      assert.error_matches(function() kit.engine { project = dir, now = "today" } end, "now: ")
    end)

    it("a project with errors, and shows them", function()
      local files = { ["herald.lua"] = "return {}", ["campaigns/x.lua"] = "return campaign {\n  id = 7,\n}" }
      local broken = make(files)
      assert.error_matches(function() kit.engine { project = broken } end, "campaigns/x.lua:2: id: expected letters")
      remove(broken)
    end)
  end)

  it("closes twice", function()
    engine:close()
    engine:close()
  end)
end)
