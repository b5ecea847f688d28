-- What a template is rendered over, and a template that is closed.

local payload = require "herald.payload"
local template = require "herald.template"

describe("the roots of a rendering", function()
  local compiled = template.compile("{{context.a}}{{profile.b}}", { mode = "text" })

  local function message_of(roots)
    local ok, message = pcall(compiled.render, compiled, roots)
    assert.is_false(ok)
    return message
  end

  it("are a document, its text, or a table of documents, texts and tables", function()
    assert.equal("1", compiled:render(payload.parse '{"context":{"a":1}}'))
    assert.equal("1", compiled:render '{"context":{"a":1}}')
    assert.equal("12", compiled:render { context = '{"a":1}', profile = { b = 2 } })
    assert.equal("1", compiled:render { context = payload.parse '{"a":1}' })
  end)

  it("are named where they are no data", function()
    assert.matches("render: expected a document, a JSON text or a table as the roots, got number", message_of(5), 1, true)
    assert.matches("render: the root 'profile': ", message_of { context = '{"a":1}', profile = "{" }, 1, true)
    assert.matches("render: the root 'context': ", message_of { context = { a = print } }, 1, true)
    assert.matches("render: the roots: ", message_of "{", 1, true)
    assert.matches("render: roots have names, and one here is a number", message_of { 1 }, 1, true)
  end)

  it("are UTF-8", function()
    assert.matches("render: the root 'profile': is not valid UTF-8", message_of { context = "{}", profile = '{"b":"\xff"}' }, 1, true)
    assert.matches("render: the roots: is not valid UTF-8", message_of '{"context":{"a":"\xff"}}', 1, true)
  end)
end)

describe("a handle that is closed by hand", function()
  it("says so", function()
    local compiled, document = template.compile "{{a}}", payload.parse '{"a":1}'
    assert.equal("1", compiled:render(document))
    for _, handle in ipairs { compiled, document } do
      for _ = 1, 2 do getmetatable(handle).__gc(handle) end
    end
    for _, call in ipairs { compiled.render, compiled.names, compiled.places, compiled.warnings } do
      assert.error_matches(function() call(compiled, { a = 1 }) end, "the template is closed")
    end
    for _, call in ipairs { document.find, document.kind, document.raw, document.value, document.pick } do
      assert.error_matches(function() call(document, 1, "a") end, "the document is closed")
    end
    local other = template.compile "{{a}}"
    assert.error_matches(function() other:render(document) end, "the document is closed")
    assert.error_matches(function() other:render { a = document } end, "the document is closed")
  end)
end)
