local payload = require "herald.payload"

describe("herald.payload", function()
  local function value(text) return assert(payload.parse(text)):value(1) end

  it("keeps the characters of numbers", function()
    local doc = payload.parse '{"a":10.50,"b":9007199254740993,"c":1e400}'
    assert.equal("10.50", doc:string(doc:find(1, "a")))
    assert.equal("9007199254740993", doc:raw(doc:find(1, "b")))
    assert.equal("1e400", doc:string(doc:find(1, "c")))
    assert.equal(9007199254740993, doc:value(doc:find(1, "b")))
  end)

  it("decodes escapes and surrogate pairs", function()
    assert.equal("a\"\\/\b\f\n\r\t\u{e9}\u{1F600}\0", value [["a\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00\u0000"]])
  end)

  it("tells an empty array from an empty object", function()
    assert.equal("[]", payload.encode(value "[]"))
    assert.equal("{}", payload.encode(value "{}"))
  end)

  it("takes the last of equal names", function()
    local doc = payload.parse '{"a":1,"\\u0061":2}'
    assert.equal("2", doc:string(doc:find(1, "a")))
  end)

  for name, text in pairs {
    ["nothing"] = "", ["a bare word"] = "nul", ["a trailing comma"] = "[1,]", ["a leading zero"] = "01", ["a lone point"] = "1.",
    ["a plus sign"] = "+1", ["text behind"] = "{} x", ["an open string"] = '"abc', ["an open object"] = '{"a":1', ["a raw newline"] = '"a\nb"',
    ["invalid UTF-8"] = '"\xff"', ["an overlong form"] = '"\xc0\xaf"', ["an encoded surrogate"] = '"\xed\xa0\x80"',
    ["a lone surrogate"] = '"\\ud800"', ["an unknown escape"] = '"\\x"', ["a comment"] = "/* */1", ["NaN"] = "NaN", ["a NUL byte"] = "\0",
    ["depth 65"] = ("["):rep(65) .. ("]"):rep(65), ["single quotes"] = "{'a':1}",
  } do
    it("refuses " .. name, function()
      local doc, message, code = payload.parse(text)
      assert.is_nil(doc)
      assert.equal("invalid-json", code)
      assert.matches("at byte %d+", message)
    end)
  end

  it("says that no value stands there, of whatever could not begin one", function()
    for _, text in ipairs { "x", "+1", "[x]", "'a'", "" } do
      assert.matches("expected a value", (select(2, payload.parse(text))), 1, true)
    end
    assert.matches("a number without digits", (select(2, payload.parse "-x")), 1, true)
  end)

  it("takes depth 64", function()
    assert.truthy(payload.parse(("["):rep(64) .. ("]"):rep(64)))
  end)

  it("encodes with sorted keys and round numbers exactly", function()
    assert.equal('{"a":[1,2.5,true,null],"b":"x\\u0001"}', payload.encode { b = "x\1", a = { 1, 2.5, true, payload.null } })
    assert.equal("0.1", payload.encode(0.1))
    assert.equal("0.30000000000000004", payload.encode(0.1 + 0.2))
  end)

  it("refuses what JSON cannot say", function()
    assert.has_error(function() payload.encode(print) end)
    assert.has_error(function() payload.encode(0 / 0) end)
    local loop = {}
    loop.a = loop
    assert.has_error(function() payload.encode(loop) end)
  end)

  it("merges into an object without touching the rest", function()
    assert.equal('{"a":10.50,"b":2,"c":[]}', payload.merge('{ "a" : 10.50, "b": 1 }', { b = 2, c = payload.array {} }))
    assert.equal('{"x":1}', payload.merge("{}", { x = 1 }))
  end)

  it("walks members in the order of the text", function()
    local doc = payload.parse '{"b":{"x":1},"a":[1,2]}'
    local first = doc:first(1)
    assert.equal("b", doc:key(first))
    assert.equal("a", doc:key(doc:next(first)))
    assert.equal(2, doc:len(doc:next(first)))
  end)

  it("picks several strings at once", function()
    local doc = payload.parse '{"a":"x","b":1}'
    assert.same({ "x", false, false }, { doc:pick(1, "a", "b", "c") })
  end)

  it("refuses a node that is not there", function()
    assert.has_error(function() payload.parse("1"):kind(2) end)
  end)
end)
