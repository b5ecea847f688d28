-- The documentation holds: its blocks of code run, its links lead somewhere, and every function of every binding is declared
-- in scripts/types, which docs/bindings.md leads to.
--
-- A block whose fence says more than its language, such as "lua campaign" or "html template", and whose first line is a
-- comment with a path is a file of that page's project. The project has to pass its check, and its specs have to pass.
-- "sh run" blocks run in the project's folder with the built program on the PATH. README's blocks lie over examples/.

local process = require "spec.support.process"
local project = require "herald.project"

local source, build = os.getenv "HERALD_SOURCE" or ".", os.getenv "HERALD_BUILD" or "build/dev"

local KINDS = { settings = true, surface = true, campaign = true, endpoint = true, channel = true, provider = true,
  template = true, file = true, spec = true }

local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read "a"
  file:close()
  return text
end

local function lines_of(command)
  local list = {}
  local pipe = assert(io.popen("cd " .. process.quote(source) .. " && LD_PRELOAD= " .. command))
  for line in pipe:lines() do list[#list + 1] = line end
  pipe:close()
  return list
end

local pages = lines_of "ls README.md docs/*.md"

-- The fenced blocks of a page: { line, language, kind, text }.
local function blocks_of(page)
  local blocks, open, number = {}, nil, 0
  for line in (read(source .. "/" .. page) .. "\n"):gmatch "(.-)\n" do
    number = number + 1
    local info = line:match "^```(.*)$"
    if info and open then
      open.text = table.concat(open.lines, "\n") .. "\n"
      blocks[#blocks + 1], open = open, nil
    elseif info then
      local language, kind = info:match "^(%S*)%s*(%S*)"
      open = { line = number, language = language, kind = kind, lines = {} }
    elseif open then
      open.lines[#open.lines + 1] = line
    end
  end
  assert(not open, page .. ": a block is not closed")
  return blocks
end

local function write(path, text)
  assert(os.execute("LD_PRELOAD= mkdir -p " .. process.quote((path:match "^(.*)/"))))
  local file = assert(io.open(path, "wb"))
  file:write(text)
  file:close()
end

local function temporary_folder()
  return lines_of "mktemp -d /tmp/herald-spec-docs.XXXXXX"[1]
end

local function remove(folder)
  os.execute("LD_PRELOAD= rm -rf " .. process.quote(folder))
end

-- Runs a command in the folder, with the program on the PATH, and gives what it printed.
local function run_in(folder, command)
  return process.run({ "sh", "-c", "cd " .. process.quote(folder) .. " && " .. command }, { errors = "output", environment = {
    PATH = build .. ":" .. os.getenv "PATH",
  } })
end

describe("the documentation", function()
  for _, page in ipairs(pages) do
    describe(page, function()
      local blocks = blocks_of(page)
      local files, order, commands = {}, {}, {}
      for _, block in ipairs(blocks) do
        if block.language == "sh" and block.kind == "run" then
          commands[#commands + 1] = block
        elseif KINDS[block.kind] then
          order[#order + 1] = block
        end
      end

      it("names its blocks by a path in their first line, each once", function()
        for _, block in ipairs(order) do
          local path = block.lines[1]:match "^%-%- (%S+%.%w+)$" or block.lines[1]:match "^<!%-%- (%S+%.%w+) %-%->$"
          assert(path, ("%s:%d: expected a comment with the file's path"):format(page, block.line))
          assert(not files[path], ("%s:%d: %s comes twice"):format(page, block.line, path))
          files[path] = block.text
        end
      end)

      it("has Lua that compiles", function()
        for _, block in ipairs(blocks) do
          if block.language == "lua" then
            assert(load(block.text, ("=%s:%d"):format(page, block.line)) or load("return " .. block.text), ("%s:%d: is no Lua"):format(page, block.line))
          end
        end
      end)

      it("links to what is there", function()
        local folder = page:match "^(.*/)" or ""
        for target in read(source .. "/" .. page):gmatch "%]%(([^)#%s]+)[^)]*%)" do
          if not target:find "^%a+:" then
            local file = io.open(source .. "/" .. folder .. target)
            assert(file, page .. ": a link to what is not there: " .. target)
            file:close()
          end
        end
      end)

      if #order > 0 then
        it("has blocks that are a sound project", function()
          local folder = temporary_folder()
          if page == "README.md" then assert(os.execute("LD_PRELOAD= cp -r " .. process.quote(source .. "/examples/") .. ". " .. folder)) end
          local has_specs = false
          for path, text in pairs(files) do
            write(folder .. "/" .. path, text)
            has_specs = has_specs or path:find "^spec/.*_spec%.lua$" ~= nil
          end
          local loaded, errors = project.load(assert(project.read(folder)), { share = source, secrets = function() return "shared" end })
          local told = {}
          for _, failure in ipairs(errors or {}) do told[#told + 1] = tostring(failure) end
          assert(loaded, page .. ":\n" .. table.concat(told, "\n"))
          if has_specs then
            local output, status = run_in(folder, process.quote(build .. "/run-busted") .. " -C " .. folder .. " spec")
            assert(status == 0, page .. ": the specs in it do not pass\n" .. output)
          end
          remove(folder)
        end)
      end

      if #commands > 0 then
        it("has commands that work", function()
          local folder = temporary_folder()
          for path, text in pairs(files) do write(folder .. "/" .. path, text) end
          for _, block in ipairs(commands) do
            local output, status = run_in(folder, "set -e\n" .. block.text)
            assert(status == 0, ("%s:%d:\n%s"):format(page, block.line, output))
          end
          remove(folder)
        end)
      end
    end)
  end

  it("names source files that exist", function()
    local known = {}
    for _, path in ipairs(lines_of "find runtime bindings scripts channels spec examples -type f") do
      known[path], known[path:match "[^/]+$"] = true, true
    end
    for _, page in ipairs { "docs/architecture.md", "docs/bindings.md" } do
      for name in read(source .. "/" .. page):gmatch "`([%w_/]+%.[chl][ua]*)`" do
        assert(known[name] or name:find "x%.", ("%s: there is no %s"):format(page, name))
      end
    end
  end)

  -- The names that a module has for Lua: those it registers, and those that a comment gives a signature.
  local function registered(module)
    local names = { close = true } -- of every handle
    for _, path in ipairs(lines_of(("ls bindings/%s.c bindings/%s_*.c 2>/dev/null"):format(module, module))) do
      local text = read(source .. "/" .. path)
      for list in text:gmatch "luaL_Reg%s+[%w_]+%[%]%s*=%s*(%b{})" do
        for name in list:gmatch '{%s*"([^"]+)"' do
          if not name:find "^__" then names[name] = true end
        end
      end
      for line in text:gmatch "[^\n]+" do
        local name = line:match "^%s*/?%*%s*[%a]+[.:]([%w_]+)%s*[({].*"
        if name then names[name] = true end
      end
    end
    return names
  end

  -- What an annotations file declares: name to whether something is said about it.
  local function declared(text)
    local names, before = {}, ""
    for line in text:gmatch "[^\n]+" do
      local name = line:match "^function [%w_]+[.:]([%w_]+)%(" or line:match "^%-%-%-@field ([%w_]+) fun%("
      if name then names[name] = line:find "^%-%-%-@field" ~= nil or before:find "^%-%-%-" ~= nil or before:find "^function " ~= nil end
      before = line
    end
    return names
  end

  for _, path in ipairs(lines_of "ls bindings/*.c") do
    local module = read(source .. "/" .. path):match "int luaopen_herald_([%w_]+)%("
    if module then
      it(("have all of herald.%s, in scripts/types and docs/bindings.md"):format(module), function()
        local place = ("scripts/types/herald.%s.lua"):format(module)
        local names, known = declared(read(source .. "/" .. place)), registered(module)
        for name in pairs(known) do
          if name ~= "close" then
            assert(names[name] ~= nil, ("%s does not declare %s"):format(place, name))
            assert(names[name], ("%s says nothing about %s"):format(place, name))
          end
        end
        for name in pairs(names) do assert(known[name], ("%s declares %s, which %s does not have"):format(place, name, path)) end
        assert(read(source .. "/docs/bindings.md"):find("../" .. place, 1, true), "docs/bindings.md does not name herald." .. module)
      end)
    end
  end
end)
