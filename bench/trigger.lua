-- POST /im/executions/unitary: every 202 on disk first, and a function of the campaign run, beside servers that do less.

local daemon = require "spec.support.daemon"
local process = require "spec.support.process"
local support = require "bench.support"

local function herald()
  local server = daemon.start { project = "bench/project", values = { SMTP = "smtp://127.0.0.1:9" } }
  local rate, note = support.wrk(server.url, { server.key, "hourly" })
  server:close()
  return rate, note
end

-- nginx and Redis run for one measurement each, as Herald does.
local function nginx(path, with_redis)
  return function()
    if not support.has "nginx" then return nil, "nginx is not installed" end
    local folder = process.run({ "mktemp", "-d", "/tmp/herald-bench.XXXXXX" }):match "%S+"
    local port, redis_port = support.free_port(), support.free_port()
    local redis
    if with_redis then
      redis = process.start({ "redis-server", "--port", tostring(redis_port), "--bind", "127.0.0.1", "--dir", folder, "--save", "",
        "--appendonly", "yes", "--appendfsync", "always", "--daemonize", "no", "--loglevel", "warning" }, { errors = "/dev/null" })
      support.wait_for_port(redis_port)
    end
    local conf = support.read "bench/peers/nginx.conf":gsub("@(%u+)@", { PORT = tostring(port), REDIS = tostring(redis_port) })
    local user = support.is_root() and "user root;\n" or ""
    support.write(folder .. "/nginx.conf", user .. conf)
    local server = process.start({ "nginx", "-p", folder, "-e", "stderr", "-c", folder .. "/nginx.conf" }, { errors = folder .. "/log" })
    support.wait_for_port(port)
    local rate, note = support.wrk("http://127.0.0.1:" .. port .. path, { "key", "hourly" })
    server:stop "TERM"
    if redis then redis:stop() end
    os.execute("rm -rf " .. folder)
    return rate, note
  end
end

return { {
  name = "trigger", unit = "triggers/s",
  contenders = {
    { name = "Herald", measure = herald },
    { name = "nginx, a constant 202", measure = nginx "/constant" },
    { name = "nginx-lua, decoding, storing nothing", measure = nginx "/lua", goal = 0.75 },
    { name = "nginx-lua + Redis, appendfsync always", measure = nginx("/redis", true), goal = 2 },
  },
} }
