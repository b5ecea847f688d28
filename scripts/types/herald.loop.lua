---@meta herald.loop

---@class herald.Parking
---@field wait fun(self, ms?: integer): ... # waits until another coroutine calls wake, or so long; returns what wake was given
---@field wake fun(self, ...): boolean # true when someone waited

local loop = {}

---Waits for ms milliseconds of real time.
---@param ms integer
function loop.sleep(ms) end

---Runs f as a coroutine until it first waits; its errors are logged.
---@param f function
function loop.spawn(f, ...) end

---@return integer live coroutines that have not ended
function loop.live() end

---Waits for one event; false when nothing is left to wait for.
---@return boolean
function loop.run_once() end

---Handles what is ready.
function loop.poll() end

---Runs the loop until every spawned coroutine has ended.
function loop.run_until_idle() end

---@return herald.Parking
function loop.parking() end

return loop
