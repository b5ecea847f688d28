-- What the specs of templates share: a template rendered in one call, and its errors as one line.

local template = require "herald.template"

local M = {}

---@return string what it rendered, or what went wrong
function M.render(source, data, options, render_options)
  local compiled, message = template.compile(source, options or { mode = "text" })
  if not compiled then return "cannot compile: " .. message end
  local text, failure, code = compiled:render(data or {}, render_options)
  if text then return text end
  return ("cannot render (%s): %s"):format(code, failure)
end

---The names that a template reads, joined.
function M.names(source, options)
  return table.concat(assert(template.compile(source, options)):names(), " ")
end

return M
