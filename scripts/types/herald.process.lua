---@meta herald.process

local process = {}

---@class herald.ProcessResult
---@field exit integer
---@field signal integer? that ended it
---@field output string what it printed on both standard outputs
---@field is_late boolean it was killed after timeout_ms
---@field is_cut boolean it printed more than output_most

---Runs a program with an empty standard input and waits for its end. The command's first word is found on the PATH.
---@param options { command: string[], environment: table<string, string>?, timeout_ms: integer?, output_most: integer? } environment: beside, or instead of, this process's own; output_most in bytes, 1 MiB unless told
---@return herald.ProcessResult? result, string? message, string? code "not-found": there is no such program
function process.run(options) end

return process
