-- Every finding of `herald check` beside those of the review: its level, what it means and what to do about it.
-- docs/check.md has an entry for each.

local M = {}

local CODES = {
  ["context-unknown"] = { "warning", "declare the name in the campaign's context, or correct it" },
  ["context-unused"] = { "warning", "take the name out of the campaign's context, or use it" },
  ["context-misspelt"] = { "warning", "write the name alike everywhere, or declare both in the campaign's context" },
  ["unreachable"] = { "warning", "take the code away, or move it before what ends the function" },
  ["decision-overruled"] = { "warning", "write `return` before the first decision, or put the other one into an else" },
  ["condition-constant"] = { "warning", "compare each value with ==, or take the condition away" },
  ["global-unknown"] = { "error", "use a word that scripts have, or declare a local variable" },
  ["member-unknown"] = { "error", "use a function that is there" },
  ["asked-at-load"] = { "error", "move the call into on_trigger, on_event or an endpoint's handle" },
  ["random-at-load"] = { "warning", "move the call into on_trigger: at the top of a file each worker and each reload draws another number" },
  ["random-unseeded"] = { "warning", "take a part of trigger.recipient.userId or of the context, which a replay has too" },
  ["order-undefined"] = { "warning", "sort the names first: the order of pairs differs from run to run" },
  ["address-as-text"] = { "warning", "write the fields that are meant: the address of a table differs from run to run" },
  ["secret-in-text"] = { "error", 'put it into secrets/NAME or the environment, write secret "NAME", and revoke the one that was written here' },
  ["secret-shown"] = { "error", "leave the secret out: it belongs to surfaces, and to what endpoints check" },
  ["id-differs"] = { "warning", "name the file like what it defines" },
  ["word-shadowed"] = { "warning", "give the local variable another name" },
  ["endpoint-shadowed"] = { "warning", "make the paths differ in a fixed part, or move the narrower one into a file that comes first by its name" },
  ["surface-unused"] = { "warning", "use it in a campaign, in via or in a failover, or delete the file" },
  ["template-unused"] = { "warning", "name it in a campaign or another template, or delete the file" },
  ["file-unused"] = { "warning", "require it, or delete the file" },
  ["function-unused"] = { "warning", "use it, or take it away" },
  ["secret-unused"] = { "warning", "delete the file, and revoke what is in it" },
  ["allow-unused"] = { "warning", "take the comment away" },
  ["lint"] = { "warning", "correct it, or say `-- luacheck: ignore` where it is meant" },
}

---@param code string
---@return string|nil level "error" or "warning"; nil for a code of the review, or none
---@return string|nil advice
function M.of(code)
  local row = CODES[code]
  if row then return row[1], row[2] end
end

---@return string[] # sorted
function M.list()
  local list = {}
  for code in pairs(CODES) do list[#list + 1] = code end
  table.sort(list)
  return list
end

return M
