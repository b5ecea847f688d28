/* The expression language's functions over arrays, maps, numbers and strings, each by what it gives. */
#include "runtime/memory.h"
#include "spec/runtime/template_call.h"

static const struct call_example aggregation[] = {
    {"average([1, 2, 6])", "3"},
    {"average([1, null, 2])", "1.5"},
    {"average([])", "null"},
    {"average(['1'])", "error: argument 1: element 1: expected a number, got string"},
    {"count([1, null, 2])", "2"},
    {"count([])", "0"},
    {"count('abc')", "error: wrong arguments"},
    {"count(null)", "error: wrong arguments"},
    {"countOnlyNull([10, 2, 10, null])", "1"},
    {"countOnlyNull([4, 0, 1, 6, 0, 0])", "0"},
    {"countWithNull([10, 2, 10, null])", "4"},
    {"countWithNull([])", "0"},
    {"max([1, 9007199254740993, 9007199254740992])", "9007199254740993"},
    {"max([-1, -2.5])", "-1"},
    {"max(['a', 'é', 'z'])", "é"},
    {"max([])", "null"},
    {"max([null])", "null"},
    {"max([1, 'a'])", "error: argument 1: element 2: a value of type string among those of type number"},
    {"max([true])", "error: argument 1: element 1: expected a number, got boolean"},
    {"min([3, null, -2.5, 7])", "-2.5"},
    {"min([10.50, 11])", "10.50"},
    {"sum([1, 2, null, 3])", "6"},
    {"sum([])", "0"},
    {"sum([0.1, 0.2])", "0.3"},
    {"sum([9007199254740993, 1])", "9007199254740994"},
    {"sum([9223372036854775807, 1])", "error: the sum is too large for an integer"},
    {"sum([1e308, 1e308])", "error: the result is too large for a number"},
    {"sum([1, true])", "error: argument 1: element 2: expected a number, got boolean"},
};

static const struct call_example arrays[] = {
    {"distinct([10, 2, 10, null, 2.0])", "[10|2]"},
    {"distinct(['a', 'A', 'a'])", "[a|A]"},
    {"distinct([{'a': 1, 'b': 2}, {'b': 2, 'a': 1}, {'a': 1}])", "[{a=1|b=2}|{a=1}]"},
    {"distinct([[1, 2], [2, 1], [1, 2]])", "[[1|2]|[2|1]]"},
    {"distinct([])", "[]"},
    {"distinctCount([10, 2, 10, null])", "2"},
    {"distinctCountWithNull([10, 2, 10, null])", "3"},
    {"distinctCountWithNull([null, null])", "1"},
    {"head([3, 1])", "3"},
    {"head([])", "null"},
    {"in(3, [3, 6, 9])", "true"},
    {"in('3', [3, 6, 9])", "false"},
    {"in(3, null)", "false"},
    {"includes(['red', 'blue'], 'red')", "true"},
    {"includes(null, 'red')", "false"},
    {"includes([null], null)", "true"},
    {"intersects([1, 2], [2, 3])", "true"},
    {"intersects([1, 2], [])", "false"},
    {"join(['red', 'green', 'blue'], ',')", "red,green,blue"},
    {"join([1, 10.50, true, null, 'é'], ' - ')", "1 - 10.50 - true - é"},
    {"join([], ',')", ""},
    {"join([[1]], ',')", "error: argument 1: element 1: expected a string, got array"},
    {"notIn(4, [3, 6, 9])", "true"},
    {"notIn(3, [3, 6, 9])", "false"},
    {"notIn(null, [3])", "false"},
    {"notIn(3, null)", "false"},
    {"subsetOf([1, 2], [2, 1, 3])", "true"},
    {"subsetOf([1, 4], [2, 1, 3])", "false"},
    {"subsetOf([], [])", "true"},
    {"supersetOf(['sushi', 'pizza', 'soup'], ['sushi', 'pizza'])", "true"},
    {"supersetOf(['sushi'], ['sushi', 'pizza'])", "false"},
    {"topN([3, 1, null, 2], 2)", "[3|2]"},
    {"topN([{'p': 1, 'n': 'a'}, {'p': 3, 'n': 'b'}, {'n': 'c'}, {'p': 3, 'n': 'd'}], 'p', 9)",
     "[{p=3|n=b}|{p=3|n=d}|{p=1|n=a}|{n=c}]"},
    {"topN([{'a': {'p': 1}}, {'a': {'p': 2}}], 'a.p', 1)", "[{a={p=2}}]"},
    {"topN([1, 2], 0)", "[]"},
    {"topN([1, 2], -1)", "error: argument 2: expected a number from 0"},
    {"topN([1, 2], 1.5)", "error: argument 2: expected a whole number, got 1.5"},
    {"topN([1, 2], 'p', '1')", "error: wrong arguments"},
    {"topN([1, 2], 'p')", "error: argument 2: expected a number, got string"},
    {"topN([1, 2], null, 1)", "error: argument 2: expected the name of a property"},
    {"topN([1, 'a'], 1)", "error: argument 1: element 2: a value of type string among those of type number"},
    {"topN([true], 1)", "error: argument 1: element 1: expected a number to sort by, got boolean"},
    {"bottomN([{'p': 3}, {'p': 1}, {'p': 2}], 'p', 2)", "[{p=1}|{p=2}]"},
    {"bottomN(['b', null, 'a'], 3)", "[a|b|null]"},
};

