---@meta herald.template

---The template language, compiled once and rendered over documents.
local template = {}

---@class herald.Template
local Template = {}

---Renders over the roots: a document, its JSON text, or a table of root (context, profile, …) to document, text or table.
---@param roots herald.payload.Document|string|table<string, any>
---@param options? { now?: integer, strict?: boolean, zone?: string, locale?: string } # strict: a missing name is an error
---@return string? text, string? message, string? code
function Template:render(roots, options) end

---The paths that are read from the roots, such as "context.firstName".
---@return string[] # sorted
function Template:names() end

---@class herald.TemplateOptions
---@field mode? "html"|"text"|"header"|"url"|"json" # how values are escaped; "html" unless told
---@field name? string # in messages of errors
---@field fragments? table<string, string>|(fun(id: string): string?)
---@field helpers? table<string, function>

---@param source string
---@param options? herald.TemplateOptions
---@return herald.Template? template, string? message, { line: integer, column: integer, name: string }? place
function template.compile(source, options) end

return template
