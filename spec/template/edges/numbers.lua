-- Numbers at their edges: signs, halves, what does not fit, what is none.

local fails = require("spec.template.edges.expect").fails

return {
  absolute = {
    { "absolute(0)", "0" }, { "absolute(-0.5)", "0.5" }, { "absolute(context.negative)", "10.50" },
    { "absolute(-9223372036854775807)", "9223372036854775807" },
    { "absolute(context.least)", "9223372036854775808" }, { "absolute(null)", fails "not null" },
  },
  random = {
    { "random() >= 0 and random() < 1", "true" }, { "random() = random()", "false" }, { "random(1)", fails "random takes 0 arguments, got 1" },
  },
  roundDown = {
    { "roundDown(0)", "0" }, { "roundDown(42.999)", "42" }, { "roundDown(-0.5)", "-1" }, { "roundDown(-42)", "-42" }, { "roundDown(0.5)", "0" },
    { "roundDown(context.huge)", "9007199254740993" },
    { "roundDown(context.none)", fails "is null" },
  },
  roundUp = {
    { "roundUp(0.001)", "1" }, { "roundUp(-0.5)", "0" }, { "roundUp(-1.5)", "-1" }, { "roundUp(7)", "7" },
    { "roundUp(context.gone)", fails "is missing" },
  },
  toHexString = {
    { "toHexString(0)", "0" }, { "toHexString(158)", "9e" }, { "toHexString(-1)", "ffffffffffffffff" },
    { "toHexString(context.least)", "8000000000000000" },
    { "toHexString(1.0)", "1" }, { "toHexString(1.5)", fails "argument 1: expected a whole number, got 1.5" },
    { "toHexString(null)", fails "not null" },
  },
  toInt = {
    { "toInt(42.6)", "42" }, { "toInt(-42.6)", "-42" }, { "toInt('-0.9')", "0" }, { "toInt(' 12 ')", "12" }, { "toInt(true)", "1" },
    { "toInt(false)", "0" }, { "toInt(toDateTime('1970-01-01T00:00:01Z'))", "1000" },
    { "toInt(toDateTime('1969-12-31T23:59:59Z'))", "-1000" }, { "toInt('9007199254740993')", "9007199254740993" },
    { "toInt('')", fails "argument 1: expected a number, got a string that is none" },
    { "toInt('12a')", fails "a string that is none" }, { "toInt('0x10')", fails "a string that is none" },
    { "toInt('99999999999999999999')", fails "too large for an integer" },
    { "toInt(null)", fails "a value of type null is no integer" }, { "toInt([1])", fails "a value of type array is no integer" },
  },
  stringToNumber = {
    { "stringToNumber('0')", "0" }, { "stringToNumber('-10.50')", "-10.5" }, { "stringToNumber('+1')", "1" }, { "stringToNumber('.5')", "0.5" },
    { "stringToNumber('1e3')", "1000" },
    { "stringToNumber('\\t7\\n')", "7" }, { "stringToNumber('9223372036854775807')", "9223372036854775807" },
    { "stringToNumber('')", fails "a string that is none" }, { "stringToNumber(' ')", fails "a string that is none" },
    { "stringToNumber('1,5')", fails "a string that is none" }, { "stringToNumber('NaN')", fails "a string that is none" },
    { "stringToNumber('Infinity')", fails "a string that is none" },
    { "stringToNumber('1e999')", fails "the number is too large" }, { "stringToNumber('٣')", fails "a string that is none" },
    { "stringToNumber(null)", fails "not null" },
  },
  toBool = {
    { "toBool('TrUe')", "true" }, { "toBool('')", "false" }, { "toBool('yes')", "false" }, { "toBool(' true')", "false" }, { "toBool(0)", "false" },
    { "toBool(-0.1)", "true" }, { "toBool(null)", "false" }, { "toBool(false)", "false" },
    { "toBool(context.gone)", "false" }, { "toBool([])", fails "argument 1: a value of type array is no boolean" },
    { "toBool(now())", fails "a value of type datetime is no boolean" },
  },
  toString = {
    { "toString('')", "" }, { "toString(context.price)", "10.50" }, { "toString(0.000001)", "0.000001" }, { "toString(false)", "false" },
    { "toString(2 > 1)", "true" }, { "toString(2024-02-29)", "2024-02-29T00:00" },
    { "toString(null)", fails "argument 1: expected a string, got null" },
    { "toString(context.map)", fails "argument 1: expected a string, got map" },
  },
  toPrecision = {
    { "toPrecision(0, 0)", "0" }, { "toPrecision(3, 2)", "3.00" }, { "toPrecision(2.5, 0)", "3" }, { "toPrecision(-2.5, 0)", "-3" },
    { "toPrecision(1.005, 2)", "1.00" }, { "toPrecision(9.995, 2)", "9.99" },
    { "toPrecision(99.99, 1)", "100.0" }, { "toPrecision(0.5, 3)", "0.500" }, { "toPrecision(context.huge, 1)", "9007199254740993.0" },
    { "length(toPrecision(0.1, 100))", "102" },
    { "toPrecision(1, 101)", fails "argument 2: expected a number from 0 to 100, got 101" },
    { "toPrecision(1, -1)", fails "argument 2: expected a number from 0 to 100" },
    { "toPrecision(1, 1.5)", fails "argument 2: expected a whole number" }, { "toPrecision(null, 1)", fails "not null" },
  },
}
