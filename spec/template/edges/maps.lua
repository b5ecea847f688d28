-- Maps, and whether there is a value.

local fails = require("spec.template.edges.expect").fails

return {
  get = {
    { "get(context.map, 'a')", "1" }, { "isNull(get(context.map, 'gone'))", "true" }, { "isNull(get(context.emptyMap, ''))", "true" },
    { "get(context.odd, '')", "blank" }, { "get(context.odd, 'a.b')", "dotted" },
    { "get(context.odd, 'ключ😀')", "far" }, { "isNull(get(context.odd, 'A.B'))", "true" }, { "get(null, 'a')", fails "not null" },
    { "get(context.map, null)", fails "argument 2 has to be a string, not null" },
    { "get(context.list, '0')", fails "argument 1: context.list has to be a map, not an array" },
  },
  keys = {
    { "count(keys(context.emptyMap))", "0" }, { "join(keys(context.odd), '|')", "|a.b|ключ😀" }, { "keys(context.gone)", fails "is missing" },
    { "keys(context.list)", fails "has to be a map" },
  },
  values = {
    { "count(values(context.emptyMap))", "0" }, { "join(values(context.odd), '|')", "blank|dotted|far" }, { "values(null)", fails "not null" },
  },
  isNull = {
    { "isNull(null)", "true" }, { "isNull(context.none)", "true" }, { "isNull(context.gone.deeper)", "true" }, { "isNull('')", "false" },
    { "isNull(0)", "false" }, { "isNull([])", "false" }, { "isNull(false)", "false" },
  },
  isNotNull = {
    { "isNotNull(null)", "false" }, { "isNotNull(context.gone)", "false" }, { "isNotNull(context.emptyMap)", "true" },
    { "isNotNull(false)", "true" }, { "isNotNull(now())", "true" },
  },
}
