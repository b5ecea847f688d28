local process = require "spec.support.process"

local RESULTS = {
  {
    file = "spec/a_spec.lua", output = "", seconds = 0.25, goldens = {},
    cases = { { name = "a passes", status = "success", place = "spec/a_spec.lua:3", seconds = 0.25 } },
  },
  {
    file = "spec/b_spec.lua", output = "printed <b>\n", seconds = 0.5, goldens = {},
    cases = {
      { name = 'b "fails" & <shows> # why', status = "failure", place = "spec/b_spec.lua:4", seconds = 0.5,
        message = "spec/b_spec.lua:5: no\27\n<a> & ü\n" },
      { name = "b waits", status = "pending", place = "spec/b_spec.lua:9", seconds = 0, message = "later" },
      { name = "(the whole file)", status = "error", place = "spec/b_spec.lua", seconds = 0, message = "its process was ended by the signal 11" },
    },
  },
}

local function report(name)
  local parts = {}
  local reporter = require("herald.testing.run." .. name).new(function(text) parts[#parts + 1] = text end)
  for _, result in ipairs(RESULTS) do reporter:tell(result) end
  reporter:finish(RESULTS, { seconds = 0.4, jobs = 2 })
  return table.concat(parts)
end

describe("a report of a run", function()
  it("is plain for people", function()
    assert.equal([[
spec/a_spec.lua: 1 passed
spec/b_spec.lua: 0 passed, 1 failed, 1 errors, 1 pending
  | printed <b>
  FAILED b "fails" & <shows> # why (spec/b_spec.lua:4)
    spec/b_spec.lua:5: no]] .. "\27" .. [[

    <a> & ü
  PENDING b waits (spec/b_spec.lua:9)
    later
  ERROR (the whole file) (spec/b_spec.lua)
    its process was ended by the signal 11
4 cases in 2 files: 1 passed, 1 failed, 1 errors, 1 pending (0.40 seconds, 2 at once)
]], report "plain")
  end)

  it("is TAP", function()
    assert.equal([[
TAP version 13
ok 1 - spec/a_spec.lua: a passes
# printed <b>
not ok 2 - spec/b_spec.lua: b "fails" & <shows> \# why
  ---
  severity: |-
    fail
  at: |-
    spec/b_spec.lua:4
  message: |-
    spec/b_spec.lua:5: no?
    <a> & ü
  ...
ok 3 - spec/b_spec.lua: b waits # SKIP later
not ok 4 - spec/b_spec.lua: (the whole file)
  ---
  severity: |-
    error
  at: |-
    spec/b_spec.lua
  message: |-
    its process was ended by the signal 11
  ...
1..4
]], report "tap")
  end)

  it("is JUnit's XML, which a parser reads", function()
    local path = os.tmpname()
    local file = assert(io.open(path, "wb"))
    file:write(report "junit")
    file:close()
    local output, status = process.run { "/usr/bin/python3", "-c", [[
import sys, xml.etree.ElementTree as tree
root = tree.parse(sys.argv[1]).getroot()
print(root.tag, root.get("tests"), root.get("failures"), root.get("errors"), root.get("skipped"), root.get("time"))
for suite in root:
    print(suite.tag, suite.get("name"), suite.get("tests"), suite.get("failures"))
    for part in suite:
        marks = [(c.tag, c.get("message"), c.text) for c in part]
        print(part.tag, part.get("name"), part.get("file"), part.get("line"), marks, repr(part.text).strip())
]], path }
    os.remove(path)
    assert.equal(0, status)
    assert.equal([[
testsuites 4 1 1 1 0.400
testsuite spec/a_spec.lua 1 0
testcase a passes spec/a_spec.lua 3 [] None
testsuite spec/b_spec.lua 3 1
testcase b "fails" & <shows> # why spec/b_spec.lua 4 [('failure', 'spec/b_spec.lua:5: no?', 'spec/b_spec.lua:5: no?\n<a> & ü\n')] '\n      '
testcase b waits spec/b_spec.lua 9 [('skipped', 'later', None)] '\n      '
testcase (the whole file) spec/b_spec.lua None [('error', 'its process was ended by the signal 11', 'its process was ended by the signal 11')] '\n      '
system-out None None None [] 'printed <b>\n'
]], output)
  end)
end)
