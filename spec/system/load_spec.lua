-- Many triggers: each arrives once with its own values, through reloads and through a crash.
-- HERALD_SCALE=50 makes them 100,000, as `./dev bench soak` does.

local daemon = require "spec.support.daemon"
local load = require "spec.support.load"
local loop = require "herald.loop"
local sink = require "spec.support.sink"

local COUNT = daemon.scaled(2000)
local PATIENCE = 120 + COUNT // 100

local function count_of(map)
  local count = 0
  for _ in pairs(map) do count = count + 1 end
  return count
end

describe(("%d triggers by wrk"):format(COUNT), function()
  local mail, server

  before_each(function()
    mail = sink.start()
    server = daemon.start { values = { SMTP = mail.url } }
  end)
  after_each(function()
    server:close()
    mail:close()
  end)

  local function assert_each_once(accepted, count)
    server:drain(PATIENCE)
    local found = load.compare(mail:messages(), accepted)
    assert.same({}, found.missing)
    assert.same({}, found.wrong)
    assert.same({}, found.repeated)
    assert.same({}, found.unasked)
    assert.equal(count, #mail:messages())
  end

  it("are as many messages, each once, with its own values", function()
    local accepted, count, errors, output = load.start(server, { count = COUNT }):finish()
    assert.same({}, errors, output)
    assert.equal(COUNT, count, output)
    assert_each_once(accepted, COUNT)
  end)

  it("meet no failed request while the scripts are reloaded every second", function()
    local run = load.start(server, { count = COUNT })
    local reloads = 0
    daemon.wait_for(function()
      server:herald "reload"
      reloads = reloads + 1
      loop.sleep(1000)
      return run:is_done()
    end, "the triggers to be answered", PATIENCE)
    local accepted, count, errors, output = run:finish()
    assert.same({}, errors, output)
    assert.equal(COUNT, count, output)
    assert.not_matches("Socket errors", output, 1, true)
    assert.is_true(reloads > 0)
    assert_each_once(accepted, COUNT)
  end)

  it("survive a crash in the middle: whatever had its 202 arrives, what was in flight perhaps twice", function()
    local run = load.start(server, { count = COUNT, mode = "until" })
    run:wait_for(COUNT // 3, PATIENCE)
    server:stop "KILL"
    server:launch()
    local accepted, count = run:finish()
    assert.is_true(count >= COUNT)
    server:drain(PATIENCE)
    local found = load.compare(mail:messages(), accepted)
    assert.same({}, found.missing)
    assert.same({}, found.wrong)
    for id, message_ids in pairs(found.repeated) do
      assert.equal(2, #message_ids, id)
      assert.equal(message_ids[1], message_ids[2], id)
    end
    -- A connection has one message in flight, and a batch of outcomes may not have been written yet.
    assert.is_true(count_of(found.repeated) <= 200, count_of(found.repeated) .. " messages came twice")
    -- Accepted, and its answer lost with the connection: wrk has 64 at the crash and 64 at its own end.
    assert.is_true(#found.unasked <= 128, #found.unasked .. " messages that nobody knows of")
  end)
end)
