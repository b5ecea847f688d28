-- parallel as scripts have it, on the test kit, whose clock tells how long branches wait together.
local folders = require "spec.support.project_folder"
local kit = require "herald.testing"
local loop = require "herald.loop"

local START_MS = 1769904000000

local CAMPAIGN = [[return campaign {
  id = "note", channel = "email", surface = "mail", message = { subject = "{{context.found}}", text = "x" },
  on_trigger = function(trigger) %s end,
}]]

describe("parallel", function()
  local dir, engine

  local function trigger(on_trigger, answer_http, endpoint)
    dir = folders.make {
      ["herald.lua"] = "return {}",
      ["surfaces/mail.lua"] = [[return surface { name = "mail", channel = "email", provider = "capture", from = "x@example.com" }]],
      ["campaigns/note.lua"] = CAMPAIGN:format(on_trigger),
      ["endpoints/go.lua"] = ([[return endpoint { method = "POST", path = "/go", authenticate = endpoint.none, handle = function(request) %s end }]]):format(
        endpoint or ""),
    }
    engine = kit.engine { project = dir, now = "2026-02-01T00:00:00Z" }
    engine:answer_http(answer_http)
    if endpoint then return engine:request { path = "/go", body = "{}" } end
    return engine:trigger("note", { userId = "jane@example.com", context = { n = 7 } })
  end

  local function found()
    return engine:delivered()[1].subject
  end

  after_each(function()
    if engine then engine:close() end
    if dir then folders.remove(dir) end
    dir, engine = nil, nil
    assert.equal(0, loop.live())
  end)

  it("waits as long as the longest branch, and gives what each returned", function()
    assert.equal(202, trigger([[
      local got = parallel {
        a = function() sleep "3 seconds" return "A" end,
        b = function() sleep "1 second" sleep "4 seconds" return "B" end,
      }
      trigger.context.found = got.a .. got.b]]).status)
    assert.equal(START_MS + 5000, engine:now())
    assert.equal("AB", found())
  end)

  it("takes a list, nests, and tells why a branch has nothing", function()
    trigger([[
      local got, failures = parallel {
        function() return parallel { function() sleep "2 seconds" return "x" end, function() sleep "2 seconds" return "y" end } end,
        function() return http.get "https://shop.example.com/" end,
      }
      trigger.context.found = got[1][1] .. got[1][2] .. tostring(got[2]) .. failures[2].code]], function()
      return nil, "no answer", "unreachable"
    end)
    assert.equal("xynilunreachable", found())
    assert.equal(START_MS + 2000, engine:now())
  end)

  it("ends a tree of branches that grows without end", function()
    local answer = trigger([[
      local function grow() parallel { grow, grow } end
      pcall(grow)]])
    assert.equal(400, answer.status)
    assert.matches("campaigns/note.lua:%d+: the script ran more than 1000 branches of parallel", answer.text)
  end)

  it("asks other systems at once", function()
    local asked = {}
    local answer = trigger([[
      local got = parallel { a = function() return http.get "https://a.example/" end, b = function() return http.get "https://b.example/" end }
      trigger.context.found = got.a.body .. got.b.body]], function(request)
      asked[#asked + 1] = request.url
      local other = request.url == "https://a.example/" and 2 or 1
      while #asked < 2 do loop.sleep(1) end
      return { status = 200, body = tostring(other) }
    end)
    assert.equal(202, answer.status)
    assert.equal("21", found())
  end)

  it("raises the first error with its place, and cancels the others", function()
    local late = {}
    local answer = trigger([[
      parallel {
        function() sleep "9 seconds" http.post "https://late.example/" end,
        function() http.get "https://slow.example/" http.post "https://late.example/" end,
        function() sleep(1) error "it broke" end,
      }]], function(request)
      if request.url == "https://slow.example/" then loop.sleep(20) else late[#late + 1] = request.url end
      return { status = 200 }
    end)
    assert.equal("script-error", answer.code)
    assert.matches("campaigns/note.lua:6: it broke", answer.body.detail, 1, true)
    assert.is_true(engine:now() < START_MS + 9000)
    loop.sleep(40)
    assert.same({}, late)
  end)

  it("lets the caller catch an error and go on", function()
    trigger([[
      local ok, message = pcall(parallel, { function() sleep(5) end, function() error("no", 0) end })
      sleep "1 second"
      trigger.context.found = tostring(ok) .. message]])
    assert.equal("falseno", found())
  end)

  it("is bounded together in what its branches wait and do", function()
    assert.equal("script-error", trigger('parallel { function() sleep "11 seconds" end }').code)
    assert.equal("script-error", trigger('parallel { function() pcall(sleep, "11 seconds") end }').code)
    assert.equal("script-error", trigger('for _ = 1, 3 do parallel { function() sleep "4 seconds" end, function() end } end').code)
    assert.equal("script-error", trigger('pcall(parallel, { function() while true do end end, function() sleep(1) end })').code)
  end)

  it("is told its mistakes with their line", function()
    for script, expected in pairs {
      ["parallel()"] = "campaigns/note.lua:3: parallel: expected a table of functions",
      ["parallel { a = 1 }"] = "campaigns/note.lua:3: parallel: a: expected a function, got a number",
      ["parallel { [true] = print }"] = "the global 'print' is not set",
      ["parallel { [1.5] = function() end }"] = "campaigns/note.lua:3: parallel: expected names or a list",
      ["local t = {} for i = 1, 33 do t[i] = function() end end parallel(t)"] = "parallel: 33 functions; at most 32",
    } do
      assert.matches(expected, trigger(script).body.detail, 1, true)
    end
  end)

  it("triggers whole: a branch that is cancelled meanwhile leaves nothing half done", function()
    local answer = trigger('sleep "1 second"', nil, [[
      local function go(n)
        return function()
          return (request:trigger("note", { requestId = n, recipients = { { userId = n .. "@example.com", namespace = "email", context = { found = n } } } }))
        end
      end
      local got = parallel { go "a", go "b" }
      pcall(parallel, { go "c", function() sleep(1) error "no" end })
      return { a = got[1], b = got[2] }]])
    assert.same({ a = 202, b = 202 }, answer.body)
    loop.run_until_idle()
    engine:travel "1 second"
    local subjects = {}
    for index, mail in ipairs(engine:delivered()) do subjects[index] = mail.subject end
    table.sort(subjects)
    assert.same({ "a", "b", "c" }, subjects)
  end)
end)
