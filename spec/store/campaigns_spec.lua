local open = require("herald.store").open
local stores = require "spec.support.stores"

local NOW = stores.NOW

describe("campaigns in the store", function()
  local store
  before_each(function() store = assert(open { path = ":memory:" }) end)
  after_each(function() store:close() end)

  local function save(changes)
    local version = { campaign = "welcome", hash = "v1", definition = "{}", bundle = '{"files":{}}', origin = "file", by = "ann", at = NOW }
    for name, value in pairs(changes or {}) do version[name] = value end
    return assert(store:save_version(version))
  end

  local function change(changes)
    local fields = { id = "welcome", from = { "draft" }, status = "live", by = "bob", at = NOW + 5, action = "activate" }
    for name, value in pairs(changes or {}) do fields[name] = value end
    return store:change_campaign(fields)
  end

  it("makes a draft of a new campaign's first version", function()
    assert.same({ number = 1, created = true, campaign_created = true }, save())
    local record = assert(store:campaign "welcome")
    local revision = record.revision
    record.revision = nil
    assert.same({
      id = "welcome", status = "draft", draft = "v1", origin = "file", created_at = NOW, created_by = "ann", modified_at = NOW,
      modified_by = "ann",
    }, record)
    assert.is_true(revision <= store:revision())
    assert.same({
      campaign = "welcome", hash = "v1", number = 1, definition = "{}", bundle = '{"files":{}}', created_at = NOW, created_by = "ann",
    }, store:version("welcome", "v1"))
  end)

  it("does nothing when the same version is saved again", function()
    save()
    local revision = store:revision()
    assert.same({ number = 1, created = false, campaign_created = false }, save { at = NOW + 10, by = "eve" })
    assert.equal(revision, store:revision())
    assert.equal("ann", store:campaign("welcome").modified_by)
    assert.equal(1, #store:audit {})
  end)

  it("numbers versions, and lists them without what is large", function()
    save()
    assert.same({ number = 2, created = true, campaign_created = false }, save { hash = "v2", at = NOW + 1 })
    assert.same({ number = 1, created = true, campaign_created = true }, save { campaign = "other", hash = "v2" })
    local versions = store:versions "welcome"
    assert.same({ "v1", "v2" }, { versions[1].hash, versions[2].hash })
    assert.is_nil(versions[1].bundle)
    assert.is_nil(versions[1].definition)
    assert.equal("v2", store:campaign("welcome").draft)
  end)

  it("has no draft beside the live version that is the same", function()
    save()
    assert(change { live = "v1", draft = false })
    save { hash = "v2" }
    assert.equal("v2", store:campaign("welcome").draft)
    save { hash = "v1" }
    local record = store:campaign "welcome"
    assert.is_nil(record.draft)
    assert.equal("v1", record.live)
  end)

  it("changes a campaign from one of the statuses named, with its audit row", function()
    save()
    local record = assert(change { live = "v1", draft = false, detail = '{"why":"tested"}' })
    assert.same({ "live", "v1", nil, "bob", NOW + 5 }, { record.status, record.live, record.draft, record.modified_by, record.modified_at })
    assert.same(record, store:campaign "welcome")
    assert.equal(NOW + 5, store:version("welcome", "v1").activated_at)
    assert.same({ id = 2, at = NOW + 5, by = "bob", action = "activate", campaign = "welcome", detail = '{"why":"tested"}' },
      store:audit({ campaign = "welcome" })[1])
    assert.equal("paused", assert(change { from = { "stopped", "live" }, status = "paused", action = "pause" }).status)
  end)

  it("refuses a change from another status, and writes nothing", function()
    save()
    assert(change { live = "v1", draft = false })
    local revision = store:revision()
    local record, message, code = change()
    assert.is_nil(record)
    assert.equal("conflict", code)
    assert.matches("status", message)
    assert.equal("conflict", select(3, change { from = {} }))
    assert.equal(revision, store:revision())
    assert.equal(2, #store:audit {})
  end)

  it("lets one of two changes at once win", function()
    save()
    local results = {}
    stores.together {
      function() results[1] = { change { live = "v1", draft = false } } end,
      function() results[2] = { change { live = "v1", draft = false } } end,
    }
    assert.equal("live", results[1][1].status)
    assert.equal("conflict", results[2][3])
  end)

  it("refuses to make live what is no version of the campaign", function()
    save()
    assert.equal("not-found", select(3, change { live = "v9" }))
    assert.equal("draft", store:campaign("welcome").status)
    assert.equal("not-found", select(3, change { id = "nobody" }))
  end)

  it("deletes drafts alone", function()
    save()
    save { campaign = "other" }
    assert(change { id = "other", live = "v1", draft = false })
    local revision = store:revision()
    assert.is_true(store:delete_campaign { id = "welcome", by = "ann", at = NOW })
    assert.is_true(store:revision() > revision)
    assert.equal("not-found", select(3, store:campaign "welcome"))
    assert.equal("not-found", select(3, store:version("welcome", "v1")))
    assert.equal("conflict", select(3, store:delete_campaign { id = "other", by = "ann", at = NOW }))
    assert.equal("not-found", select(3, store:delete_campaign { id = "welcome", by = "ann", at = NOW }))
    assert.equal("delete", store:audit({ campaign = "welcome" })[1].action)
    assert.same({ number = 1, created = true, campaign_created = true }, save())
  end)

  it("lists campaigns by status and by what changed since", function()
    save { campaign = "b" }
    save { campaign = "a" }
    local revision = store:revision()
    assert(change { id = "b", live = "v1", draft = false })
    local function ids(options)
      local list = {}
      for index, record in ipairs(store:campaigns(options)) do list[index] = record.id end
      return list
    end
    assert.same({ "a", "b" }, ids {})
    assert.same({ "b" }, ids { status = "live" })
    assert.same({ "b" }, ids { changed_since = revision })
    assert.same({}, ids { changed_since = store:revision() })
  end)

  it("pages through the audit log from the newest", function()
    for index = 1, 5 do
      assert.is_true(store:append_audit { at = NOW + index, by = "ann", action = "step" .. index, campaign = index % 2 == 0 and "even" or nil })
    end
    local first = store:audit { limit = 2 }
    assert.same({ "step5", "step4" }, { first[1].action, first[2].action })
    local second = store:audit { limit = 2, before = first[2].id }
    assert.same({ "step3", "step2" }, { second[1].action, second[2].action })
    assert.equal(2, #store:audit { campaign = "even" })
  end)

  it("raises for misuse", function()
    local function bad(pattern, method, ...)
      local arguments = table.pack(...)
      assert.error_matches(function() store[method](store, table.unpack(arguments, 1, arguments.n)) end, pattern)
    end
    bad("save_version: option 'hash': expected a string, got nil", "save_version", { campaign = "a" })
    bad("unknown option 'name'", "save_version", { name = "a" })
    bad("option 'from': expected an array of strings", "change_campaign", { id = "a", from = "draft" })
    bad("option 'from': expected strings in the array", "change_campaign", { id = "a", from = { 1 } })
    bad("option 'draft': expected a string, got boolean", "change_campaign", { id = "a", from = {}, draft = true })
    bad("argument 'id': expected a string, got nil", "campaign")
    bad("argument 'hash': expected a string, got number", "version", "a", 1)
    bad("limit: 0 is not between", "audit", { limit = 0 })
    bad("table expected", "campaigns", "draft")
  end)
end)