static const struct call_example maps[] = {
    {"get({'a': 1, 'b': 2}, 'b')", "2"},
    {"get({'a': 1}, 'A')", "null"},
    {"keys({'a': 1, 'b': 2})", "[a|b]"},
    {"keys({})", "[]"},
    {"values({'a': 1, 'b': null})", "[1|null]"},
    {"isNull(null)", "true"},
    {"isNull('')", "false"},
    {"isNotNull({})", "true"},
    {"isNotNull(null)", "false"},
};

static const struct call_example numbers[] = {
    {"absolute(-5)", "5"},
    {"absolute(-10.50)", "10.50"},
    {"absolute(3)", "3"},
    {"absolute(-9223372036854775807)", "9223372036854775807"},
    {"absolute('5')", "error: wrong arguments"},
    {"roundDown(42.6)", "42"},
    {"roundDown(-42.6)", "-43"},
    {"roundDown(9007199254740993)", "9007199254740993"},
    {"roundUp(42.1)", "43"},
    {"roundUp(-0.5)", "0"},
    {"roundUp(1e999)", "error: argument 1: the number is too large"},
    {"toHexString(158)", "9e"},
    {"toHexString(0)", "0"},
    {"toHexString(-1)", "ffffffffffffffff"},
    {"toHexString(1.5)", "error: argument 1: expected a whole number, got 1.5"},
    {"toPrecision(3.14159, 2)", "3.14"},
    {"toPrecision(2.5, 0)", "3"},
    {"toPrecision(-2.5, 0)", "-3"},
    {"toPrecision(1.005, 2)", "1.00"},
    {"toPrecision(0.5, 0)", "1"},
    {"toPrecision(999.999, 2)", "1000.00"},
    {"toPrecision(7, 2)", "7.00"},
    {"toPrecision(9007199254740993, 1)", "9007199254740993.0"},
    {"toPrecision(1e22, 0)", "10000000000000000000000"},
    {"toPrecision(-0.001, 2)", "-0.00"},
    {"toPrecision(1, -1)", "error: argument 2: expected a number from 0 to 100, got -1"},
    {"toPrecision(1, 101)", "error: argument 2: expected a number from 0 to 100, got 101"},
    {"toInt(42.6)", "42"},
    {"toInt(-42.6)", "-42"},
    {"toInt('9007199254740993')", "9007199254740993"},
    {"toInt(' 42.9 ')", "42"},
    {"toInt(true)", "1"},
    {"toInt(toDateTime('1970-01-01T00:00:01Z'))", "1000"},
    {"toInt(1e19)", "error: argument 1: the number is too large for an integer"},
    {"toInt('a')", "error: argument 1: expected a number, got a string that is none"},
    {"toInt(null)", "error: argument 1: a value of type null is no integer"},
    {"toBool('true')", "true"},
    {"toBool('TRUE')", "true"},
    {"toBool('yes')", "false"},
    {"toBool(0)", "false"},
    {"toBool(0.1)", "true"},
    {"toBool(null)", "false"},
    {"toBool([])", "error: argument 1: a value of type array is no boolean"},
    {"toString(12)", "12"},
    {"toString(10.50)", "10.50"},
    {"toString(false)", "false"},
    {"toString([1])", "error: argument 1: expected a string, got array"},
    {"toString(null)", "error: argument 1: expected a string, got null"},
    {"stringToNumber('10.50')", "10.5"},
    {"stringToNumber('-7')", "-7"},
    {"stringToNumber('1e3')", "1000"},
    {"stringToNumber('.5')", "0.5"},
    {"stringToNumber('9223372036854775807')", "9223372036854775807"},
    {"stringToNumber('')", "error: argument 1: expected a number"},
    {"stringToNumber('1,5')", "error: argument 1: expected a number"},
    {"stringToNumber('0x10')", "error: argument 1: expected a number"},
    {"stringToNumber('nan')", "error: argument 1: expected a number"},
    {"stringToNumber('1e999')", "error: argument 1: the number is too large"},
    {"concat(toPrecision(random(), 6), ' ', toPrecision(random(), 6))", "0.741565 0.159910"},
};

