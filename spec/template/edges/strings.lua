-- Strings at their edges: empty, null, beyond ASCII, cut outside of what is there.

local fails = require("spec.template.edges.expect").fails

return {
  camelCase = {
    { "camelCase('')", "" }, { "camelCase('washington high-street')", "Washington High-street" }, { "camelCase('  two  spaces ')", "  Two  Spaces " },
    { "camelCase('éclair ıspanak ǆ ß 𐐨x')", "Éclair Ispanak ǅ ß 𐐀x" }, { "camelCase('mcDONALD 1st')", "McDONALD 1st" },
    { "camelCase(context.none)", fails "argument 1: context.none is null" }, { "camelCase(context.gone)", fails "context.gone is missing" },
  },
  titleCase = {
    { "titleCase('')", "" }, { "titleCase('straße nach köln')", "Straße Nach Köln" }, { "titleCase('a\\tb\\nc\u{A0}d')", "A\tB\nC\u{A0}D" },
    { "titleCase('istanbul')", "Istanbul" }, { "titleCase('日本 語')", "日本 語" }, { "titleCase(null)", fails "not null" },
  },
  lowerCase = {
    { "lowerCase('')", "" }, { "lowerCase('ÀÉÎ ŠČ ÑANDÚ')", "àéî šč ñandú" }, { "lowerCase('İI')", "i\u{307}i" },
    { "lowerCase('ΟΔΥΣΣΕΥΣ ΣΣ')", "οδυσσευς σς" },
    { "lowerCase('𐐀ẞK')", "𐐨ßk" }, { "lowerCase('123 日本')", "123 日本" }, { "lowerCase(context.none)", fails "is null" },
  },
  upperCase = {
    { "upperCase('')", "" }, { "upperCase('straße ﬁn')", "STRASSE FIN" }, { "upperCase('iıéñ')", "IIÉÑ" }, { "upperCase('e\u{301}')", "E\u{301}" },
    { "upperCase('ŉ𐐨ǰ')", "ʼN𐐀J\u{30C}" }, { "upperCase('привет ωμέγα')", "ПРИВЕТ ΩΜΈΓΑ" }, { "upperCase(context.gone)", fails "is missing" },
  },
  trim = {
    { "trim('')", "" }, { "trim(' \\t\\n ')", "" }, { "trim(' a b ')", "a b" }, { "trim('\u{A0}\u{2003}\u{3000}\u{85}x\u{2028}')", "x" },
    { "trim('\u{200B}x\u{FEFF}')", "\u{200B}x\u{FEFF}" }, { "trim(context.none)", fails "is null" },
  },
  leftTrim = {
    { "leftTrim('')", "" }, { "leftTrim('   ')", "" }, { "concat(leftTrim(' \u{A0}a '), '|')", "a |" }, { "leftTrim('é ')", "é " },
    { "leftTrim(null)", fails "not null" },
  },
  rightTrim = {
    { "rightTrim('')", "" }, { "rightTrim(' \\n')", "" }, { "rightTrim(' a\u{3000}')", " a" }, { "rightTrim('a b')", "a b" },
    { "rightTrim(null)", fails "not null" },
  },
  length = {
    { "length('')", "0" }, { "length('né')", "2" }, { "length('ne\u{301}')", "3" }, { "length('😀')", "1" },
    { "length('👨\u{200D}👩\u{200D}👧')", "5" }, { "length('🇩🇪')", "2" },
    { "length(context.none)", fails "is null" }, { "length(context.list)", fails "has to be a string, not an array" },
  },
  concat = {
    { "concat('')", "" }, { "concat('', '')", "" }, { "concat('a', 1, 2.50, true, 'é😀')", "a12.50trueé😀" },
    { "concat(context.price, context.huge)", "10.509007199254740993" },
    { "concat(2024-02-29, '|', now())", "2024-02-29T00:00|2026-11-24T10:00Z" },
    { "concat('a', null)", fails "argument 2: expected a string, got null" },
    { "concat('a', context.gone)", fails "argument 2: expected a string, got null" },
    { "concat(context.list)", fails "argument 1: expected a string, got array" },
    { "concat()", fails "concat needs at least 1 argument, got 0" },
  },
  contains = {
    { "contains('', '')", "true" }, { "contains('abc', '')", "true" }, { "contains('', 'a')", "false" }, { "contains('Straße', 'ß')", "true" },
    { "contains('ÉCOLE', 'école', false)", "true" }, { "contains('ÉCOLE', 'école', true)", "false" }, { "contains('é', 'e')", "false" },
    { "contains('I', 'ı', false)", "false" }, { "contains('STRASSE', 'ß', false)", "false" }, { "contains('😀', '😀')", "true" },
    { "contains(context.none, 'a')", "false" }, { "contains(context.gone, '')", "false" }, { "contains('a', null)", "false" },
    { "contains(null, null)", "false" },
    { "contains('a', 'A', null)", fails "argument 3 has to be a boolean, not null" },
  },
  doesNotContain = {
    { "doesNotContain('', '')", "false" }, { "doesNotContain('abc', 'B')", "true" }, { "doesNotContain('abc', 'B', false)", "false" },
    { "doesNotContain('Ω', 'ω', false)", "false" }, { "doesNotContain(context.none, 'a')", "true" }, { "doesNotContain('a', context.gone)", "true" },
  },
  startsWith = {
    { "startsWith('', '')", "true" }, { "startsWith('a', '')", "true" }, { "startsWith('a', 'ab')", "false" }, { "startsWith('Éa', 'é')", "false" },
    { "startsWith('Éa', 'é', false)", "true" }, { "startsWith('😀x', '😀')", "true" }, { "startsWith(context.none, '')", "false" },
    { "startsWith('a', context.none)", "false" },
  },
  doesNotStartWith = {
    { "doesNotStartWith('', '')", "false" }, { "doesNotStartWith('ab', 'b')", "true" }, { "doesNotStartWith('Äb', 'ä', false)", "false" },
    { "doesNotStartWith(context.none, 'a')", "true" }, { "doesNotStartWith('a', null)", "true" },
  },
  endsWith = {
    { "endsWith('', '')", "true" }, { "endsWith('a', '')", "true" }, { "endsWith('a', 'ba')", "false" }, { "endsWith('xÉ', 'é', false)", "true" },
    { "endsWith('x😀', '😀')", "true" }, { "endsWith('e\u{301}', '\u{301}')", "true" }, { "endsWith(context.none, '')", "false" },
  },
  doesNotEndWith = {
    { "doesNotEndWith('', '')", "false" }, { "doesNotEndWith('ab', 'a')", "true" }, { "doesNotEndWith('aÑ', 'ñ', false)", "false" },
    { "doesNotEndWith(context.gone, 'a')", "true" },
  },
  equals = {
    { "equals('', '')", "true" }, { "equals('', null)", "false" }, { "equals(null, null)", "true" }, { "equals(context.none, context.gone)", "true" },
    { "equals('é', 'e\u{301}')", "false" }, { "equals(1, 1.0)", "true" }, { "equals(1, '1')", "false" },
    { "equals(context.huge, 9007199254740992)", "false" },
    { "equals([1, null], [1, null])", "true" }, { "equals(context.map, context.map)", "true" }, { "equals([], context.empty)", "true" },
    { "equals(true, 'true')", "false" },
    { "equals(toDateTime('2024-01-01T01:00+01:00'), toDateTime('2024-01-01T00:00Z'))", "true" },
  },
  notEqualTo = {
    { "notEqualTo('', '')", "false" }, { "notEqualTo('', null)", "true" }, { "notEqualTo(null, context.gone)", "false" },
    { "notEqualTo('i', 'I')", "true" },
    { "notEqualTo(2, 2.0)", "false" }, { "notEqualTo([1], [1, 1])", "true" },
  },
  equalsIgnoreCase = {
    { "equalsIgnoreCase('', '')", "true" }, { "equalsIgnoreCase('ÀÉ', 'àé')", "true" }, { "equalsIgnoreCase('ΣΑΣ', 'σας')", "true" },
    { "equalsIgnoreCase('I', 'ı')", "false" },
    { "equalsIgnoreCase('İ', 'i')", "false" }, { "equalsIgnoreCase('ß', 'SS')", "false" }, { "equalsIgnoreCase('𐐀', '𐐨')", "true" },
    { "equalsIgnoreCase('K', '\u{212A}')", "true" },
    { "equalsIgnoreCase('', null)", "false" }, { "equalsIgnoreCase(context.none, context.gone)", "true" },
  },
  notEqualWithIgnoreCase = {
    { "notEqualWithIgnoreCase('', '')", "false" }, { "notEqualWithIgnoreCase('É', 'é')", "false" }, { "notEqualWithIgnoreCase('a', null)", "true" },
    { "notEqualWithIgnoreCase(null, null)", "false" },
  },
  equalsAnyIgnoreCase = {
    { "equalsAnyIgnoreCase('', 'a', '')", "true" }, { "equalsAnyIgnoreCase('é', 'a', 'É')", "true" },
    { "equalsAnyIgnoreCase('x', 'a', 'b')", "false" },
    { "equalsAnyIgnoreCase(context.none, 'a', '')", "false" }, { "equalsAnyIgnoreCase('a', null, 'A')", "true" },
    { "equalsAnyIgnoreCase('a')", fails "needs at least 2 arguments" },
  },
  isEmpty = {
    { "isEmpty('')", "true" }, { "isEmpty(' ')", "false" }, { "isEmpty(null)", "true" }, { "isEmpty(context.gone)", "true" },
    { "isEmpty([])", "true" },
    { "isEmpty([null])", "false" }, { "isEmpty(context.emptyMap)", "true" }, { "isEmpty(context.map)", "false" }, { "isEmpty(0)", "false" },
    { "isEmpty(false)", "false" },
  },
  isNotEmpty = {
    { "isNotEmpty('')", "false" }, { "isNotEmpty('\u{A0}')", "true" }, { "isNotEmpty(null)", "false" }, { "isNotEmpty(context.empty)", "false" },
    { "isNotEmpty(context.emptyMap)", "false" }, { "isNotEmpty(now())", "true" },
  },
  like = {
    { "like('', '')", "true" }, { "like('', '%')", "true" }, { "like('', '_')", "false" }, { "like('é', '_')", "true" },
    { "like('😀a', '_a')", "true" }, { "like('a.c', 'a.c')", "true" },
    { "like('abc', 'a.c')", "false" }, { "like('aXbXc', 'a%X%c')", "true" }, { "like('abc', 'ABC')", "false" }, { "like('abc', 'b')", "false" },
    { "like('%', '%')", "true" },
    { "like(context.none, '%')", "false" }, { "like('a', context.none)", "false" },
  },
  matches = {
    { "matches('', '')", "true" }, { "matches('', '^$')", "true" }, { "matches('a', '')", "true" }, { "matches('ÉCOLE', '(?i)école')", "true" },
    { "matches('é', '^\\\\w$')", "true" },
    { "matches('😀', '^.$')", "true" }, { "matches('a\\nb', '^b')", "false" }, { "matches('a\\nb', '(?m)^b')", "true" },
    { "matches('abc', 'b')", "true" },
    { "matches(context.none, '.*')", "false" }, { "matches('a', null)", fails "argument 2 has to be a string, not null" },
    { "matches('a', '(')", fails "argument 2: not a regular expression" },
    { "matches('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!', '^(a+)+$')", fails "took too long" },
  },
  regexGroup = {
    { "regexGroup('abc@xyz.com', '@(.+)', 0)", "@xyz.com" }, { "regexGroup('né😀x', '(.)x', 1)", "😀" }, { "regexGroup('', '', 0)", "" },
    { "isNull(regexGroup('a', 'b', 0))", "true" },
    { "isNull(regexGroup('a', '(b)?a', 1))", "true" }, { "isNull(regexGroup(context.none, '', 0))", "true" },
    { "regexGroup('a', '(a)', 2)", fails "argument 3: expected a group from 0 to 1, got 2" },
    { "regexGroup('a', '(a)', -1)", fails "argument 3: expected a number from 0" },
    { "regexGroup('a', '(a)', 0.5)", fails "argument 3: expected a whole number, got 0.5" },
    { "regexGroup('a', '[', 0)", fails "argument 2: not a regular expression: a [ is not closed" },
  },
  indexOf = {
    { "indexOf('', '')", "0" }, { "indexOf('abc', '')", "0" }, { "indexOf('', 'a')", "-1" }, { "indexOf('né😀x', 'x')", "3" },
    { "indexOf('a', 'A')", "-1" }, { "indexOf('aa', 'aaa')", "-1" },
    { "indexOf(context.none, 'a')", fails "argument 1: context.none is null" },
    { "indexOf('a', context.gone)", fails "argument 2: context.gone is missing" },
  },
  lastIndexOf = {
    { "lastIndexOf('', '')", "0" }, { "lastIndexOf('abc', '')", "3" }, { "lastIndexOf('😀é😀é', 'é')", "3" }, { "lastIndexOf('aaa', 'aa')", "1" },
    { "lastIndexOf('a', 'b')", "-1" },
    { "lastIndexOf(null, 'b')", fails "not null" },
  },
  substr = {
    { "substr('', 0)", "" }, { "substr('', 0, 0)", "" }, { "substr('abc', 3)", "" }, { "substr('abc', 1, 99)", "bc" },
    { "substr('abc', 2, 2)", "" }, { "substr('a😀éb', 1, 3)", "😀é" },
    { "substr('e\u{301}a', 0, 1)", "e" }, { "substr('abc', 1.0, 2)", "b" },
    { "substr('abc', 4)", fails "argument 2: the string has only 3 characters" },
    { "substr('abc', -1)", fails "argument 2: expected a number from 0" }, { "substr('abc', 2, 1)", fails "argument 3: the end is before the begin" },
    { "substr('abc', 0.5)", fails "argument 2: expected a whole number, got 0.5" },
    { "substr('abc', 0, 99999999999)", fails "argument 3: expected a number from 0" },
    { "substr(context.none, 0)", fails "argument 1: context.none is null" },
  },
  replace = {
    { "replace('', '', 'x')", "" }, { "replace('abc', '', 'x')", "abc" }, { "replace('aaa', 'a', '')", "aa" },
    { "replace('a.b', '.', '$1')", "a$1b" }, { "replace('né😀', '😀', 'ü')", "néü" },
    { "replace('abc', 'B', 'x')", "abc" }, { "replace('e\u{301}', 'é', 'x')", "e\u{301}" },
    { "replace(context.none, 'a', 'b')", fails "argument 1: context.none is null" },
    { "replace('a', 'a', null)", fails "argument 3 has to be a string, not null" },
  },
  replaceAll = {
    { "replaceAll('', 'a', 'b')", "" }, { "replaceAll('aaa', 'a', '')", "" }, { "replaceAll('a.b.c', '\\\\.', '-')", "a-b-c" },
    { "replaceAll('abc', '', '-')", "-a-b-c-" },
    { "replaceAll('né😀', '.', 'x')", "xxx" }, { "replaceAll('abc', '(b)', '[$1]')", "a[$1]c" },
    { "replaceAll('a', '*', '')", fails "argument 2: not a regular expression" },
    { "replaceAll(context.gone, 'a', '')", fails "is missing" },
  },
  split = {
    { "split('', ',').count()", "1" }, { "join(split(',a,,b,,', ','), '|')", "|a||b" }, { "split(',,', ',').count()", "0" },
    { "join(split('aé😀', ''), '|')", "a|é|😀" },
    { "join(split('a.b', '.'), '|')", "a|b" }, { "join(split('a, b', ', '), '|')", "a|b" }, { "join(split('abc', 'x'), '|')", "abc" },
    { "split(null, ',')", fails "not null" },
  },
  charCodeAt = {
    { "charCodeAt('a', 0)", "97" }, { "charCodeAt('é', 0)", "233" }, { "charCodeAt('x😀', 1)", "128512" },
    { "charCodeAt('', 0)", fails "argument 2: the string has only 0 characters" },
    { "charCodeAt('a', 1)", fails "argument 2: the string has only 1 characters" },
    { "charCodeAt('a', -1)", fails "argument 2: expected a number from 0" },
    { "charCodeAt('a', 0.5)", fails "argument 2: expected a whole number" },
  },
  mask = {
    { "mask('', 0, 0)", "" }, { "mask('abc', 0, 0)", "XXX" }, { "mask('é😀ñ', 1, 1)", "éXñ" }, { "mask('abc', 2, 1)", "abc" },
    { "mask('abc', 5, 5)", "abc" }, { "mask('123456789', 0, 4)", "XXXXX6789" },
    { "mask('abc', -1, 0)", fails "argument 2: expected a number from 0" },
    { "mask('abc', 0, 1.5)", fails "argument 3: expected a whole number, got 1.5" },
    { "mask(context.none, 1, 1)", fails "is null" },
  },
  md5 = {
    { "md5('')", "d41d8cd98f00b204e9800998ecf8427e" }, { "md5('hello world')", "5eb63bbbe01eeed093cb22bb8f5acdc3" }, { "length(md5('é😀'))", "32" },
    { "md5(null)", fails "not null" },
  },
  sha256 = {
    { "sha256('')", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
    { "sha256('abc')", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
    { "sha256(context.none)", fails "is null" },
  },
  encode64 = {
    { "encode64('')", "" }, { "encode64('a')", "YQ==" }, { "encode64('ab')", "YWI=" }, { "encode64('né😀')", "bsOp8J+YgA==" },
    { "encode64(null)", fails "not null" },
  },
  decode64 = {
    { "decode64('')", "" }, { "decode64('YQ==')", "a" }, { "decode64('bsOp8J+YgA==')", "né😀" }, { "decode64('no base64!')", "no base64!" },
    { "decode64('/w==')", fails "argument 1: what it decodes to is no text in UTF-8" }, { "decode64(context.none)", fails "is null" },
  },
}
