local payload = require "herald.payload"
local problem = require "herald.problem"
local routes = require "herald.http.routes"

local function description()
  local file = assert(io.open(os.getenv "HERALD_SOURCE" .. "/docs/openapi.json"))
  local text = file:read "a"
  file:close()
  return assert(payload.parse(text)):value(1)
end

describe("docs/openapi.json", function()
  local paths = description().paths

  it("describes every route with its scope", function()
    for _, route in ipairs(routes) do
      local path = assert(paths[route.path], route.path .. " is missing in docs/openapi.json")
      local operation = assert(path[route.method:lower()], ("%s %s is missing in docs/openapi.json"):format(route.method, route.path))
      assert.equal(route.scope, operation["x-scope"], route.method .. " " .. route.path)
    end
  end)

  it("describes nothing that is not there", function()
    local known = { ["post /im/executions/unitary"] = true, ["get /im/health"] = true }
    for _, route in ipairs(routes) do known[route.method:lower() .. " " .. route.path] = true end
    for path, operations in pairs(paths) do
      for method in pairs(operations) do assert.is_true(known[method .. " " .. path], method .. " " .. path) end
    end
  end)

  it("names every error code", function()
    local text = payload.encode(description())
    for _, entry in ipairs(problem.codes()) do
      if entry.code ~= "not-found" and entry.code ~= "method-not-allowed" then
        assert.is_truthy(text:find("`" .. entry.code .. "`", 1, true), entry.code)
      end
    end
  end)

  it("has what the listener answers by itself with every operation", function()
    for path, operations in pairs(paths) do
      for method, operation in pairs(operations) do
        for _, status in ipairs { "408", "431" } do assert.is_table(operation.responses[status], ("%s %s: %s"):format(method, path, status)) end
      end
    end
  end)

  it("names every parameter of a query that a route knows", function()
    for _, route in ipairs(routes) do
      local described = {}
      for _, parameter in ipairs(paths[route.path][route.method:lower()].parameters or {}) do
        if parameter["in"] == "query" then described[#described + 1] = parameter.name end
      end
      assert.same(route.query, described, route.method .. " " .. route.path)
    end
  end)

  it("names every parameter of a path", function()
    for path, operations in pairs(paths) do
      for name in path:gmatch("{(%w+)}") do
        for method, operation in pairs(operations) do
          local found = false
          for _, parameter in ipairs(operation.parameters or {}) do
            found = found or parameter["in"] == "path" and parameter.name == name
          end
          assert.is_true(found, ("%s %s: {%s}"):format(method, path, name))
        end
      end
    end
  end)
end)
