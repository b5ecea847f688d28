-- URLs, their encoding and email addresses at their edges.

local fails = require("spec.template.edges.expect").fails

local NO_URL = "argument 1: expected a URL"

return {
  appendQueryParams = {
    { "appendQueryParams('https://a.b', 'x', '1')", "https://a.b?x=1" }, { "appendQueryParams('https://a.b/?', 'x', '1')", "https://a.b/?x=1" },
    { "appendQueryParams('https://a.b/?y=2#f?z', 'x', '')", "https://a.b/?y=2&x=#f?z" },
    { "appendQueryParams('https://a.b/?x=1&y=2&x=3', 'x', '4')", "https://a.b/?x=4&y=2" },
    { "appendQueryParams('https://a.b', 'ä b', 'é&=?#+')", "https://a.b?%C3%A4%20b=%C3%A9%26%3D%3F%23%2B" },
    { "appendQueryParams('https://a.b/p', 'n', 10.50)", "https://a.b/p?n=10.50" },
    { "appendQueryParams('https://a.b', 'x', '😀')", "https://a.b?x=%F0%9F%98%80" }, { "appendQueryParams('', 'x', '1')", fails(NO_URL) },
    { "appendQueryParams('a.b/c', 'x', '1')", fails(NO_URL) },
    { "appendQueryParams('https://a.b', '', '1')", fails "argument 2: the parameter needs a name" },
    { "appendQueryParams('https://a.b', 'x', context.gone)", fails "argument 3: expected a string, got null" },
    { "appendQueryParams(context.none, 'x', '1')", fails "argument 1: context.none is null" },
  },
  getUrlHost = {
    { "getUrlHost('https://user:p@ss@www.example.com:8080/x@y')", "www.example.com" },
    { "getUrlHost('https://[2001:db8::1]:443/')", "[2001:db8::1]" },
    { "getUrlHost('mailto:ana@example.com')", fails "argument 1: the URL has no host" },
    { "getUrlHost('https://bücher.example?q=a/b')", "bücher.example" }, { "getUrlHost('file:///etc')", fails "has no host" },
    { "getUrlHost('')", fails(NO_URL) },
    { "getUrlHost('//a.b/c')", fails(NO_URL) },
    { "getUrlHost(null)", fails "not null" },
  },
  getUrlPath = {
    { "getUrlPath('https://a.b')", "" }, { "getUrlPath('https://a.b/')", "/" },
    { "getUrlPath('https://a.b/ä%20b;c=1/../x?y#z')", "/ä%20b;c=1/../x" }, { "getUrlPath('https://a.b?x=/y')", "" },
    { "getUrlPath('mailto:ana@example.com')", "ana@example.com" }, { "getUrlPath('/only/a/path')", fails(NO_URL) },
    { "getUrlPath(context.gone)", fails "is missing" },
  },
  getUrlProtocol = {
    { "getUrlProtocol('HTTPS://A.B')", "https" }, { "getUrlProtocol('svn+ssh://a')", "svn+ssh" }, { "getUrlProtocol('tel:+1')", "tel" },
    { "getUrlProtocol('1http://a')", fails(NO_URL) },
    { "getUrlProtocol('://a')", fails(NO_URL) }, { "getUrlProtocol('')", fails(NO_URL) },
  },
  getUrlFragment = {
    { "getUrlFragment('https://a.b/#')", "" }, { "getUrlFragment('https://a.b/')", "" }, { "getUrlFragment('https://a.b/?x=1#a#b')", "a#b" },
    { "getUrlFragment('https://a.b/#é%20/?')", "é%20/?" },
    { "getUrlFragment('#top')", fails(NO_URL) }, { "getUrlFragment(context.none)", fails "is null" },
  },
  urlEncode = {
    { "urlEncode('')", "" }, { "urlEncode('a b+c&d=e/f?g')", "a+b%2Bc%26d%3De%2Ff%3Fg" }, { "urlEncode('né😀')", "n%C3%A9%F0%9F%98%80" },
    { "urlEncode('-_.*~')", "-_.*%7E" }, { "urlEncode('100%')", "100%25" },
    { "urlEncode(\"it's\\n\")", "it%27s%0A" }, { "urlEncode(null)", fails "not null" },
  },
  urlDecode = {
    { "urlDecode('')", "" }, { "urlDecode('a+b%2bc')", "a b+c" }, { "urlDecode('n%C3%A9%F0%9F%98%80')", "né😀" }, { "urlDecode('né')", "né" },
    { "urlDecode('100%')", fails "argument 1: a % without two hexadecimal digits" },
    { "urlDecode('%zz')", fails "argument 1: a % without two hexadecimal digits" },
    { "urlDecode('%FF')", fails "argument 1: what it decodes to is no text" }, { "urlDecode(context.none)", fails "is null" },
  },
  extractEmailDomain = {
    { "extractEmailDomain('ana@example.com')", "example.com" }, { "extractEmailDomain('\"a@b\"@sub.example.com')", "sub.example.com" },
    { "extractEmailDomain('Ana <ana@example.com>')", "example.com" },
    { "extractEmailDomain('ana@bücher.example')", "bücher.example" }, { "extractEmailDomain('')", fails "argument 1: expected an email address" },
    { "extractEmailDomain('ana')", fails "an email address" },
    { "extractEmailDomain('ana@')", fails "an email address" }, { "extractEmailDomain('@example.com')", fails "an email address" },
    { "extractEmailDomain(null)", fails "not null" },
  },
}
