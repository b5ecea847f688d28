---@meta herald.template

---The template language, compiled once and rendered over documents.
local template = {}

---@class herald.Template
local Template = {}

---Renders over the roots: a document, its JSON text, or a table of root (context, profile, …) to document, text or table.
---@param roots herald.payload.Document|string|table<string, any>
---strict: a name that is missing is an error where it is printed or looped over. seed: of random(); the message's id unless
---told. log: gets what {{log}} says.
---@param options? { now?: integer, strict?: boolean, locale?: string, seed?: integer, log?: fun(text: string) }
---@return string? text, string? message, string? code
function Template:render(roots, options) end

---The paths that are read from the roots, such as "context.firstName".
---@return string[] # sorted
function Template:names() end

---Where each of these paths is read first: the template's name or the fragment's, the line and the column.
---@return table<string, { name: string, line: integer, column: integer }>
function Template:places() end

---What the compiler found unwise: a value inside a script, a style sheet, or a name.
---@return { message: string, name: string, line: integer, column: integer }[]
function Template:warnings() end

---@class herald.TemplateOptions
---@field mode? "html"|"text"|"header"|"url"|"json" # how values are escaped; "html" unless told
---@field name? string # in messages of errors
---@field fragments? table<string, string>|(fun(id: string): string?, string?) # a fragment's text, and its name in messages
---@field helpers? table<string, function> # called with the values, and one table of all key=value behind them; may not wait
---@field limits? { output_size?: integer, depth?: integer, turns?: integer, time_ms?: integer } # of one rendering

---@param source string
---@param options? herald.TemplateOptions
---@return herald.Template? template, string? message, { line: integer, column: integer, name: string }? place
function template.compile(source, options) end

---The functions that expressions may call.
---@return string[] # their names, sorted
function template.functions() end

return template
