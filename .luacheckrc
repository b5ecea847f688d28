-- luacheck over every Lua file of the product (./dev lint, and one of the tests).
std = "lua54"
max_line_length = 160
self = false
unused_args = false -- handlers keep the signature that they are called with
cache = false

files["spec/**/*_spec.lua"] = { std = "+busted", ignore = { "241", "331" } }
files["examples/spec/**/*_spec.lua"] = { std = "+busted" }
files["spec/check/fixtures/**/*.lua"] = { read_globals = { "campaign", "surface", "endpoint", "secret", "sleep", "http" } }
files["scripts/types"] = { ignore = { "1..", "2..", "6.." } }

-- What a project's files see as globals.
local project = { read_globals = { "campaign", "surface", "endpoint", "channel", "provider", "secret", "sleep", "http", "parallel", "random",
  "time", "log", "metric", "crypto", "json", "kv", "counter", "limit", "once" } }
for _, folder in ipairs { "examples", "channels", "bench/project", "spec/system/project" } do
  files[folder .. "/**/*.lua"] = project
end

-- wrk calls these by name.
files["bench/**/wrk/*.lua"] = { globals = { "wrk", "setup", "init", "delay", "request", "response", "done" } }
files["**/*.wrk.lua"] = { globals = { "wrk", "setup", "init", "delay", "request", "response", "done" } }

exclude_files = { "build", "node_modules", "**/node_modules" }
