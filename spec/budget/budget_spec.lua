local budget = require "herald.budget"
local loop = require "herald.loop"

describe("herald.budget", function()
  it("returns what the function returns", function()
    assert.same({ true, 1, "a" }, { budget.run({ cpu_ms = 50 }, function(x) return x, "a" end, 1) })
  end)

  it("names an error that is no text by its type and place", function()
    local _, message = budget.run({}, function() error({}) end)
    assert.matches("^.-budget_spec%.lua:%d+: raised an error that is a table, not a text$", message)
    assert.matches("is a nil, not a text$", select(2, budget.run({}, function() error() end)))
    local own = setmetatable({}, { __tostring = function() return "its own text" end })
    assert.equal("its own text", select(2, budget.run({}, function() error(own) end)))
    assert.equal("5", select(2, budget.run({}, function() error(5) end)))
  end)

  it("reports an error of the function", function()
    local ok, message, code = budget.run({}, function() error("no", 0) end)
    assert.is_false(ok)
    assert.equal("no", message)
    assert.equal("script-error", code)
  end)

  it("ends an endless loop", function()
    local ok, message, code = budget.run({ cpu_ms = 20 }, function() while true do end end)
    assert.is_false(ok)
    assert.equal("budget-exceeded", code)
    assert.matches("CPU time", message)
  end)

  it("is not swallowed by pcall", function()
    local _, _, code = budget.run({ instructions = 100000 }, function()
      while true do pcall(function() while true do end end) end
    end)
    assert.equal("budget-exceeded", code)
  end)

  it("bounds memory", function()
    local ok, _, code = budget.run({ memory = 1 << 20, cpu_ms = 2000 }, function()
      local t = {}
      for i = 1, 1e7 do t[i] = { i } end
    end)
    assert.is_false(ok)
    assert.equal("budget-exceeded", code)
    assert.is_true(#string.rep("x", 1 << 22) == 1 << 22)
  end)

  it("does not count the time that the function waits", function()
    local ok, done
    loop.spawn(function()
      ok, done = budget.run({ cpu_ms = 15 }, function() loop.sleep(40); return "done" end)
    end)
    loop.run_until_idle()
    assert.is_true(ok)
    assert.equal("done", done)
  end)

  it("meters each coroutine apart", function()
    local codes = {}
    for i = 1, 3 do
      loop.spawn(function()
        local _, _, code = budget.run({ cpu_ms = 10 }, function()
          loop.sleep(1)
          while i == 2 do end
        end)
        codes[i] = code or "ok"
      end)
    end
    loop.run_until_idle()
    assert.same({ "ok", "budget-exceeded", "ok" }, codes)
  end)

  it("meters the outer of two coroutines again when the inner one is done", function()
    local code
    loop.spawn(function()
      code = select(3, budget.run({ cpu_ms = 20, memory = 1 << 20 }, function()
        loop.spawn(function() budget.run({ cpu_ms = 1000, memory = 1 << 20 }, function() loop.sleep(1) end) end)
        local text = ("x"):rep(100000)
        while true do text:upper() end
      end))
    end)
    loop.run_until_idle()
    assert.equal("budget-exceeded", code)
  end)

  it("bounds the time that it takes with its waits", function()
    local message, code
    loop.spawn(function()
      message, code = select(2, budget.run({ wall_ms = 20 }, function() while true do loop.sleep(5) end end))
    end)
    loop.run_until_idle()
    assert.equal("budget-exceeded", code)
    assert.matches("too long", message)
  end)

  it("bounds how deep its pcall is nested", function()
    local function nest(depth) return depth == 0 or budget.pcall(nest, depth - 1) end
    assert.is_true((budget.run({}, function() assert(nest(50)) end)))
    local deepest = 0
    local function fall(depth)
      deepest = depth
      assert(budget.pcall(fall, depth + 1))
    end
    budget.run({}, fall, 0)
    assert.equal(100, deepest)
    assert.same({ true, 1, nil, 2 }, { budget.pcall(function() return 1, nil, 2 end) })
    assert.same({ false, "no" }, { budget.pcall(error, "no", 0) })
  end)

  it("does not meter what runs after it", function()
    budget.run({ instructions = 2000 }, function() end)
    local n = 0
    for _ = 1, 100000 do n = n + 1 end
    assert.equal(100000, n)
  end)

  -- As a project's file is named.
  local function script(text)
    return assert(load(text, "@campaigns/x.lua"))
  end

  -- As the engine's own code, which is not where a script is.
  local function engine(text)
    return assert(load(text, "@/usr/share/herald/scripts/herald/x.lua"))
  end

  it("says where a bound was passed, and which", function()
    local function run(bounds, text, ...) return select(2, budget.run(bounds, script(text), ...)) end
    assert.same({ "campaigns/x.lua:2: the script ran too many instructions", "budget-exceeded", "instructions" },
      { run({ instructions = 5000 }, "local n = 0\nwhile true do n = n + 1 end") })
    assert.same({ "campaigns/x.lua:3: the script used up its CPU time", "budget-exceeded", "cpu" },
      { run({ cpu_ms = 20 }, "\n\nwhile true do local s = ('x'):rep(1000000) end") })
    collectgarbage()
    assert.same({ "campaigns/x.lua:2: the script used up its memory", "budget-exceeded", "memory" },
      { run({ memory = 1 << 20 }, "local t = {}\nwhile true do t[#t + 1] = {} end") })
    assert.equal("campaigns/x.lua:2: the script ran too many instructions",
      (run({ instructions = 5000 }, "local f = ...\nf(function() end)\nreturn 1", engine "local g = ... while true do g() end")))
  end)

  it("says no place outside of its run", function()
    local ran = script "local run, f = ... local _, message = run({ instructions = 5000 }, f) return message"
    assert.equal("the script ran too many instructions", ran(budget.run, engine "while true do end"))
  end)

  it("lets no pcall swallow the end of the memory", function()
    collectgarbage()
    for _, text in ipairs {
      "local pcall = ...\nwhile true do pcall(function() local t = {} while true do t[#t + 1] = {} end end) end",
      "local pcall = ...\nwhile true do pcall(string.rep, 'x', 1 << 30) end",
    } do
      local _, message, code, bound = budget.run({ memory = 1 << 20 }, script(text), budget.pcall)
      assert.equal("budget-exceeded memory", code .. " " .. bound)
      assert.matches("^campaigns/x.lua:2: ", message)
    end
  end)

  it("gives back what a step was given beyond the bound", function()
    assert.is_true((budget.run({ memory = 1 << 20 }, function()
      for _ = 1, 1000 do local _ = ("x"):rep(100000) end
    end)))
  end)

  it("is stopped by hand, and not by what catches it", function()
    local _, _, code, bound = budget.run({}, script "local stop, pcall = ... while true do pcall(stop) end", budget.stop, budget.pcall)
    assert.equal("budget-exceeded stopped", code .. " " .. bound)
    assert.has_no_error(budget.stop)
  end)

  it("leaves what runs outside of it alone, waits and errors and all", function()
    local seen
    local function work(n)
      for _ = 1, 100000 do seen = n end
      loop.sleep(1)
      return n, "b"
    end
    loop.spawn(function()
      assert.same({ true, 7, "b" }, { budget.run({ instructions = 5000 }, budget.outside, work, 7) })
      assert.same({ true, false, "no" }, { budget.run({}, pcall, budget.outside, error, "no", 0) })
      local _, _, code = budget.run({ instructions = 5000 }, function()
        budget.outside(work, 8)
        while true do end
      end)
      assert.equal("budget-exceeded", code)
      seen = "done"
    end)
    loop.run_until_idle()
    assert.equal("done", seen)
    assert.equal(7, (budget.outside(function(n) return n end, 7)))
  end)

  it("names the place of the script that runs", function()
    local _, place = budget.run({}, script "local f, place = ...\nreturn (f(place))", engine "local place = ... return (place())", budget.place)
    assert.equal("campaigns/x.lua:2", place)
  end)

  it("refuses unknown bounds", function()
    assert.has_error(function() budget.run({ seconds = 1 }, print) end, "unknown option 'seconds'")
  end)
end)
