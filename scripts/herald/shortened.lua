-- Texts that others wrote, cut where they are longer than they may be, between two characters.

---@param text string
---@param most integer bytes
---@return string
return function(text, most)
  if #text <= most then return text end
  local last = utf8.offset(text, 0, most + 1) -- where the character begins that is cut
  return text:sub(1, (last or most + 1) - 1)
end
