---@meta herald.tally

---Numbers that a project's scripts count, shared by the states of a daemon. Labels are Prometheus' text, sorted.
---@class herald.Tally
---@field add fun(self, name: string, labels: string, value: number, forced?: boolean): true?, string?, string? # to a counter; codes conflict, too-many-names, too-many-series
---@field set fun(self, name: string, labels: string, value: number, forced?: boolean): true?, string?, string? # a gauge; codes as of add
---@field list fun(self): string # lines "counter|gauge NAME VALUE LABELS", a name's together

local tally = {}

---@return herald.Tally
function tally.new() end

return tally
