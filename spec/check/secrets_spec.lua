local checking = require "spec.support.checking"
local folder = require "spec.support.folder"

-- Made up here from parts, so that no scanner takes this file for a leak.
local KEYS = {
  ["a live API key"] = "sk_" .. "live_4eC39HqLyjWDarjtT1zdp7dc",
  ["an access key"] = "AKIA" .. "IOSFODNN7EXAMPLE",
  ["an access token"] = "ghp_" .. "16C7e42F292c6912E7710c838347Ae178B4a",
  ["a private key"] = "-----BEGIN RSA " .. "PRIVATE KEY-----",
  ["a bearer token"] = "Bearer " .. "a8f5f167f44f4964e6c998dee827110c",
}

local function find(text)
  local lines, findings = checking.lines { ["campaigns/hello.lua"] = text }
  for index, line in ipairs(lines) do lines[index] = line:match "^%S+" end
  return lines, findings
end

local function with(code)
  return find(code .. "\n" .. folder.campaign())
end

describe("secrets in text", function()
  for what, key in pairs(KEYS) do
    it("are found and never shown: " .. what, function()
      local codes, findings = find(folder.campaign { description = ("%q"):format(key) })
      assert.same({ "secret-in-text" }, codes)
      assert.equal("error", findings[1].level)
      assert.is_nil(findings[1].message:find(key:sub(-8), 1, true))
      assert.is_nil(findings[1].message:find(key:gsub("^Bearer ", ""):sub(1, 5), 1, true))
    end)
  end

  it("are found in templates", function()
    local lines = checking.lines {
      ["campaigns/hello.lua"] = folder.campaign { message = '{ subject = "x", text = campaign.template "a.txt" }' },
      ["templates/a.txt"] = "Hello\n " .. KEYS["an access key"] .. ".",
    }
    assert.same({ "secret-in-text templates/a.txt:2:2" }, lines)
  end)

  it("are found by their names and by how random they are", function()
    local codes = with 'local api_token = "q8Zk2LmX9vTb4RwY7cNd"'
    assert.same({ "lint", "secret-in-text" }, codes)
  end)

  it("are passwords, alone and in addresses", function()
    local lines = checking.lines { ["surfaces/other.lua"] = 'return surface { name = "other", channel = "email", provider = "smtp", from = "a@example.com",'
      .. '\n  url = "smtp://mail.example.com:25", user = "me", password = "hunter2" }', ["campaigns/hello.lua"] = folder.campaign { surface = '"other"' } }
    assert.same({ "secret-in-text surfaces/other.lua:2:63" }, lines)
    assert.same({ "secret-in-text" }, (find(folder.campaign { description = '"postgres://app:' .. 's3cretpw' .. '@db.example.com/x"' })))
  end)

  for _, line in ipairs {
    'collapse_key = "order-2026-spring-sale-0042"', 'password = "string"', 'key = "dkim-2026-selector-one.pem"', 'idempotency_key = "welcome-mail-2026-11"',
    'resetPasswordUrl = "https://example.com/password/reset?token=abc"', 'secret_key = "{{context.someVeryLongName12345}}"',
    'token = "your one-time token 123456 is here"', 'passwordHint = "Min8Chars!"',
  } do
    it("are not seen in " .. line, function()
      assert.same({}, (checking.lines { ["campaigns/hello.lua"] = ("local values = { %s }\n%s"):format(line,
        folder.campaign { description = "values.title" }) }))
    end)
  end
end)

describe("secrets that are shown", function()
  local function found(body)
    local text = 'local key = secret "SHOP"\n' .. folder.campaign { on_trigger = "function(trigger) " .. body .. " end" }
    local lines = checking.lines({ ["campaigns/hello.lua"] = text }, { words = { log = { info = print }, http = { post = print } } })
    return lines[1] and lines[1]:match "^%S+", #lines
  end

  it("are found in a context, a log and a text", function()
    assert.equal("secret-shown", (found "trigger.context.key = key"))
    assert.equal("secret-shown", (found "log.info(key)"))
    assert.equal("secret-shown", (found 'trigger.context.x = "x" .. key'))
  end)

  it("are none where another system is told", function()
    assert.equal(0, (select(2, found 'http.post("https://example.com", { headers = { Authorization = key } })')))
  end)
end)
