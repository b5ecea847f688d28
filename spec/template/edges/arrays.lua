-- Arrays and what is counted in them: none, nulls, duplicates, several types.

local fails = require("spec.template.edges.expect").fails

return {
  average = {
    { "isNull(average([]))", "true" }, { "isNull(average([null]))", "true" }, { "average([1, null, 2])", "1.5" }, { "average([-1, 1])", "0" },
    { "average([0.1, 0.2, 0.3])", "0.2" },
    { "average([9007199254740993])", "9007199254740993" },
    { "average(['1'])", fails "element 1: expected a number, got string" },
    { "average(context.gone)", fails "argument 1: context.gone is missing" },
  },
  sum = {
    { "sum([])", "0" }, { "sum([null])", "0" }, { "sum([1, null, -3])", "-2" }, { "sum([0.1, 0.2, 0.3])", "0.6" },
    { "sum([9007199254740992, 1])", "9007199254740993" },
    { "sum([9223372036854775807, 1, -1])", "9223372036854775807" },
    { "sum([9223372036854775807, 1])", fails "the sum is too large for an integer" },
    { "sum([1, true])", fails "element 2: expected a number, got boolean" },
    { "sum(null)", fails "not null" },
  },
  max = {
    { "isNull(max([]))", "true" }, { "isNull(max([null, null]))", "true" }, { "max([-3, null, -1.5])", "-1.5" }, { "max(['a', 'é', 'z'])", "é" },
    { "max([9007199254740993, 9007199254740992])", "9007199254740993" },
    { "max([2024-02-29, 2023-12-31])", "2024-02-29T00:00" },
    { "max([1, 'a'])", fails "element 2: a value of type string among those of type number" },
    { "max([true])", fails "element 1: expected a number" },
  },
  min = {
    { "isNull(min([]))", "true" }, { "min([0, -0.5, null])", "-0.5" }, { "min(['b', 'A'])", "A" },
    { "min([[1]])", fails "element 1: expected a number, got array" }, { "min(context.none)", fails "is null" },
  },
  count = {
    { "count([])", "0" }, { "count([null])", "0" }, { "count([0, false, '', []])", "4" }, { "count(context.empty)", "0" },
    { "count(context.gone)", fails "is missing" },
  },
  countOnlyNull = { { "countOnlyNull([])", "0" }, { "countOnlyNull([null, 0, '', null])", "2" }, { "countOnlyNull(null)", fails "not null" } },
  countWithNull = {
    { "countWithNull([])", "0" }, { "countWithNull([null])", "1" }, { "countWithNull(context.map)", fails "has to be an array, not a map" },
  },
  distinct = {
    { "count(distinct([]))", "0" }, { "count(distinct([null]))", "0" }, { "join(distinct([1, 1.0, '1', 2]), '|')", "1|1|2" },
    { "join(distinct(['é', 'e\u{301}', 'É', 'é']), '|')", "é|e\u{301}|É" },
    { "count(distinct([[1], [1], [2]]))", "2" }, { "distinct(null)", fails "not null" },
  },
  distinctCount = {
    { "distinctCount([])", "0" }, { "distinctCount([null, null])", "0" }, { "distinctCount([true, 'true', 1, '1'])", "4" },
    { "distinctCount(context.none)", fails "is null" },
  },
  distinctCountWithNull = {
    { "distinctCountWithNull([])", "0" }, { "distinctCountWithNull([null, null])", "1" }, { "distinctCountWithNull([10, 2, 10, null])", "3" },
    { "distinctCountWithNull(null)", fails "not null" },
  },
  head = {
    { "isNull(head([]))", "true" }, { "isNull(head([null, 1]))", "true" }, { "head(['é'])", "é" }, { "head([[7]]).count()", "1" },
    { "head(null)", fails "not null" },
  },
  ["in"] = {
    { "in(1, [])", "false" }, { "in(1, [1.0])", "true" }, { "in(1, ['1'])", "false" }, { "in(null, [null])", "true" },
    { "in(context.gone, [1])", "false" }, { "in('a', context.gone)", "false" },
    { "in([1], [[1]])", "true" }, { "in('I', ['ı', 'i'])", "false" },
  },
  includes = {
    { "includes([], 1)", "false" }, { "includes(['😀'], '😀')", "true" }, { "includes([null], null)", "true" }, { "includes(null, 1)", "false" },
    { "includes(context.gone, context.gone)", "false" },
  },
  notIn = {
    { "notIn(1, [])", "true" }, { "notIn(null, [1])", "false" }, { "notIn(1, null)", "false" }, { "notIn('é', ['e\u{301}'])", "true" },
    { "notIn(1, [1])", "false" },
  },
  intersects = {
    { "intersects([], [])", "false" }, { "intersects([], [1])", "false" }, { "intersects([null], [null])", "true" },
    { "intersects([1, 2], ['1', 2.0])", "true" }, { "intersects([1], null)", fails "argument 2 has to be an array, not null" },
  },
  subsetOf = {
    { "subsetOf([], [])", "true" }, { "subsetOf([], [1])", "true" }, { "subsetOf([1], [])", "false" }, { "subsetOf([1, 1], [1])", "true" },
    { "subsetOf([null], [1])", "false" }, { "subsetOf(null, [])", fails "not null" },
  },
  supersetOf = {
    { "supersetOf([], [])", "true" }, { "supersetOf([1], [])", "true" }, { "supersetOf([], [1])", "false" },
    { "supersetOf(['a'], ['A'])", "false" }, { "supersetOf([], context.none)", fails "argument 2: context.none is null" },
  },
  join = {
    { "join([], ',')", "" }, { "join([null], ',')", "" }, { "join(['', ''], ',')", "," }, { "join([1.50, true, null, 'é'], '😀')", "1.50😀true😀é" },
    { "join(['a', 'b'], '')", "ab" },
    { "join([[1]], ',')", fails "element 1: expected a string, got array" }, { "join(['a'], null)", fails "argument 2 has to be a string, not null" },
  },
  topN = {
    { "count(topN([], 3))", "0" }, { "join(topN([1, 3, 2], 0), ',')", "" }, { "join(topN([1, 3, 2], 99), ',')", "3,2,1" },
    { "join(topN(['a', 'é', 'B'], 3), ',')", "é,a,B" }, { "count(topN([null, 1, null], 2))", "1" },
    { "join(topN(context.orders, price, 3).id, ',')", "b,a,c" }, { "join(topN(context.orders, 'gone', 2).id, ',')", "a,b" },
    { "topN([1], -1)", fails "argument 2: expected a number from 0" },
    { "topN([1], 0.5)", fails "argument 2: expected a whole number, got 0.5" },
    { "topN([1, 'a'], 1)", fails "element 2: a value of type string among" },
    { "topN([1], '', 1)", fails "argument 2: expected the name of a property" },
    { "topN([1], null)", fails "argument 2" }, { "topN([true], 1)", fails "element 1: expected a number to sort by" },
  },
  bottomN = {
    { "count(bottomN([], 3))", "0" }, { "join(bottomN([3, 1, 2], 2), ',')", "1,2" }, { "join(bottomN(context.orders, price, 9).id, ',')", "a,b,c" },
    { "join(bottomN([0, -1, -0.5], 2), ',')", "-1,-0.5" },
    { "bottomN([1], 2147483648)", fails "argument 2: expected a number from 0 to 2147483647" },
    { "bottomN(context.none, 1)", fails "argument 1: context.none is null" },
  },
}
