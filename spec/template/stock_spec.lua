-- herald.template under the interpreter as it comes, with no daemon and none of the engine's Lua around it.

local build = os.getenv "HERALD_BUILD" or "build/dev"

-- A build with sanitizers has an interpreter of its own, for the stock one cannot load its modules.
local function interpreter()
  local own = build .. "/spec/interpreter"
  local file = io.open(own)
  if not file then return "lua5.4" end
  file:close()
  return own
end

---@return string output with what went wrong
local function run(script)
  local name = os.tmpname()
  local file = assert(io.open(name, "w"))
  file:write('local template = require "herald.template"\n', script)
  file:close()
  local process = assert(io.popen(("LUA_PATH='' LUA_CPATH='%s/lib/?.so' '%s' %s 2>&1"):format(build, interpreter(), name)))
  local text = process:read "a"
  process:close()
  os.remove(name)
  return text
end

describe("herald.template by itself", function()
  it("renders over JSON text, a document, and a table", function()
    assert.equal("Hi <b>&lt;Jane&gt;</b> 10.50 3\n", run [==[
      local compiled = assert(template.compile "Hi <b>{{context.name}}</b> {{context.price}} {%= 1 + 2 %}")
      print(compiled:render '{"context": {"name": "<Jane>", "price": 10.50}}')
    ]==])
    assert.equal("Jane 2 true\n", run [==[
      local compiled = assert(template.compile("{{context.name}} {{context.list.length}} {{profile.is}}", { mode = "text" }))
      print(compiled:render { context = { name = "Jane", list = { 1, 2 } }, profile = '{"is": true}' })
    ]==])
    assert.equal("x\n", run [==[
      local document = require("herald.payload").parse '{"a": "x"}'
      print(assert(template.compile "{{a}}"):render(document))
    ]==])
  end)

  it("has fragments, helpers, the clock and the log", function()
    assert.matches("^F JANE 20%d%d\tsaid\n$", run [==[
      local said
      local compiled = assert(template.compile("{{> f}} {{shout context.name}} {%= formatDate(now(), 'yyyy') %}{{log 'said'}}",
        { fragments = { f = "F" }, helpers = { shout = string.upper } }))
      print(compiled:render({ context = { name = "Jane" } }, { log = function(text) said = text end }), said)
    ]==])
  end)

  it("says what is wrong", function()
    assert.equal("nil\ttemplate:2:3: the block 'if' is never closed\t2\t3\n", run [==[
      local compiled, message, place = template.compile "a\n  {{#if x}}"
      print(compiled, message, place.line, place.column)
    ]==])
    assert.equal("nil\ttemplate:1:1: an object cannot be printed; name one of its members or use {{#each}}\trender-error\n", run [==[
      print(assert(template.compile "{{a}}"):render '{"a": {}}')
    ]==])
    for script, said in pairs {
      ["template.compile()"] = "bad argument #1 to 'compile' (string expected, got no value)",
      ["template.compile('', { mod = 'html' })"] = "'mod'",
      ["template.compile('', { mode = 'pdf' })"] = "option 'mode': expected html, text, header, url or json, got 'pdf'",
      ["template.compile(''):render()"] = "expected a document, a JSON text or a table as the roots, got nil",
      ["template.compile(''):render('{')"] = "roots: ",
      ["template.compile(''):render({ context = print })"] = "function",
      ["template.compile(''):render({ context = '{' })"] = "the root 'context': ",
      ["template.compile(''):render({}, { nov = 1 })"] = "'nov'",
    } do
      local text = run(script)
      assert.is_truthy(text:find(said, 1, true), script .. ": " .. text)
    end
  end)
end)
