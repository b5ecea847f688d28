-- The files that a campaign's texts come from: templates/NAME, and the fragments that they name.

local M = {}

local FOLDER = "templates/"
local MOST_DEPTH = 16

---The path of a template in the project; nil for a name that leaves the folder.
---@param name string
---@return string|nil path
---@return string|nil message
function M.path(name)
  if type(name) ~= "string" or name == "" then return nil, "expected the name of a file in templates/" end
  local plain = name:gsub("^%./", "")
  if plain:find "^/" or plain:find "[\\%z]" or ("/" .. plain .. "/"):find("/%.%.?/") or plain:find("//", 1, true) then
    return nil, ("%q is not the name of a file in templates/"):format(name)
  end
  return FOLDER .. plain
end

---The path of a fragment: {{fragment id="footer"}} is templates/fragments/footer.html.
---@param files table<string, string>
---@param id string
---@return string|nil
function M.fragment_path(files, id)
  if not M.path(id) then return nil end
  local path = FOLDER .. "fragments/" .. id
  for _, candidate in ipairs { path .. ".html", path .. ".txt", path } do
    if files[candidate] then return candidate end
  end
end

-- {{fragment id="footer"}} and {{> footer}}, which may be an inline partial, too.
local function fragment_ids(source)
  local ids = {}
  for at, arguments in source:gmatch "(){{~?%s*fragment%s+([^}]*)}" do
    local id = arguments:match '%f[%w]id%s*=%s*"([^"]*)"' or arguments:match "%f[%w]id%s*=%s*'([^']*)'"
    if id then ids[#ids + 1] = { id = id, is_needed = true, at = at } end
  end
  for rest in source:gmatch "{{~?#?>%s*([^}]*)}" do
    local id = rest:match '^"([^"]*)"' or rest:match "^'([^']*)'" or rest:match "^%[([^%]]*)%]" or rest:match "^[%w_./-]+"
    if id then ids[#ids + 1] = { id = id } end
  end
  return ids
end

-- Line and column of a byte, from 1; columns count characters.
local function place_of(text, at, file)
  local before, line = text:sub(1, at - 1), 1
  for _ in before:gmatch "\n" do line = line + 1 end
  local _, continuing = before:match("[^\n]*$"):gsub("[\x80-\xBF]", "")
  return { file = file, line = line, column = #before:match("[^\n]*$") - continuing + 1 }
end

---Visits every fragment that a template needs, those of fragments too.
---@param files table<string, string>
---@param source string
---@param found fun(path: string)
---@param missing fun(id: string, place: { file: string, line: integer, column: integer }|nil)
---@param file string|nil where the source is from: without it what is missing there has no place
function M.each_fragment(files, source, found, missing, file)
  local seen = {}
  local function visit(text, depth, from)
    if depth > MOST_DEPTH then return end
    for _, named in ipairs(fragment_ids(text)) do
      local path = not seen[named.id] and M.fragment_path(files, named.id)
      if path then
        found(path)
        visit(files[path], depth + 1, path)
      elseif not seen[named.id] and named.is_needed then
        missing(named.id, from and place_of(text, named.at, from))
      end
      seen[named.id] = seen[named.id] or path ~= nil or named.is_needed
    end
  end
  visit(source, 1, file)
end

return M
