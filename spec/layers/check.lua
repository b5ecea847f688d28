-- Enforces who may know whom (docs/architecture.md): lua5.4 spec/layers/check.lua [source folder] [C compiler].
-- Prints each breach as file:line: what is wrong, and exits 1 when there is one.

local root, compiler = arg[1] or ".", arg[2] or "cc"

-- Headers that belong to no library: C17 and POSIX.
local STANDARD = {}
for name in ([[assert complex ctype errno fenv float inttypes iso646 limits locale math setjmp signal stdalign stdarg
  stdatomic stdbool stddef stdint stdio stdlib stdnoreturn string tgmath threads time uchar wchar wctype
  arpa/inet dirent fcntl fnmatch glob grp libgen malloc netdb netinet/in netinet/tcp poll pthread pwd sched strings
  sys/epoll sys/eventfd sys/file sys/ioctl sys/mman sys/random sys/resource sys/select sys/socket sys/stat sys/statvfs
  sys/syscall sys/time sys/types sys/uio sys/un sys/utsname sys/wait syslog termios unistd utime]]):gmatch "%S+" do
  STANDARD[name .. ".h"] = true
end

-- Include prefix to the library it belongs to.
local LIBRARIES = {
  { "^uv%.h$", "libuv" }, { "^uv/", "libuv" }, { "^llhttp%.h$", "llhttp" }, { "^sqlite3", "SQLite" },
  { "^curl/", "libcurl" }, { "^mbedtls/", "mbedTLS" }, { "^psa/", "mbedTLS" }, { "^openssl/", "OpenSSL" },
  { "^unicode/", "ICU" },
  { "^lua%.h$", "Lua" }, { "^lauxlib%.h$", "Lua" }, { "^lualib%.h$", "Lua" },
}
local MOST_FILES_OF_A_LIBRARY = 3
local MORE_FILES = {
  libuv = 8, -- the loop, a listener, its connections and what they send, HTTP transfers, mail links, watched folders, processes
  ICU = 4,   -- domains, zones, texts, formats
}

-- Bindings with no runtime module of their own: budget meters Lua itself, daemon puts many modules together.
local BINDING_WITHOUT_MODULE = { budget = true, daemon = true }

-- "fcm" and "apns" are values of the API's pushInfo.platform, so they may be named.
local VENDORS = { "twilio", "vonage", "sinch", "messagebird", "plivo", "infobip", "firebase", "sendgrid",
  "mailgun", "mailjet", "postmark", "sparkpost", "amazonaws", "huawei", "googleapis", "onesignal" }

local breaches = 0
local function breach(file, line, ...)
  breaches = breaches + 1
  print(("%s:%d: %s"):format(file, line, string.format(...)))
end

