local stores = require "spec.support.stores"

local NOW = stores.NOW

-- A generation whose files are { path = text }; the hash of a file is its text here.
local function generation(number, bundle, files, changes)
  local list = {}
  for path, text in pairs(files) do list[#list + 1] = { path = path, hash = "h-" .. text, content = text } end
  local new = {
    number = number, hash = bundle, folder = bundle, at = NOW + number, by = "ann", action = "reload", campaigns = 1, state = "loaded",
    keep = 50, files = list,
  }
  for name, value in pairs(changes or {}) do new[name] = value end
  return new
end

describe("generations in the store", function()
  local store
  before_each(function() store = stores.memory() end)
  after_each(function() store:close() end)

  local function files_of(number)
    local files = {}
    for _, row in ipairs(assert(store:generation_files(number))) do files[row.path] = row.content end
    return files
  end

  local function numbers()
    local list = {}
    for index, row in ipairs(assert(store:generations())) do list[index] = row.number end
    return list
  end

  it("are listed with all that is known of them, the oldest first", function()
    assert.is_true(store:save_generation(generation(1, "a", { ["x.lua"] = "one" }, { note = "first" })))
    assert.is_true(store:save_generation(generation(2, "b", { ["x.lua"] = "two" }, { action = "rollback" })))
    local rows = assert(store:generations())
    assert.same({ number = 1, hash = "a", folder = "a", at = NOW + 1, by = "ann", action = "reload", campaigns = 1, state = "loaded",
      note = "first" }, rows[1])
    assert.equal("rollback", rows[2].action)
    assert.is_nil(rows[2].note)
  end)

  it("give their files byte by byte, also one without any", function()
    local binary = "\0\255\n\r" .. ("x"):rep(70000)
    assert.is_true(store:save_generation(generation(1, "a", { ["x.lua"] = "", ["templates/y.bin"] = binary })))
    assert.same({ ["x.lua"] = "", ["templates/y.bin"] = binary }, files_of(1))
  end)

  it("share files that are the same: content is given once", function()
    assert.is_true(store:save_generation(generation(1, "a", { ["x.lua"] = "one", ["y.lua"] = "two" })))
    local second = generation(2, "b", { ["x.lua"] = "new" })
    table.insert(second.files, { path = "y.lua", hash = "h-two" })
    assert.is_true(store:save_generation(second))
    assert.same({ ["x.lua"] = "new", ["y.lua"] = "two" }, files_of(2))
  end)

  it("are refused whole when a file is not there", function()
    local missing = generation(1, "a", { ["x.lua"] = "one" })
    table.insert(missing.files, { path = "y.lua", hash = "h-nobody-gave-it" })
    assert.equal("conflict", select(3, store:save_generation(missing)))
    assert.same({}, store:generations())
    local without = generation(1, "a", {})
    assert.equal("conflict", select(3, store:save_generation(without)))
    assert.same({}, store:generations())
  end)

  it("of the same bundle need no files again", function()
    assert.is_true(store:save_generation(generation(1, "a", { ["x.lua"] = "one" })))
    assert.is_true(store:save_generation(generation(2, "a", {})))
    assert.same({ ["x.lua"] = "one" }, files_of(2))
  end)

  it("go when there are too many, with the files that nothing else has", function()
    for number = 1, 6 do
      assert.is_true(store:save_generation(generation(number, "b" .. number, { ["x.lua"] = "text " .. number, ["y.lua"] = "same" }, { keep = 3 })))
    end
    assert.same({ 4, 5, 6 }, numbers())
    assert.same({}, files_of(3))
    assert.same({ ["x.lua"] = "text 4", ["y.lua"] = "same" }, files_of(4))
    local gone = generation(7, "b3", {})
    gone.files = { { path = "x.lua", hash = "h-text 3" } }
    assert.equal("conflict", select(3, store:save_generation(gone)))
  end)

  it("that are in force or would be after a rollback stay, however old they are", function()
    assert.is_true(store:save_generation(generation(1, "a", { ["x.lua"] = "good" })))
    assert.is_true(store:save_generation(generation(2, "b", { ["x.lua"] = "now" })))
    for number = 3, 9 do
      assert.is_true(store:save_generation(generation(number, "c" .. number, { ["x.lua"] = "tried " .. number }, { state = "withdrawn", keep = 2 })))
    end
    assert.same({ 1, 2, 8, 9 }, numbers())
    for number = 10, 13 do assert.is_true(store:save_generation(generation(number, "b", {}, { keep = 2 }))) end
    assert.same({ 1, 12, 13 }, numbers())
    assert.same({ ["x.lua"] = "good" }, files_of(1))
  end)

  it("are changed where something is said, and nowhere else", function()
    assert.is_true(store:save_generation(generation(1, "a", { ["x.lua"] = "one" }, { state = "canary" })))
    assert.is_true(store:note_generation { number = 1, state = "withdrawn", note = "why" })
    assert.is_true(store:note_generation { number = 1, folder = "f" })
    local row = store:generations()[1]
    assert.same({ "withdrawn", "why", "f", "a" }, { row.state, row.note, row.folder, row.hash })
    assert.equal("not-found", select(3, store:note_generation { number = 2, note = "nobody" }))
  end)

  it("refuse files of a wrong shape", function()
    local wrong = generation(1, "a", {})
    wrong.files = { "x.lua" }
    assert.has_error(function() store:save_generation(wrong) end, "save_generation: option 'files': expected tables in the array, got string")
  end)
end)
