-- docs/testing.md has an entry for everything in the test kit, with an example, and scripts/types declares it.

local source = os.getenv "HERALD_SOURCE" or "."

local function read(path)
  local file = assert(io.open(source .. "/" .. path, "rb"))
  local text = file:read "a"
  file:close()
  return text
end

-- What the kit has, as specs write it.
local function offered()
  local names = { ["assert.golden"] = true }
  for name in read("scripts/herald/testing.lua"):gmatch "\nfunction M%.([%w_]+)%(" do names["kit." .. name] = true end
  for name in read("scripts/herald/testing/engine.lua"):gmatch "\nfunction Engine:([%w_]+)%(" do names["engine:" .. name] = true end
  return names
end

-- Heading to the text of its section, up to the next heading of any level.
local function entries(page)
  local found, current = {}, nil
  for line in page:gmatch "[^\n]*" do
    local heading = line:match "^### (.+)$"
    if heading then
      current = heading
      found[heading] = ""
    elseif line:find "^## " then
      current = nil
    elseif current then
      found[current] = found[current] .. line .. "\n"
    end
  end
  return found
end

describe("docs/testing.md", function()
  local page, types = read "docs/testing.md", read "scripts/types/herald.testing.lua"
  local described = entries(page)
  local blocks = {}
  for block in page:gmatch "```lua[^\n]*\n(.-)```" do blocks[#blocks + 1] = block end
  local examples = table.concat(blocks)

  for name in pairs(offered()) do
    it(("has an entry for %s, an example and a type"):format(name), function()
      local entry = assert(described[name], ("docs/testing.md has no heading ### %s"):format(name))
      assert.matches("%w", entry, ("docs/testing.md says nothing about %s"):format(name))
      assert(examples:find(name .. "%f[^%w_]"), ("docs/testing.md has no example with %s"):format(name))
      if name ~= "assert.golden" then
        assert(types:find(("function %s("):format(name), 1, true), ("scripts/types/herald.testing.lua does not declare %s"):format(name))
      end
    end)
  end

  it("describes nothing that is not there", function()
    local names = offered()
    for heading in pairs(described) do assert(names[heading], ("there is no %s in the kit"):format(heading)) end
    for name in types:gmatch "\nfunction ([%w_]+[.:][%w_]+)%(" do assert(names[name], ("there is no %s in the kit"):format(name)) end
  end)
end)