static const struct call_example by_locale[] = {
    {"camelCase('washington high street')", "Washington High Street"},
    {"titleCase('élise o\\'neil  mcDonald')", "Élise O'neil  McDonald"},
    {"titleCase('')", ""},
    {"lowerCase('ÀÉ İΣ')", "àé i̇ς"},
    {"upperCase('straße ﬁ ñ')", "STRASSE FI Ñ"},
    {"upperCase('\u0390\u0390\u0390\u0390\u0390\u0390\u0390\u0390\u0390\u0390')",
     "\u0399\u0308\u0301\u0399\u0308\u0301\u0399\u0308\u0301\u0399\u0308\u0301\u0399\u0308\u0301\u0399\u0308\u0301"
     "\u0399\u0308\u0301\u0399\u0308\u0301\u0399\u0308\u0301\u0399\u0308\u0301"},
    {"upperCase(null)", "error: wrong arguments"},
    {"upperCase('\xff')", "error: argument 1: is not valid UTF-8"},
    {"formatNumber(123456.789)", "123,456.789"},
    {"formatNumber(123456.7894, 'en_US')", "123,456.789"},
    {"formatNumber(123456.789, 'de_DE')", "123.456,789"},
    {"formatNumber(123456.789, 'ja_JP')", "123,456.789"},
    {"formatNumber(0.5, 'fr_FR')", "0,5"},
    {"formatNumber(123456.789, 'ar_EG')", "١٢٣٬٤٥٦٫٧٨٩"},
    {"formatNumber(9007199254740993, 'de-DE')", "9.007.199.254.740.993"},
    {"formatNumber(-1234, 'en_US')", "-1,234"},
    {"formatNumber(1e400, 'en_US')", "error: argument 1: the number is too large"},
    {"formatNumber(1, 'xx_YY')", "error: argument 2: expected a locale such as \"en_GB\""},
    {"formatNumber(1, '')", "error: argument 2: expected a locale"},
    {"formatCurrency(56, 'en_GB')", "£56.00"},
    {"formatCurrency(1234.5)", "$1,234.50"},
    {"formatCurrency(-1234.5, 'en_US')", "-$1,234.50"},
    {"formatCurrency(2.345, 'en_US')", "$2.35"},
    {"formatCurrency(0.125, 'en_US')", "$0.12"},
    {"formatCurrency(1234.5, 'de_DE')", "1.234,50\u00a0€"},
    {"formatCurrency(1, 'fr_FR')", "1,00\u00a0€"},
    {"formatCurrency(1234, 'ja_JP')", "￥1,234"},
    {"formatCurrency(1, 'en')", "error: the locale en has no country"},
    {"toPercentage(0.456)", "46%"},
    {"toPercentage(1)", "100%"},
    {"toPercentage(-0.02)", "-2%"},
};

