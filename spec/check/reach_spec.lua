local checking = require "spec.support.checking"

local function finds(expected, body)
  assert.same(expected, (checking.codes_of_body(body)))
end

describe("what is never reached", function()
  it("is found behind a branch that always ends", function()
    finds({ "unreachable" }, [[if trigger.profile.a then return trigger:skip "a" else return trigger:reject "b" end
      trigger:delay "1 hour"]])
    finds({ "unreachable" }, 'do return trigger:skip "a" end trigger:delay "1 hour"')
  end)

  it("is not found where a branch goes on", function()
    finds({}, [[if trigger.profile.a then return trigger:skip "a" elseif trigger.profile.b then return trigger:reject "b" end
      trigger:delay "1 hour"]])
    finds({}, [[for _, name in ipairs { "a", "b" } do if trigger.profile[name] then return trigger:skip(name) end end
      trigger:delay "1 hour"]])
  end)
end)

describe("a decision that is overruled", function()
  it("is found in the same block and in those around it", function()
    local codes, findings = checking.codes_of_body [[trigger:skip "a"
      trigger:via("email", "mail")]]
    assert.same({ "decision-overruled" }, codes)
    assert.matches("line %d+ says trigger:via", findings[1].message)
    finds({ "decision-overruled" }, 'if trigger.profile.a then trigger:skip "a" end trigger:delay "1 hour"')
    finds({ "decision-overruled" }, 'if trigger.profile.a then trigger:skip "a" end if trigger.profile.b then trigger:reject "b" end')
  end)

  it("is none with a return, an else, or a later skip", function()
    finds({}, 'if trigger.profile.a then return trigger:skip "a" end trigger:delay "1 hour"')
    finds({}, 'if trigger.profile.a then trigger:skip "a" return end trigger:delay "1 hour"')
    finds({}, 'if trigger.profile.a then trigger:skip "a" else trigger:delay "1 hour" end')
    finds({}, 'if trigger.profile.a then trigger:skip "a" end if trigger.profile.b then trigger:skip "b" end')
    finds({}, 'trigger:delay "1 hour" if trigger.profile.a then trigger:skip "a" end')
  end)

  it("is found in functions that are handed the trigger", function()
    local lines = checking.lines {
      ["campaigns/hello.lua"] = 'local rules = require "campaigns.lib.rules"\nreturn campaign { id = "hello", title = "x", channel = "email", surface = "mail",'
        .. ' message = { subject = "x", text = "x" }, on_trigger = function(trigger) rules.quiet(trigger) end }',
      ["campaigns/lib/rules.lua"] = 'local M = {}\nfunction M.quiet(trigger)\n  trigger:skip "a"\n  trigger:delay "1 hour"\nend\nreturn M',
    }
    assert.same({ "decision-overruled campaigns/lib/rules.lua:3:3" }, lines)
  end)
end)

describe("a condition that never changes", function()
  for _, condition in ipairs { "true", "not nil", 'trigger.profile.kind == "a" or "b"', '"a" == "a"', "false and trigger.profile.a" } do
    it("is found: " .. condition, function()
      finds({ "condition-constant" }, ("if %s then trigger:delay '1 hour' end"):format(condition))
    end)
  end

  for _, condition in ipairs { "trigger.profile.a", 'trigger.profile.a == "x" or trigger.profile.a == "y"', "(trigger.profile.n or 0) > 3" } do
    it("is none: " .. condition, function()
      finds({}, ("if %s then trigger:delay '1 hour' end"):format(condition))
    end)
  end

  it("may be the true of a loop without an end", function()
    finds({}, "local n = 0 while true do n = n + 1 if n > 3 then break end end trigger.context.n = n")
  end)
end)
