-- Every management endpoint, for the router and for the check that docs/openapi.json names them all.
-- A route without a scope needs no key.

local MODULES = {
  "herald.http.campaigns", "herald.http.tryout", "herald.http.reports", "herald.http.messages", "herald.http.profiles",
  "herald.http.executions", "herald.http.keys", "herald.http.kv", "herald.http.system",
}

local routes = {}
for _, name in ipairs(MODULES) do
  for _, route in ipairs(require(name)) do
    route.query = route.query or {}
    routes[#routes + 1] = route
  end
end

return routes