static const struct call_example strings[] = {
    {"charCodeAt('some', 1)", "111"},
    {"charCodeAt('a😀b', 1)", "128512"},
    {"charCodeAt('a😀b', 2)", "98"},
    {"charCodeAt('some', 4)", "error: argument 2: the string has only 4 characters"},
    {"charCodeAt('some', -1)", "error: argument 2: expected a number from 0"},
    {"concat('Hello', ' ', 'World')", "Hello World"},
    {"concat('n', 1, true, 10.50)", "n1true10.50"},
    {"concat('')", ""},
    {"concat('a', null)", "error: argument 2: expected a string, got null"},
    {"concat('a', [1])", "error: argument 2: expected a string, got array"},
    {"indexOf('hello world', 'world')", "6"},
    {"indexOf('né à', 'à')", "3"},
    {"indexOf('hello', 'x')", "-1"},
    {"indexOf('hello', '')", "0"},
    {"lastIndexOf('hello world', 'o')", "7"},
    {"lastIndexOf('éaéa', 'aé')", "1"},
    {"lastIndexOf('aaa', 'aa')", "1"},
    {"lastIndexOf('hello', 'x')", "-1"},
    {"lastIndexOf('hello', '')", "5"},
    {"length('')", "0"},
    {"length('né 😀')", "4"},
    {"length('\xc3')", "error: argument 1: is not valid UTF-8"},
    {"mask('123456789', 1, 2)", "1XXXXXX89"},
    {"mask('é😀à', 1, 1)", "éXà"},
    {"mask('abc', 2, 1)", "abc"},
    {"mask('abc', 0, 0)", "XXX"},
    {"mask('', 0, 0)", ""},
    {"mask('abc', -1, 0)", "error: argument 2: expected a number from 0"},
    {"replace('Hello John, John!', 'John', 'Mark')", "Hello Mark, John!"},
    {"replace('a.b', '.', '$1')", "a$1b"},
    {"replace('abc', 'x', 'y')", "abc"},
    {"replace('abc', '', 'y')", "abc"},
    {"replace('abc', 'abc', '')", ""},
    {"split('a,b,c', ',')", "[a|b|c]"},
    {"split('A::B::', '::')", "[A|B]"},
    {"split(',a,,b', ',')", "[|a||b]"},
    {"split(',,', ',')", "[]"},
    {"split('1.2', '.')", "[1|2]"},
    {"split('añ😀', '')", "[a|ñ|😀]"},
    {"countWithNull(split('', ','))", "1"},
    {"substr('Hello World', 6)", "World"},
    {"substr('Hello World', 0, 5)", "Hello"},
    {"substr('né😀x', 1, 3)", "é😀"},
    {"substr('abc', 1, 99)", "bc"},
    {"substr('abc', 3)", ""},
    {"substr('abc', 4)", "error: argument 2: the string has only 3 characters"},
    {"substr('abc', 2, 1)", "error: argument 3: the end is before the begin"},
    {"substr('abc', -1)", "error: argument 2: expected a number from 0"},
    {"trim('  a b \t\n')", "a b"},
    {"trim('\u00a0a\u3000')", "a"},
    {"trim('   ')", ""},
    {"leftTrim('  a ')", "a "},
    {"rightTrim('  a ')", "  a"},
};

