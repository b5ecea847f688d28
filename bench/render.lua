-- Templates alone: a page of 1.5 KB with three values, and a loop of 50 rows with a condition, beside handlebars.js; and
-- whether a kilobyte costs the same as templates grow. Ours is measured by bench/render_bench.c, whose loop stays in C.

local process = require "spec.support.process"
local support = require "bench.support"

local build = os.getenv "HERALD_BUILD" or "build/release"
local is_built = false

local SENTENCE = "<p>Thank you for shopping with us. Your order is packed with care and leaves our warehouse today.</p>\n"

local function page(times)
  local parts = {}
  for _ = 1, times do
    parts[#parts + 1] = '<html><body style="font-family: sans-serif">\n<h1>Hello {{context.firstName}}</h1>\n'
      .. SENTENCE:rep(6) .. '<p><a href="{{context.resetUrl}}">Choose a new password</a></p>\n' .. SENTENCE:rep(6)
      .. "<p>With kind regards, {{context.shop}}</p>\n</body></html>\n"
  end
  return table.concat(parts)
end

local LOOP = "<table>\n{{#each context.items}}\n<tr><td>{{name}}</td><td>{{price}}</td>{{#if sale}}<td>Sale</td>{{/if}}</tr>\n{{/each}}\n</table>\n"

local function data()
  local items = {}
  for index = 1, 50 do
    items[index] = ('{"name":"Article number %d","price":%d.50,"sale":%s}'):format(index, index, index % 3 == 0 and "true" or "false")
  end
  return '{"context":{"firstName":"Jane","resetUrl":"https://shop.example.com/reset/7f3a91c2","shop":"Example & Sons","items":['
    .. table.concat(items, ",") .. "]}}"
end

local function write(name, text)
  local path = support.folder .. "/" .. name
  os.execute("mkdir -p " .. process.quote(support.folder))
  support.write(path, text)
  return path
end

local function run(command)
  local output, status = process.run(command, { errors = "output" })
  if status ~= 0 then return nil, output end
  local rate, bytes = output:match "^(%d+) (%d+)"
  return tonumber(rate), bytes
end

local function herald(name, template)
  return function()
    if not is_built then
      local output, status = process.run({ "cmake", "--build", build, "--target", "render_bench" }, { errors = "output" })
      if status ~= 0 then return nil, output end
      is_built = true
    end
    local rate, bytes = run { build .. "/render_bench", write(name, template), write("data.json", data()), tostring(support.seconds) }
    return rate, rate and ("(%s bytes each)"):format(bytes) or bytes
  end
end

local function handlebars(name, template)
  return function()
    if not support.has "node" then return nil, "node is not installed" end
    local rate, bytes = run { "node", support.folder .. "/peers/render.mjs", write(name, template), write("data.json", data()),
      tostring(support.seconds) }
    return rate, rate and ("(%s bytes each)"):format(bytes) or bytes
  end
end

-- Kilobytes of output a second.
local function volume(times)
  local measure = herald("page.html", page(times))
  return function()
    local rate, note = measure()
    if not rate then return nil, note end
    return rate * tonumber(note:match "%d+") / 1000
  end
end

return {
  { name = "render page", unit = "pages/s", contenders = {
    { name = "Herald", measure = herald("page.html", page(1)) },
    { name = "handlebars.js, compiled", measure = handlebars("page.html", page(1)), goal = 4 },
  } },
  { name = "render loop", unit = "loops/s", contenders = {
    { name = "Herald", measure = herald("loop.html", LOOP) },
    { name = "handlebars.js, compiled", measure = handlebars("loop.html", LOOP), goal = 4 },
  } },
  { name = "render, 100 pages in one", unit = "kB/s", contenders = {
    { name = "Herald", measure = volume(100) },
    { name = "ten pages in one", measure = volume(10), goal = 0.8 },
    { name = "one page", measure = volume(1), goal = 0.8 },
  } },
}
