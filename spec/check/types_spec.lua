-- The types by which editors complete a project's files say what the schemas, the words and the test kit have.

local campaign_fields = require "herald.campaign_fields"
local endpoint = require "herald.endpoint"
local folder = require "spec.support.folder"
local guarded = require "herald.guarded"
local kit = require "herald.testing"
local primitives = require "herald.primitives"
local spec_engine = require "herald.testing.engine"
local surface = require "herald.surface"

local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read "a"
  file:close()
  return text
end

local pipe = assert(io.popen "LD_PRELOAD= ls scripts/types")
local all = {}
for name in pipe:lines() do
  if name:find "^[%w_]+%.lua$" or name == "herald.testing.lua" then all[#all + 1] = read("scripts/types/" .. name) end
end
pipe:close()
local text = table.concat(all, "\n")

-- The fields that a class declares.
local function class(name)
  local fields, found = {}, false
  for line in (text .. "\n"):gmatch "(.-)\n" do
    if line:find "^%-%-%-@class " then found = line:match "^%-%-%-@class ([%w_.]+)" == name end
    if not line:find "^%-%-%-" then found = false end
    local field = found and line:match "^%-%-%-@field ([%w_]+)"
    if field then fields[field] = true end
  end
  return fields
end

local function names_of(map)
  local names = {}
  for name in pairs(map) do names[#names + 1] = name end
  table.sort(names)
  return names
end

local channels = folder.good {}.channels

describe("the types for editors", function()
  it("have the fields of a campaign", function()
    assert.same(names_of(campaign_fields.description(channels, "email", true).fields), names_of(class "herald.CampaignDefinition"))
  end)

  for channel, name in pairs { email = "herald.EmailMessage", sms = "herald.SmsMessage", push = "herald.PushMessage", webhook = "herald.WebhookMessage" } do
    it("have the fields of a message: " .. channel, function()
      assert.same(names_of(channels[channel].fields), names_of(class(name)))
    end)
  end

  it("have the fields of surfaces and endpoints", function()
    local declared = class "herald.SurfaceDefinition"
    for name in pairs(surface.fields()) do assert.is_true(declared[name], name) end
    assert.same(names_of(endpoint.fields()), names_of(class "herald.EndpointDefinition"))
  end)

  it("have every word and what belongs to it", function()
    for name, word in pairs(primitives.words()) do
      local place = text:find("\n" .. name .. " = ", 1, true) or text:find("\nfunction " .. name .. "(", 1, true)
      assert(place, "no types file declares the word " .. name)
      for member in pairs(type(word) == "table" and word or {}) do
        local has_field = text:find("\n---@field " .. member .. "%f[^%w_]") or text:find("\nfunction " .. name .. "." .. member .. "(", 1, true)
        assert(has_field, ("no types file declares %s.%s"):format(name, member))
      end
    end
  end)

  it("have what a trigger offers", function()
    local declared = class "herald.Trigger"
    for name in read "scripts/herald/decision.lua":gmatch "\nfunction methods%.([%w_]+)" do assert.is_true(declared[name], name) end
  end)

  it("have the test kit", function()
    for name in pairs(kit) do assert(text:find("\nfunction kit." .. name .. "(", 1, true), "kit." .. name) end
    local methods = getmetatable(spec_engine.new({}, {}, {})).__index
    for name in pairs(methods) do
      if not name:find "^__" then assert(text:find("\nfunction engine:" .. name .. "(", 1, true), "engine:" .. name) end
    end
  end)

  it("have no global that scripts do not", function()
    local words = primitives.words()
    for _, name in ipairs { "campaign", "surface", "endpoint", "channel", "provider", "secret" } do words[name] = true end
    for name in text:gmatch "\n([%a_][%w_]*) = {" do assert.is_truthy(words[name] or guarded.library()[name], name) end
    for name in text:gmatch "\nfunction ([%a_][%w_]*)%(" do assert.is_truthy(words[name], name) end
  end)
end)
