local results = require "herald.testing.run.results"

local STARTED = '{"event":"start","name":"a b"}\n'
local PASSED = '{"event":"test","name":"a b","status":"success","place":"spec/x_spec.lua:3","seconds":0.5}\n'
local ENDED = '{"event":"end","code":0}\n'

local function read(report, ended)
  return results.read("spec/x_spec.lua", report, ended, "5 minutes")
end

describe("the results of a spec file", function()
  it("are its cases", function()
    local result = read(STARTED .. PASSED .. '{"event":"golden","path":"spec/golden/a.txt","what":"used"}\n' .. ENDED, { exit = 0, output = "hello\n" })
    assert.same({ { name = "a b", status = "success", place = "spec/x_spec.lua:3", seconds = 0.5 } }, result.cases)
    assert.same({ "hello\n", 0.5, { ["spec/golden/a.txt"] = "used" } }, { result.output, result.seconds, result.goldens })
  end)

  for name, case in pairs {
    ["a crash, in the case that ran"] = { PASSED .. STARTED, { exit = 0, signal = 11, output = "" },
      'its process was ended by the signal 11, in the case "a b"' },
    ["an end before its time"] = { PASSED, { exit = 0, output = "" }, "its process ended with the code 0 before its specs did" },
    ["a time limit"] = { STARTED, { exit = 0, signal = 9, is_late = true, output = "" },
      'did not end within 5 minutes, in the case "a b"; --time-limit allows more' },
    ["a program that is not there"] = { "", { message = "x cannot be started: not-found" }, "x cannot be started: not-found" },
    ["a code that no case explains"] = { PASSED .. '{"event":"end","code":2}\n', { exit = 1, output = "" }, "busted ended with the code 2" },
  } do
    it("have an error for " .. name, function()
      local result = read(case[1], case[2])
      local last = result.cases[#result.cases]
      assert.same({ "error", case[3], "spec/x_spec.lua" }, { last.status, last.message, last.place })
    end)
  end

  it("have no error besides the one that a case has", function()
    local failed = PASSED:gsub("success", "failure")
    assert.equal(1, #read(failed .. '{"event":"end","code":1}\n', { exit = 1, output = "" }).cases)
  end)

  it("are counted", function()
    local failed = PASSED:gsub("success", "failure")
    assert.same({ success = 2, failure = 1, error = 1, pending = 0, total = 4 }, results.count {
      read(PASSED .. failed .. ENDED, { exit = 1, output = "" }), read(PASSED, { exit = 0, output = "" }),
    })
  end)
end)
