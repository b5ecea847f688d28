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

---Runs the functions at once, as coroutines that share the caller's budget, and waits until all have ended. When one
---raises, the others are cancelled, and no code of theirs runs again.
---@param functions function[] at most 1000
---@return boolean ok
---@return any results of function i the first three at 3i - 2; or what was raised
function loop.join(functions) end

---@return herald.Parking
function loop.parking() end

return loop
