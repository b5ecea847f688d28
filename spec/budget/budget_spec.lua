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

  it("refuses unknown bounds", function()
    assert.has_error(function() budget.run({ seconds = 1 }, print) end, "unknown option 'seconds'")
  end)

  it("counts nothing of a budget inside of another one while it waits", function()
    local outcome
    loop.spawn(function()
      budget.run({ cpu_ms = 5000 }, function()
        outcome = { budget.run({ cpu_ms = 30 }, function() loop.sleep(1); return "done" end) }
      end)
    end)
    local until_s = os.clock() + 0.1
    while os.clock() < until_s do end
    loop.run_until_idle()
    assert.same({ true, "done" }, outcome)
  end)

  it("is shared by the branches of a join", function()
    local _, message = budget.run({ instructions = 200000 }, function()
      loop.join { function() for _ = 1, 30000 do end loop.sleep(1) end, function() while true do loop.sleep(0) for _ = 1, 1000 do end end end }
    end)
    assert.equal("the script ran too many instructions", message)
  end)

  it("ends with its branches, whatever they catch", function()
    local function greedy() while true do pcall(function() while true do end end) end end
    local ok, message, code = budget.run({ instructions = 200000 }, function()
      pcall(loop.join, { greedy, function() loop.sleep(100) end })
      return "swallowed"
    end)
    assert.same({ false, "the script ran too many instructions", "budget-exceeded" }, { ok, message, code })
    assert.equal(0, loop.live())
  end)

end)
