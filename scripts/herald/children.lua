-- The members of an object or the elements of an array, one after the other.

---@param doc herald.Document
---@param node integer|nil nil: there are none
---@return fun(): integer|nil
return function(doc, node)
  local left = node and doc:len(node) or 0
  local child
  return function()
    if left == 0 then return nil end
    left = left - 1
    child = child and doc:next(child) or doc:first(node)
    return child
  end
end
