---@meta herald.daemon

---The daemon's threads and listeners, as the main thread's scripts steer them. Only the program has a use for it.
local daemon = {}

---@class herald.Daemon
local Daemon = {}

---@class herald.DaemonOptions
---@field store herald.Store # has to outlive the daemon, as clock and log have to
---@field clock herald.Clock
---@field log herald.Log
---@field share string # the folder of scripts/ and channels/
---@field workers integer # threads, each with a loop, a Lua state and a listener
---@field limits? { header_size?: integer, body_size?: integer, header_time_ms?: integer, body_time_ms?: integer, idle_time_ms?: integer, connections?: integer }
---@field tls? { certificate: string, key: string, client_ca?: string } # PEM files

---What a worker's scripts are handed beside the store, clock and log.
---@class herald.DaemonContext
---@field ask fun(text: string): string # asks the main thread; waits
---@field tell fun(text: string) # tells it something, which Daemon:next gives
---@field hand_over fun(request: table): boolean # gives the request to this worker's candidate; false when there is none
---@field tell_candidate fun(text: string): boolean # calls tell(text) of this worker's candidate; false when there is none

---Starts the workers, which wait for scripts to load.
---@param options herald.DaemonOptions
---@return herald.Daemon? daemon, string? message, string? code
function daemon.start(options) end

---The processors that this process may use.
---@return integer
function daemon.cores() end

---Builds a Lua state from the bundle in every worker and switches to it; if one of them cannot, none does. Waits.
---@param generation { bundle: string, modules?: string, generation: integer, data: string, beside?: string } # beside: what a candidate is told; the current state stays, and hands over to it. bundle: the project's files, as herald.parcel packs them; modules: byte code, as herald.product packs it
---@return true? ok, string? message, string? code
function Daemon:load(generation) end

---How many Lua states the workers have, those that are replaced and have work left included.
---@return integer
function Daemon:states() end

---Calls tell(text) of every worker's current scripts. Waits.
---@param text string
---@return true
function Daemon:tell(text) end

---Makes the candidate current in every worker. Waits.
---@return true
function Daemon:promote() end

---Gives the candidate no more requests; what it has it finishes. Waits.
---@return true
function Daemon:withdraw() end

---Has Daemon:next give the text in so many milliseconds, in place of an earlier alarm.
---@param ms integer
---@param text string
function Daemon:alarm(ms, text) end

---Opens an address on every worker, a unix socket on the first alone. Waits.
---@param options { address: string, tls?: boolean } # "host:port", "[::]:port" or "unix:/path"
---@return integer? port, string? message, string? code
function Daemon:listen(options) end

---The next thing to do: "reload" and "terminate" are signals, "changed" is a watched folder's; else it is what a worker asks. Waits.
---@return string? text, integer? question # question: what answer wants to be told
function Daemon:next() end

---Answers a worker's question.
---@param question integer
---@param text string
function Daemon:answer(question, text) end

---Reads the TLS files again; connections that are open go on with the old certificate.
---@return true? ok, string? message, string? code
function Daemon:reload_certificate() end

---Takes no more requests and finishes what is held, until the deadline. Waits. When a worker does not come back
---some seconds after it, the process ends with exit code 1.
---@param deadline_ms integer
---@return true
function Daemon:stop(deadline_ms) end

---Watches folders, in place of those before.
---@param folders string[]
---@return true? ok, string? message, string? code
function Daemon:watch(folders) end

---Ends the workers.
function Daemon:close() end

return daemon
