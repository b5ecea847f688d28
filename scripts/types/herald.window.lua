---@meta herald.window

---Instants (milliseconds since the Unix epoch, UTC), durations and a campaign's window.
local window = {}

---Reads RFC 3339, or a local time without offset in a zone. A local time that a clock change skips is the instant of
---that change; one that comes twice is the earlier. A leap second is the second after it.
---@param text string # "2026-11-23T10:00:00Z", or with a zone "2026-11-23T10:00"
---@param zone? string # such as "Europe/Paris"; not looked at when the text has an offset
---@return integer? ms, string? message, string? code
function window.parse(text, zone) end

---@param ms integer
---@param zone? string
---@return string # "2026-11-23T10:00:00.000Z", with a zone "2026-11-23T11:00:00.000+01:00"
function window.format(ms, zone) end

---@param text string # "30 minutes", "1 hour 30 minutes": weeks, days, hours, minutes, seconds, ms
---@return integer? ms, string? message, string? code
function window.duration(text) end

---The start belongs to the window, the end does not.
---@param starts? integer
---@param ends? integer
---@param now integer
---@return "before"|"open"|"after"
function window.state(starts, ends, now) end

---@param name string
---@return boolean
function window.valid_zone(name) end

return window
