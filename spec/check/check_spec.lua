-- The runner: luacheck's own warnings, comments that allow a finding, and campaigns as they are written, with nothing found.

local checking = require "spec.support.checking"
local checks = require "herald.check"
local codes = require "herald.check.codes"
local folder = require "spec.support.folder"
local parser = require "herald.check.parser"
local project = require "herald.project"
local review = require "herald.review"

local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read "a"
  file:close()
  return text
end

describe("the check", function()
  it("gives luacheck's warnings, without those that have a finding of their own", function()
    local lines, findings = checking.lines { ["campaigns/hello.lua"] = "local left = 1\n" .. folder.campaign() }
    assert.same({ "lint campaigns/hello.lua:1:7" }, lines)
    assert.equal("unused variable 'left' (W211)", findings[1].message)
    assert.equal("warning", findings[1].level)
  end)

  it("is silenced by a comment on the line or above it", function()
    assert.same({}, (checking.lines { ["campaigns/hello.lua"] = "local left = 1 -- check: allow lint\n" .. folder.campaign() }))
    assert.same({}, (checking.lines { ["campaigns/hello.lua"] = "-- check: allow lint\nlocal left = 1\n" .. folder.campaign() }))
    assert.same({}, (checking.lines { ["templates/old.html"] = "{{! check: allow template-unused }}x", ["campaigns/hello.lua"] = folder.campaign() }))
  end)

  it("reports a comment that silences nothing", function()
    assert.same({ "allow-unused campaigns/hello.lua:1:0" },
      (checking.lines { ["campaigns/hello.lua"] = "-- check: allow lint\n" .. folder.campaign() }))
    assert.same({ "allow-unused campaigns/hello.lua:1:0", "lint campaigns/hello.lua:3:7" },
      (checking.lines { ["campaigns/hello.lua"] = "-- check: allow lint\n\nlocal left = 1\n" .. folder.campaign() }))
  end)

  it("reads the files of a project that does not load, and leaves broken ones to the loader", function()
    local lines = checking.lines({ ["campaigns/hello.lua"] = folder.campaign { surface = '"none"' },
      ["campaigns/broken.lua"] = "return campaign {", ["endpoints/a.lua"] = "return os.time()" }, { must_load = false })
    assert.same({ "global-unknown endpoints/a.lua:1:8" }, lines)
  end)

  it("says in one line when luacheck is not there, and looks for secrets all the same", function()
    local findings, notice = checks.run({ files = folder.files { ["campaigns/hello.lua"] = "local left = '" .. "AKIA" .. "IOSFODNN7EXAMPLE'" } },
      { luacheck = false })
    assert.equal("secret-in-text", findings[1].code)
    assert.equal(1, #findings)
    assert.equal(parser.MISSING, notice)
    assert.matches("lua%-check", notice)
  end)

  it("gives each finding its level and what to do", function()
    for _, code in ipairs(codes.list()) do
      local level, advice = codes.of(code)
      assert.is_true(level == "error" or level == "warning", code)
      assert.is_true(#advice > 10, code)
    end
  end)

  -- bench/project's surface is filled in by the benchmark.
  for _, dir in ipairs { "examples", "bench/project", "spec/check/fixtures" } do
    it("finds nothing in " .. dir, function()
      local bundle = assert(project.read(dir))
      if dir == "bench/project" then
        bundle.files["surfaces/sink.lua"] = bundle.files["surfaces/sink.lua"]:gsub("@SMTP@", "smtp://127.0.0.1:2525")
      end
      local loaded = assert(project.load(bundle, { secrets = function() return "shared" end }))
      local told = {}
      for _, found in ipairs((checks.run(bundle, { project = loaded }))) do
        told[#told + 1] = ("%s:%s %s %s"):format(found.file, found.line, found.code, found.message)
      end
      assert.same({}, told)
    end)
  end

  it("checks hundreds of campaigns in seconds", function()
    local files = folder.files {}
    local text = read "spec/check/fixtures/campaigns/cart-reminder.lua"
    for number = 1, 200 do
      local id = ("cart-reminder-%d"):format(number)
      files[("campaigns/%s.lua"):format(id)] = text:gsub('"cart%-reminder"', '"' .. id .. '"'):gsub('"newsletter"', '"mail"')
    end
    for _, name in ipairs { "cart-reminder.html", "fragments/footer.html" } do files["templates/" .. name] = read("spec/check/fixtures/templates/" .. name) end
    files["campaigns/lib/quiet.lua"] = read "spec/check/fixtures/campaigns/lib/quiet.lua"
    local loaded = assert(project.load({ files = files }, {}))
    local start = os.clock()
    checks.run({ files = files }, { project = loaded })
    local seconds = os.clock() - start
    assert.is_true(seconds < 20, ("%.1f seconds"):format(seconds)) -- under sanitizers
  end)

  it("has an entry in docs/check.md for each code, and none too many", function()
    local page, known = read "docs/check.md", {}
    for _, code in ipairs(codes.list()) do known[code] = true end
    for code in page:gmatch "\n### ([%w-]+)\n" do
      assert.is_true(known[code], code .. " is no code")
      known[code] = nil
      local entry = page:match("\n### " .. code:gsub("%-", "%%-") .. "\n(.-)\n##") or page:match("\n### " .. code:gsub("%-", "%%-") .. "\n(.*)$")
      assert.matches("```", entry, 1, true)
    end
    assert.same({}, known)
    for _, row in ipairs(review.codes()) do assert.matches("`" .. row.code .. "`", page, 1, true) end
  end)

end)