local function quote(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

local function files(folder, pattern)
  local found = {}
  local list = assert(io.popen(("cd %s && find %s -type f -name %s 2>/dev/null | LC_ALL=C sort"):format(quote(root),
    quote(folder), quote(pattern))))
  for name in list:lines() do found[#found + 1] = name end
  list:close()
  return found
end

local function numbered_lines(file)
  local number, handle = 0, assert(io.open(root .. "/" .. file))
  return function()
    local line = handle:read "l"
    number = number + 1
    if not line then handle:close() return nil end
    return number, line
  end
end

local function exists(file)
  local handle = io.open(root .. "/" .. file)
  return handle ~= nil and handle:close()
end

local function library_of(include)
  for _, entry in ipairs(LIBRARIES) do
    if include:find(entry[1]) then return entry[2] end
  end
end

-- All #include lines of a file, as { line, name, is_system }.
local function includes(file)
  local found = {}
  for number, line in numbered_lines(file) do
    local open, name = line:match '^%s*#%s*include%s*([<"])([^>"]+)'
    if name then found[#found + 1] = { line = number, name = name, is_system = open == "<" } end
  end
  return found
end

local function stem(file) return file:match "([^/]+)%.%w+$" end

-- runtime/ knows no Lua, its headers know no library, and each library has few doors.
local users = {}
local function check_runtime(file)
  local is_header = file:find "%.h$" ~= nil
  for _, include in ipairs(includes(file)) do
    local name, line = include.name, include.line
    local library = library_of(name)
    if library == "Lua" or name:find "^bindings/" then
      if file ~= "runtime/main.c" then breach(file, line, "runtime/ may not know Lua or the bindings: %s", name) end
    elseif library then
      if is_header then breach(file, line, "a runtime header may not include a library's: %s", name) end
      users[library] = users[library] or {}
      users[library][file] = line
    elseif include.is_system and not STANDARD[name] then
      breach(file, line, "unknown system header %s: a new library needs its place in spec/layers/check.lua", name)
    elseif not include.is_system and not name:find "^runtime/" then
      breach(file, line, "include it from the top of the tree: \"runtime/%s\"", name)
    end
  end
end

-- bindings/x.c, which opens herald.x, stands on runtime/x.h and bindings.h; libraries other than Lua stay out.
local function check_binding(file)
  local opens = nil
  for number, line in numbered_lines(file) do
    if line:find "^int luaopen_herald_" then opens = number end
  end
  local own = "runtime/" .. stem(file) .. ".h"
  local has = {}
  for _, include in ipairs(includes(file)) do
    local library = library_of(include.name)
    if library and library ~= "Lua" then breach(file, include.line, "a binding may not include %s: %s", library, include.name) end
    has[include.name] = true
  end
  if not opens then return end
  if not has[own] and not BINDING_WITHOUT_MODULE[stem(file)] then breach(file, opens, "must include %s, the module that it binds", own) end
  if not has["bindings/bindings.h"] then breach(file, opens, "must include bindings/bindings.h") end
end

-- No cycles among the runtime's modules: what x.h or x.c includes, x knows. window_zone is a part of window.
local function check_cycles(sources)
  local knows, state = {}, {}
  local function module_of(part) return part:match "^[^_]+" end
  for _, file in ipairs(sources) do
    local from = module_of(stem(file))
    knows[from] = knows[from] or {}
    for _, include in ipairs(includes(file)) do
      local to = include.name:match "^runtime/([%w_]+)%.h$"
      to = to and module_of(to)
      if to and to ~= from then knows[from][to] = file .. ":" .. include.line end
    end
  end
  local function visit(module, trail)
    state[module] = "open"
    for to, place in pairs(knows[module] or {}) do
      if state[to] == "open" then
        local file, line = place:match "^(.-):(%d+)$"
        breach(file, tonumber(line), "a cycle: %s -> %s", table.concat(trail, " -> ") .. " -> " .. module, to)
      elseif not state[to] then
        trail[#trail + 1] = module
        visit(to, trail)
        trail[#trail] = nil
      end
    end
    state[module] = "done"
  end
  local modules = {}
  for module in pairs(knows) do modules[#modules + 1] = module end
  table.sort(modules)
  for _, module in ipairs(modules) do
    if not state[module] then visit(module, {}) end
  end
end

-- State hangs off a struct: nothing that changes at file scope.
local function check_globals(file)
  for number, line in numbered_lines(file) do
    local declaration = line:match "^static%s+(.*)$"
    if declaration and declaration:find "[=;]" and not declaration:match "^[^=;]*%("
      and not declaration:find "%f[%w]const%f[%W]" then
      breach(file, number, "a variable at file scope that changes: hand a struct in instead")
    end
    if line:find "^[%a_][%w_%s%*]+[%s%*][%w_]+%s*;" and not line:find "^struct%s+[%w_]+;" and not line:find "^enum%s+[%w_]+;"
      and not line:find "^extern%s" and not line:find "^typedef%s" and not line:find "^static%s" then
      breach(file, number, "a global variable: hand a struct in instead")
    end
  end
end

local function check_header_alone(file)
  local command = ("cd %s && %s -std=c17 -D_GNU_SOURCE -Wall -Wextra -Werror -fsyntax-only -I. "
    .. "$(pkg-config --cflags lua5.4) -x c %s 2>&1"):format(quote(root), compiler, quote(file))
  local run = assert(io.popen(command))
  local output = run:read "a"
  if not run:close() then breach(file, 1, "does not compile alone:\n%s", output) end
end

-- scripts/ names no vendor; channels/ never touches the store.
local function check_words(file, words, message)
  for number, line in numbered_lines(file) do
    local text = line:lower()
    for _, word in ipairs(words) do
      if text:find("%f[%w]" .. word .. "%f[%W]") then breach(file, number, message, word) end
    end
  end
end

local function check_requires(file, allowed)
  for number, line in numbered_lines(file) do
    for module in line:gmatch "%f[%w_]require%s*%(?%s*[\"']([^\"']+)[\"']" do
      local reason = allowed(module)
      if reason then breach(file, number, "may not require \"%s\": %s", module, reason) end
    end
  end
end

local runtime = files("runtime", "*.[ch]")
for _, file in ipairs(runtime) do
  check_runtime(file)
  check_globals(file)
  if file:find "%.h$" then check_header_alone(file) end
end
check_cycles(runtime)
for library, places in pairs(users) do
  local names = {}
  for file in pairs(places) do names[#names + 1] = file end
  table.sort(names)
  local most = MORE_FILES[library] or MOST_FILES_OF_A_LIBRARY
  if #names > most then
    breach(names[#names], places[names[#names]], "%s enters through %d files, %d are enough: %s", library, #names, most, table.concat(names, " "))
  end
end

for _, file in ipairs(files("bindings", "*.[ch]")) do
  check_binding(file)
  check_globals(file)
  if file:find "%.h$" then check_header_alone(file) end
end

for _, file in ipairs(files("scripts", "*.lua")) do
  check_words(file, VENDORS, "scripts/ names no vendor: %s")
end

for _, file in ipairs(files("channels", "*.lua")) do
  check_requires(file, function(module)
    if module == "herald.store" then return "a channel never touches the store" end
    if exists("scripts/" .. module:gsub("%.", "/") .. ".lua") then
      return "a channel knows the bindings and what is handed to it, not the scripts"
    end
  end)
end

if #runtime == 0 then
  print "no runtime sources found: wrong folder?"
  breaches = breaches + 1
end
print(breaches == 0 and "layers: in order" or ("layers: %d breaches"):format(breaches))
os.exit(breaches == 0)
