---@meta
-- What an editor knows in a project's surface files.

---@class herald.SurfaceDefinition
---@field name string
---@field title? string
---@field description? string
---@field channel "email"|"sms"|"push"|"webhook"|string
---@field provider string
---@field connections? integer 10 unless told
---@field rate? string such as "100/s"
---@field retry? { first?: string, factor?: number, most?: string, give_up_after?: string } durations
---@field failover? string[] surfaces of the same channel
---@field from? string
---@field reply_to? string
---@field dkim? { domain: string, selector: string, key: string|herald.Secret } key: a file in secrets/
---@field url? string
---@field user? string|herald.Secret
---@field password? string|herald.Secret
---@field tls? "none"|"opportunistic"|"required"
---@field timeout? string a duration
---@field [string] any what the provider takes beside

---@param definition herald.SurfaceDefinition
---@return table
function surface(definition) end
