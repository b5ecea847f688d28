-- busted's output handler in the process of one spec file: writes what happens into a report, a line of JSON each, at once, so
-- that a process that dies leaves behind how far it came. -Xoutput names the report's file.

local payload = require "herald.payload"

-- What a spec prints or raises may be any bytes; the report is UTF-8.
local function clean(value)
  local text = type(value) == "table" and value.message ~= nil and value.message or value
  text = tostring(text)
  if utf8.len(text) then return text end
  return (text:gsub("[\128-\255]", "?"))
end

local function place_of(entry)
  local trace = entry.element.trace or entry.trace
  return trace and trace.short_src and ("%s:%d"):format(trace.short_src, trace.currentline) or nil
end

return function(options)
  local busted = require "busted"
  local handler = require "busted.outputHandlers.base"()
  local report = assert(io.open(options.arguments[1], "ab"))

  local function write(line)
    report:write(payload.encode(line), "\n")
    report:flush()
  end

  local function write_test(entry, status)
    write {
      event = "test", name = clean(entry.name), status = status, place = place_of(entry), seconds = entry.element.duration or 0,
      message = entry.message ~= nil and clean(entry.message) or nil,
    }
  end

  local LISTS = { success = "successes", pending = "pendings", failure = "failures", error = "errors" }

  local function on_start(element)
    write { event = "start", name = clean(handler.getFullName(element)) }
    return nil, true
  end

  local function on_end(_, _, status)
    local list = handler[LISTS[status]]
    if list[#list] then write_test(list[#list], status) end
    return nil, true
  end

  -- What goes wrong outside of a case: in the file itself, in setup, in before_each.
  local function on_error(element)
    if element.descriptor ~= "it" then write_test(handler.errors[#handler.errors], "error") end
    return nil, true
  end

  busted.subscribe({ "test", "start" }, on_start, { predicate = handler.cancelOnPending })
  busted.subscribe({ "test", "end" }, on_end, { predicate = handler.cancelOnPending })
  busted.subscribe({ "error" }, on_error)
  busted.subscribe({ "failure" }, on_error)
  busted.subscribe({ "herald", "golden" }, function(path, what)
    write { event = "golden", path = path, what = what }
    return nil, true
  end)
  return handler
end
