-- Bounds of what names a recipient: a namespace and a userId in it.

local M = {}

M.MOST_USER_ID = 512
M.MOST_NAMESPACE = 64

local function check(name, text, most)
  if #text > most then return ("%s: longer than %d bytes"):format(name, most) end
  if not utf8.len(text) then return ("%s: expected UTF-8"):format(name) end
end

---@param namespace string
---@param user_id string
---@return string|nil message what is wrong, with the field's name
function M.check(namespace, user_id)
  return check("userId", user_id, M.MOST_USER_ID) or check("namespace", namespace, M.MOST_NAMESPACE)
end

return M
