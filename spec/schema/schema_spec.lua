local payload = require "herald.payload"
local schema = require "herald.schema"
local secret = require "herald.secret"

local function faults_of(spec, value, options)
  local _, faults = schema.check(spec, value, options)
  local lines = {}
  for index, found in ipairs(faults) do lines[index] = found.path .. ": " .. found.message end
  return lines
end

local function field(spec) return { type = "table", fields = { x = spec } } end

describe("a schema", function()
  it("gives a copy that holds nothing of the given tables", function()
    local given = { list = { "a" }, map = { b = { c = "d" } } }
    local spec = { type = "table", fields = { list = { type = "array", items = { type = "string" } }, map = { type = "any" } } }
    local copy = schema.check(spec, given)
    given.list[1], given.map.b.c = "changed", "changed"
    assert.equal("a", copy.list[1])
    assert.equal("d", copy.map.b.c)
  end)

  it("collects every error with its path", function()
    local spec = { type = "table", fields = {
      name = { type = "string", required = true },
      inner = { type = "table", fields = { count = { type = "integer" }, list = { type = "array", items = { type = "boolean" } } } },
    } }
    assert.same({
      "inner.count: expected an integer, got a string",
      "inner.list[2]: expected true or false, got an integer",
      "name: missing: expected a string",
    }, faults_of(spec, { inner = { count = "x", list = { true, 2 } } }))
  end)

  it("names an unknown field with the nearest known one", function()
    local spec = { type = "table", fields = { subject = { type = "string" }, html = { type = "string" } } }
    assert.same({ 'subjekt: unknown field; did you mean "subject"?' }, faults_of(spec, { subjekt = "x" }))
    assert.same({ "zebra: unknown field" }, faults_of(spec, { zebra = "x" }))
  end)

  it("finds swapped letters and other spellings", function()
    local spec = { type = "table", fields = { reply_to = { type = "string" }, expires_after = { type = "string" } } }
    assert.same({ 'replyTo: unknown field; did you mean "reply_to"?' }, faults_of(spec, { replyTo = "x" }))
    assert.same({ 'exipres_after: unknown field; did you mean "expires_after"?' }, faults_of(spec, { exipres_after = "x" }))
  end)

  it("refuses the wrong type of each kind", function()
    for kind, case in pairs {
      string = { 5, "expected a string, got an integer" },
      number = { "5", "expected a number, got a string" },
      integer = { 5.5, "expected an integer, got a number" },
      boolean = { "yes", "expected true or false, got a string" },
      array = { "x", "expected a list, got a string" },
      map = { 1, "expected a table, got an integer" },
      table = { true, "expected a table, got a boolean" },
      template = { 7, "expected a string, got an integer" },
      duration = { 30, 'expected a duration such as "30 minutes", got an integer' },
      size = { true, 'expected a size such as "200 kB", got a boolean' },
      rate = { 100, 'expected a rate such as "100/s", got an integer' },
      ["function"] = { "x", "expected a function, got a string" },
    } do
      local spec = { type = kind, items = { type = "any" }, values = { type = "any" }, fields = {} }
      assert.same({ "x: " .. case[2] }, faults_of(field(spec), { x = case[1] }), kind)
    end
  end)

  it("says what a duration, size and rate look like", function()
    assert.matches('^x: expected a duration such as "30 minutes": ', faults_of(field { type = "duration" }, { x = "soon" })[1])
    assert.same({ 'x: expected a size such as "200 kB", got "big"' }, faults_of(field { type = "size" }, { x = "big" }))
    assert.same({ 'x: expected a rate such as "100/s" or "30/min", got "fast"' }, faults_of(field { type = "rate" }, { x = "fast" }))
    assert.same({ 'x: there is no time zone "Mars/Base"' }, faults_of(field { type = "zone" }, { x = "Mars/Base" }))
  end)

  it("works out milliseconds, bytes and rates", function()
    local spec = { type = "table", fields = {
      wait = { type = "duration" }, most = { type = "size" }, rate = { type = "rate" }, other = { type = "size" },
    } }
    local result = schema.check(spec, { wait = "1 hour 30 minutes", most = "200 kB", rate = "30/min", other = "1.5 KiB" }, { derive = true })
    assert.same({ wait = "1 hour 30 minutes", wait_ms = 5400000, most = 200000, rate = "30/min", rate_per_second = 0.5, other = 1536 }, result)
  end)

  it("leaves the words alone where nothing is to be worked out", function()
    assert.same({ x = "30 minutes" }, (schema.check(field { type = "duration" }, { x = "30 minutes" })))
  end)

  it("checks enumerations, with a hint", function()
    local spec = field { type = "string", one_of = { "transactional", "marketing" } }
    assert.same({ 'x: expected one of "transactional", "marketing", got "marketting"; did you mean "marketing"?' },
      faults_of(spec, { x = "marketting" }))
    assert.same({}, faults_of(spec, { x = "marketing" }))
  end)

  it("checks patterns, lengths and bounds", function()
    assert.same({ "x: expected letters" }, faults_of(field { type = "string", pattern = "^%a+$", expected = "letters" }, { x = "1" }))
    assert.same({ "x: longer than 3 characters" }, faults_of(field { type = "string", longest = 3 }, { x = "four" }))
    assert.same({ "x: expected at least 1" }, faults_of(field { type = "integer", least = 1 }, { x = 0 }))
    assert.same({ "x: expected at most 9" }, faults_of(field { type = "integer", most = 9 }, { x = 10 }))
  end)

  it("fills defaults, inside of missing tables too", function()
    local spec = field { type = "table", default = {}, fields = { y = { type = "integer", default = 5 }, z = { type = "boolean", default = false } } }
    assert.same({ x = { y = 5, z = false } }, (schema.check(spec, {})))
  end)

  it("takes the first alternative that fits", function()
    local spec = field { type = "any", of = { { type = "integer" }, { type = "template", mode = "text" } } }
    assert.same({ x = 3 }, (schema.check(spec, { x = 3 })))
    assert.same({ x = { source = "{{context.n}}" } }, (schema.check(spec, { x = "{{context.n}}" })))
    assert.same({ "x: expected an integer or a string, got a boolean" }, faults_of(spec, { x = true }))
  end)

  it("takes a description with a mode for a template", function()
    assert.same({ x = { source = "hi" } }, (schema.check(field { mode = "html" }, { x = "hi" })))
  end)

  it("takes a template in the form that it is kept in", function()
    local spec = field { type = "template" }
    assert.same({ x = { source = "a", file = "templates/a.html" } }, (schema.check(spec, { x = { source = "a", file = "templates/a.html" } })))
    assert.same({ "x: expected a string, got a table" }, faults_of(spec, { x = { sauce = "a" } }))
  end)

  it("refuses lists with holes and lists with names", function()
    local spec = field { type = "array", items = { type = "string" } }
    assert.same({ "x: expected a list without holes" }, faults_of(spec, { x = { [1] = "a", [3] = "c" } }))
    assert.same({ "x: expected a list, got a table with the name a" }, faults_of(spec, { x = { a = "b" } }))
  end)

  it("treats the API's null as nothing", function()
    assert.same({}, (schema.check(field { type = "string" }, { x = payload.null })))
    assert.same({ "x: missing: expected a string" }, faults_of(field { type = "string", required = true }, { x = payload.null }))
  end)

  it("takes plain data of any shape, and nothing else", function()
    assert.same({ x = { a = { 1, "b", true } } }, (schema.check(field { type = "any" }, { x = { a = { 1, "b", true } } })))
    assert.same({ "x.f: expected plain data, got a function" }, faults_of(field { type = "any" }, { x = { f = print } }))
  end)

  it("refuses a table that holds itself", function()
    local loop = {}
    loop.loop = loop
    local faults = faults_of(field { type = "any" }, { x = loop })
    assert.equal(1, #faults)
    assert.matches("the table contains itself", faults[1])
    loop.again, loop.list = loop, { loop, loop }
    assert.is_true(#faults_of(field { type = "any" }, { x = loop }) <= 4)
  end)

  it("takes one table in two places", function()
    local shared = { 1 }
    assert.same({}, faults_of(field { type = "any" }, { x = { a = shared, b = shared } }))
  end)

  it("ends where one table stands in too many places", function()
    local tree = { 1 }
    for _ = 1, 13 do tree = { tree, tree, tree } end
    assert.matches("more tables than a definition can have", faults_of(field { type = "any" }, { x = tree })[1])
  end)

  it("calls no metamethod of what it checks", function()
    local function never() error "called" end
    local hostile = setmetatable({ x = "plain" }, { __index = never, __pairs = never, __len = never, __eq = never })
    assert.same({ x = "plain" }, (schema.check(field { type = "string" }, hostile)))
  end)

  it("takes secrets only where it is told to", function()
    local value = secret.new("KEY", "abc")
    assert.equal(value, schema.check(field { type = "string" }, { x = value }, { secrets = true }).x)
    assert.matches("secrets belong in surfaces", faults_of(field { type = "string" }, { x = value })[1])
    assert.matches("expected a duration", faults_of(field { type = "duration" }, { x = value }, { secrets = true })[1])
  end)

  it("raises for a type that does not exist", function()
    assert.error_matches(function() schema.check({ type = "strnig" }, "x") end, 'there is no type "strnig"')
  end)
end)
