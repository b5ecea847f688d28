local files = require "herald.files"

describe("files", function()
  local dir

  setup(function()
    dir = os.tmpname()
    os.remove(dir)
    assert(os.execute(("mkdir -p %s/inner && cd %s && printf 'a\\0b' > bytes && : > empty && mkfifo pipe && ln -s bytes link"):format(dir, dir)))
  end)

  teardown(function() os.execute("rm -r " .. dir) end)

  it("lists files and folders, and nothing else", function()
    local kinds = {}
    for _, entry in ipairs(assert(files.list(dir))) do kinds[entry.name] = entry.kind end
    assert.same({ bytes = "file", empty = "file", inner = "folder", link = "file" }, kinds)
    assert.same({}, (files.list(dir .. "/inner")))
  end)

  it("reads every byte", function()
    assert.equal("a\0b", (files.read(dir .. "/bytes")))
    assert.equal("", (files.read(dir .. "/empty")))
  end)

  it("says what is not there, or cannot be read", function()
    assert.same({ nil, "/nonexistent: not-found", "not-found" }, { files.list "/nonexistent" })
    assert.equal("not-found", select(3, files.read(dir .. "/none")))
    assert.equal("not-found", select(3, files.list(dir .. "/bytes")))
    assert.equal("unavailable", select(3, files.read(dir)))
  end)

  it("raises for what is no path", function()
    assert.error(function() files.read {} end)
    assert.error(function() files.list "a\0b" end)
  end)
end)