static const struct call_example comparisons[] = {
    {"contains('Mark', 'A')", "false"},
    {"contains('Mark', 'A', false)", "true"},
    {"contains('ÉLISE', 'él', false)", "true"},
    {"contains('a', '')", "true"},
    {"contains(null, 'a')", "false"},
    {"contains('a', null)", "false"},
    {"doesNotContain('Mark', 'A')", "true"},
    {"doesNotContain('Mark', 'A', false)", "false"},
    {"doesNotContain(null, 'a')", "true"},
    {"startsWith('Joe Doe', 'Joe')", "true"},
    {"startsWith('Joe', 'Joe Doe')", "false"},
    {"startsWith('JOE', 'joe', false)", "true"},
    {"doesNotStartWith('Joe', 'J')", "false"},
    {"endsWith('a@b.com', '.com')", "true"},
    {"endsWith('a@b.COM', '.com')", "false"},
    {"endsWith('a@b.COM', '.com', false)", "true"},
    {"doesNotEndWith('a@b.com', '.org')", "true"},
    {"equals('a', 'a')", "true"},
    {"equals('a', 'A')", "false"},
    {"equals(1, 1.0)", "true"},
    {"equals('1', 1)", "false"},
    {"equals(null, null)", "true"},
    {"equals('', null)", "false"},
    {"notEqualTo('a', 'b')", "true"},
    {"notEqualTo('a', 'a')", "false"},
    {"equalsIgnoreCase('John', 'jOHN')", "true"},
    {"equalsIgnoreCase('ÉTÉ', 'été')", "true"},
    {"equalsIgnoreCase('ß', 'ss')", "false"},
    {"equalsIgnoreCase(null, '')", "false"},
    {"equalsIgnoreCase(null, null)", "true"},
    {"notEqualWithIgnoreCase('John', 'jOHN')", "false"},
    {"notEqualWithIgnoreCase('John', 'Jane')", "true"},
    {"equalsAnyIgnoreCase('Icon', 'icon', 'ambassador')", "true"},
    {"equalsAnyIgnoreCase('Icon', 'x', 'ICON')", "true"},
    {"equalsAnyIgnoreCase('Icon', 'x')", "false"},
    {"equalsAnyIgnoreCase('Icon')", "error: wrong arguments"},
    {"isEmpty('')", "true"},
    {"isEmpty(' ')", "false"},
    {"isEmpty(null)", "true"},
    {"isEmpty([])", "true"},
    {"isEmpty({'a': 1})", "false"},
    {"isEmpty(0)", "false"},
    {"isNotEmpty('a')", "true"},
    {"isNotEmpty(null)", "false"},
    {"like('Los Angeles', '%En%')", "false"},
    {"like('Los Angeles', '%es')", "true"},
    {"like('Bruges', '%es%')", "true"},
    {"like('Brüssel', 'Br_ssel')", "true"},
    {"like('Brssel', 'Br_ssel')", "false"},
    {"like('', '%')", "true"},
    {"like('', '')", "true"},
    {"like('a', '')", "false"},
    {"like('abcabd', '%ab_')", "true"},
    {"like('a%b', 'a%%b')", "true"},
    {"like(null, '%')", "false"},
};

