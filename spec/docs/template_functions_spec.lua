-- docs/templates.md has every function of the template language, and its examples give what they say.
-- An example is a line "- `{%= call %}` → `output`" under the function's heading.

local template = require "herald.template"

local NOW_MS = 1795514400000 -- 2026-11-24T10:00:00Z, as the page says
local page = (os.getenv "HERALD_SOURCE" or ".") .. "/docs/templates.md"

-- The page's examples as { line, name, source, output }, its headings by name, and the document of its json block.
local function read_page()
  local examples, headings, document, number, name = {}, {}, nil, 0, nil
  local in_json, is_there = false, false
  for line in io.lines(page) do
    number = number + 1
    is_there = is_there or line == "# Functions"
    if not is_there then goto continue end
    local heading = line:match "^### (%w+)$"
    local source, output = line:match "^%- `({%%= .+ %%})` → `(.*)`$"
    if line:find "^```" then
      in_json = line == "```json"
    elseif in_json then
      document = (document or "") .. line
    elseif heading then
      name = heading
      headings[name] = { line = number, examples = 0 }
    elseif source then
      headings[name].examples = headings[name].examples + 1
      examples[#examples + 1] = { line = number, name = name, source = source, output = output }
    else
      assert(not line:find "{%%=.*→", ("%s:%d: an example that is not of the form"):format(page, number))
    end
    ::continue::
  end
  return examples, headings, document
end

describe("the page of the template language's functions", function()
  local examples, headings, document = read_page()

  it("has each function, with its signature and an example, and no other", function()
    local known = {}
    for _, name in ipairs(template.functions()) do
      known[name] = true
      assert(headings[name], page .. " does not have " .. name)
      assert(headings[name].examples > 0, page .. " has no example of " .. name)
    end
    for name, heading in pairs(headings) do
      assert(known[name], ("%s:%d: there is no %s"):format(page, heading.line, name))
    end
  end)

  for _, example in ipairs(examples) do
    it(("gives what it says for %s (line %d)"):format(example.name, example.line), function()
      assert(example.source:find(example.name .. "(", 1, true), "the example does not call " .. example.name)
      local compiled = assert(template.compile(example.source, { mode = "text" }))
      assert.equal(example.output, assert(compiled:render(document, { now = NOW_MS })))
    end)
  end
end)
