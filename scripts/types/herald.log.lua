---@meta herald.log

---@class herald.Log
---@field debug fun(self, message: string, fields?: table<string, any>)
---@field info fun(self, message: string, fields?: table<string, any>)
---@field warn fun(self, message: string, fields?: table<string, any>)
---@field error fun(self, message: string, fields?: table<string, any>)

local log = {}

---@param options {format?: "logfmt"|"json", level?: "debug"|"info"|"warn"|"error", path?: string, clock?: herald.Clock}
---@return herald.Log|nil, string?, string?
function log.open(options) end

return log