static const struct call_example regexes[] = {
    {"matches('John Smith', '(?i)^john')", "true"},
    {"matches('12345', '\\\\d+')", "true"},
    {"matches('a1', '^\\\\d+$')", "false"},
    {"matches('né', '^.{2}$')", "true"},
    {"matches(null, '.*')", "false"},
    {"matches('a', '(')", "error: argument 2: not a regular expression: a parenthesis has no partner"},
    {"matches('a', '[z-a]')", "error: argument 2: not a regular expression: a range in [ ] ends before it begins"},
    {"matches('a', null)", "error: wrong arguments"},
    {"matches('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!', '^(a+)+$')",
     "error: argument 2: matching the regular expression took too long"},
    {"regexGroup('abc@xyz.com', '@(\\\\w+)', 1)", "xyz"},
    {"regexGroup('abc@xyz.com', '@(\\\\w+)', 0)", "@xyz"},
    {"regexGroup('é@à.com', '@(.)', 1)", "à"},
    {"regexGroup('abc', '@(\\\\w+)', 1)", "null"},
    {"regexGroup('ab', 'a(x)?b', 1)", "null"},
    {"regexGroup('ab', '(a)', 2)", "error: argument 3: expected a group from 0 to 1, got 2"},
    {"regexGroup('ab', '(a)', -1)", "error: argument 3: expected a number from 0"},
    {"regexGroup(null, '(a)', 1)", "null"},
    {"replaceAll('Hello World', 'World', 'AJO')", "Hello AJO"},
    {"replaceAll('aaa', 'aa', 'b')", "ba"},
    {"replaceAll('J0hn_D', '[^a-zA-Z]', '')", "JhnD"},
    {"replaceAll('a.b.c', '\\\\.', '$1')", "a$1b$1c"},
    {"replaceAll('éà', '', '-')", "-é-à-"},
    {"replaceAll('', 'a', 'b')", ""},
    {"replaceAll('abc', '*', '')", "error: argument 2: not a regular expression"},
};

static const struct call_example encodings[] = {
    {"md5('hello world')", "5eb63bbbe01eeed093cb22bb8f5acdc3"},
    {"md5('')", "d41d8cd98f00b204e9800998ecf8427e"},
    {"sha256('Eliechxh')", "0b0b207880b999adaad6231026abf87caa30760b6f326b21727b61139332257d"},
    {"encode64('hello')", "aGVsbG8="},
    {"encode64('é')", "w6k="},
    {"encode64('')", ""},
    {"decode64('aGVsbG8=')", "hello"},
    {"decode64('w6k=')", "é"},
    {"decode64('no base64!')", "no base64!"},
    {"decode64('')", ""},
    {"decode64('/w==')", "error: argument 1: what it decodes to is no text in UTF-8"},
    {"urlEncode('a b&c=é/~*')", "a+b%26c%3D%C3%A9%2F%7E*"},
    {"urlEncode('')", ""},
    {"urlDecode('a+b%26c%3D%c3%A9')", "a b&c=é"},
    {"urlDecode('100%')", "error: argument 1: a % without two hexadecimal digits"},
    {"urlDecode('%4')", "error: argument 1: a % without two hexadecimal digits"},
    {"urlDecode('%41')", "A"},
    {"urlDecode('%ff')", "error: argument 1: what it decodes to is no text in UTF-8"},
};

static const struct call_example addresses[] = {
    {"getUrlHost('https://www.myurl.com/contact')", "www.myurl.com"},
    {"getUrlHost('https://user:pw@example.com:8080?x=1')", "example.com"},
    {"getUrlHost('http://[::1]:80/')", "[::1]"},
    {"getUrlHost('mailto:ana@example.com')", "error: argument 1: the URL has no host"},
    {"getUrlHost('www.myurl.com/contact')", "error: argument 1: expected a URL"},
    {"getUrlHost('')", "error: argument 1: expected a URL"},
    {"getUrlPath('https://www.myurl.com/contact.html?a=/b#c')", "/contact.html"},
    {"getUrlPath('https://www.myurl.com')", ""},
    {"getUrlProtocol('HTTPS://www.myurl.com/contact.html')", "https"},
    {"getUrlProtocol('1http://a')", "error: argument 1: expected a URL"},
    {"getUrlFragment('https://www.myurl.com/contact.html#faq')", "faq"},
    {"getUrlFragment('https://www.myurl.com/contact.html')", ""},
    {"appendQueryParams('https://example.com/page', 'utm_source', 'email')",
     "https://example.com/page?utm_source=email"},
    {"appendQueryParams('https://example.com', 'a', 1)", "https://example.com?a=1"},
    {"appendQueryParams('https://example.com/p?a=1#top', 'b', 'x y&z')", "https://example.com/p?a=1&b=x%20y%26z#top"},
    {"appendQueryParams('https://example.com/p?a=1&b=2&a=3', 'a', 'é')", "https://example.com/p?a=%C3%A9&b=2"},
    {"appendQueryParams('https://example.com/p?', 'a', '')", "https://example.com/p?a="},
    {"appendQueryParams('https://example.com/p?a%20b=1', 'a b', '2')", "https://example.com/p?a%20b=2"},
    {"appendQueryParams('page', 'a', '1')", "error: argument 1: expected a URL"},
    {"appendQueryParams('https://example.com', '', '1')", "error: argument 2: the parameter needs a name"},
    {"appendQueryParams('https://example.com', 'a', null)", "error: argument 3: expected a string, got null"},
    {"extractEmailDomain('ana@example.com')", "example.com"},
    {"extractEmailDomain('\"a@b\"@example.com')", "example.com"},
    {"extractEmailDomain('Ana <ana@example.com>')", "example.com"},
    {"extractEmailDomain('ana')", "error: argument 1: expected an email address"},
    {"extractEmailDomain('ana@')", "error: argument 1: expected an email address"},
    {"extractEmailDomain('@example.com')", "error: argument 1: expected an email address"},
};

