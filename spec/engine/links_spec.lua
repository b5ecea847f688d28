-- The links that a message carries about itself are made of the settings and its own id.
local folders = require "spec.support.project_folder"
local kit = require "herald.testing"

local FILES = {
  ["herald.lua"] = [[return { links = { unsubscribe = "https://shop.example.com/stop/{id}?x=%1", mirror = "https://shop.example.com/mail/{id}" } }]],
  ["surfaces/mail.lua"] = [[return surface { name = "mail", channel = "email", provider = "capture", from = "x@example.com" }]],
  ["campaigns/news.lua"] = [[return campaign {
    id = "news", category = "marketing", channel = "email", surface = "mail",
    message = { subject = "S", text = "{{message.unsubscribeUrl}} {{message.mirrorUrl}}" },
  }]],
}

describe("a message", function()
  it("says where to stop it and where it can be read", function()
    local dir = folders.make(FILES)
    local engine = kit.engine { project = dir }
    local id = engine:trigger("news", { userId = "jane@example.com" }).messages[1].id
    assert.equal(("https://shop.example.com/stop/%s?x=%%1 https://shop.example.com/mail/%s"):format(id, id), engine:delivered()[1].text)
    engine:close()
    folders.remove(dir)
  end)
end)
