-- One secret, or several while they are being changed: what is made with any of them is good.

local secret = require "herald.secret"

local M = {}

---How the field reads, for herald.schema.
M.FIELD = { type = "array", items = { type = "string" } }

---Puts a single secret into a list.
---@param value any
---@return any
function M.listed(value)
  if secret.is(value) or type(value) == "string" then return { value } end
  return value
end

---@param loading herald.Loading gets what is wrong
---@param list herald.Secret[]|nil
---@param least integer bytes
function M.check(loading, list, least)
  if list and #list == 0 then loading:add("authenticate.secret", "expected at least one secret") end
  for _, each in ipairs(list or {}) do
    local text = secret.reveal(each)
    if text == "" then
      loading:add("authenticate.secret", "expected a secret that is not empty")
    elseif text and #text < least then
      loading:add("authenticate.secret", ("expected a secret of at least %d bytes, got %d"):format(least, #text))
    end
  end
end

---The first secret for which the function gives something true, and that.
---@generic T
---@param list herald.Secret[]
---@param f fun(text: string): T
---@return T|nil
function M.first(list, f)
  for _, each in ipairs(list) do
    local found = f(secret.reveal(each))
    if found then return found end
  end
end

return M