static void check_table(void)
{
    size_t count;
    const struct template_function *functions = template_function_list(&count);

    for (size_t i = 0; i < count; i++) {
        CHECK(i == 0 || strcmp(functions[i - 1].name, functions[i].name) < 0);
        CHECK(template_function_find(functions[i].name, strlen(functions[i].name)) == &functions[i]);
        CHECK(strspn(functions[i].parameters, "snbdamSNBDAM*?+") == strlen(functions[i].parameters));
        CHECK(strchr("snbdamSNBDAM*", functions[i].result) != NULL);
    }
    CHECK(template_function_find("nothing", 7) == NULL);
    CHECK(template_function_find("mathces", 7) == NULL);
    CHECK(template_function_find("mi", 2) == NULL);
    CHECK(template_function_find("", 0) == NULL);
    CHECK(template_function_find("now\0", 4) == NULL);
}

/* A long result is an error, and hostile texts take no longer than their length. */
static void check_bounds(void)
{
    const struct template_function *function = template_function_find("concat", 6);
    struct template_arena arena = {0};
    size_t len = (size_t)700 * 1024;
    char *bytes = memory_zeroed(1, len);
    struct template_value arguments[2], out;
    struct template_call call = {.arena = &arena, .locale = "en_US", .arguments = arguments, .count = 2};

    memset(bytes, 'a', len);
    arguments[0] = arguments[1] = template_string(bytes, len);
    CHECK_INT(STATUS_INVALID, function->call(&call, &out));
    CHECK_STRING("the result would be longer than 1048576 bytes", call.message);
    arguments[1] = template_string(bytes, len / 2);
    CHECK_INT(STATUS_OK, template_function_find("lastIndexOf", 11)->call(&call, &out));
    CHECK_INT(len - len / 2, out.number.integer);
    arguments[1] = template_string("%a%a%a%a%a%b", 12);
    CHECK_INT(STATUS_OK, template_function_find("like", 4)->call(&call, &out));
    CHECK(!out.boolean);
    arguments[1] = template_string("", 0);
    CHECK_INT(STATUS_OK, template_function_find("split", 5)->call(&call, &out));
    CHECK_INT(len, template_array_count(&out.array));
    template_arena_free(&arena);
    memory_free(bytes);
}

int main(void)
{
    CALL_CHECK_ALL(aggregation);
    CALL_CHECK_ALL(arrays);
    CALL_CHECK_ALL(maps);
    CALL_CHECK_ALL(numbers);
    CALL_CHECK_ALL(by_locale);
    CALL_CHECK_ALL(strings);
    CALL_CHECK_ALL(comparisons);
    CALL_CHECK_ALL(regexes);
    CALL_CHECK_ALL(encodings);
    CALL_CHECK_ALL(addresses);
    check_table();
    check_bounds();
    return 0;
}
