-- Reloads by the dozen under load: no request fails, and nothing is left behind. HERALD_RELOADS says how many; `./dev bench soak`
-- does 10,000.

local daemon = require "spec.support.daemon"
local load = require "spec.support.load"
local sink = require "spec.support.sink"

local RELOADS = math.floor(tonumber(os.getenv "HERALD_RELOADS" or "50"))
-- The store's caches are full after some hundreds; sanitizers keep what was freed for a while.
local MEASURES_MEMORY = RELOADS >= 1000 and (os.getenv "HERALD_PROGRAM" or ""):find("release", 1, true) ~= nil

describe(("%d reloads under load"):format(RELOADS), function()
  local mail, server

  before_each(function()
    mail = sink.start()
    server = daemon.start { values = { SMTP = mail.url } }
  end)
  after_each(function()
    server:close()
    mail:close()
  end)

  -- Kilobytes of memory and the count of open files.
  local function held()
    local status = io.open("/proc/" .. server.process.pid .. "/status"):read "a"
    local files = 0
    for _ in io.popen("LD_PRELOAD= ls /proc/" .. server.process.pid .. "/fd"):lines() do files = files + 1 end
    return tonumber(status:match "VmRSS:%s*(%d+)"), files
  end

  local function states()
    return tonumber(server:curl("/metrics").text:match "herald_lua_states (%d+)")
  end

  -- One curl for many reloads: each a new text, so that versions, bundles and generations change too.
  local function reload(count, from)
    for number = from, from + count - 1 do
      server:write("templates/link.html", ("<p>[%d]</p>\n"):format(number))
      local answer = server:curl("/reload", { method = "POST" })
      assert.equal(200, answer.status, answer.text)
    end
  end

  it("fail no request, and leave no state, no file and no memory behind", function()
    local workers = server:curl("/status").json.workers
    local run = load.start(server, { campaign = "hourly", count = math.maxinteger, connections = 4 })
    local warm = math.max(20, RELOADS // 10)
    reload(warm, 1)
    local memory, files = held()
    reload(RELOADS, warm + 1)
    local memory_after, files_after = held()
    run.process:signal "INT"
    local output = run.process:wait()
    local _, count, errors = run:answers()
    assert.same({}, errors)
    assert.not_matches("Socket errors", output, 1, true)
    assert.is_true(count > 0)
    daemon.wait_for(function() return states() == workers end, function() return ("%d states to be %d"):format(states(), workers) end, 30)
    io.stderr:write(("%d reloads: %d kB before, %d kB after; %d and %d files; %d triggers\n"):format(RELOADS, memory, memory_after, files,
      files_after, count))
    assert.is_true(math.abs(files_after - files) <= 8, ("%d files, then %d"):format(files, files_after))
    if MEASURES_MEMORY then assert.is_true(memory_after < memory * 1.1, ("%d kB, then %d kB"):format(memory, memory_after)) end
  end)
end)
