-- What languages write differently. Rows with locale say the campaign's.

local expect = require "spec.template.edges.expect"

local fails, like = expect.fails, expect.like

local NO_LOCALE = "expected a locale such as"
local LEAP = "formatDate('2024-02-29T15:04:05Z', 'EEEE d MMMM yyyy h:mm a', '%s')"

return {
  formatNumber = {
    { "formatNumber(1234567.891, 'en_US')", "1,234,567.891" }, { "formatNumber(1234567.891, 'de_DE')", "1.234.567,891" },
    { "formatNumber(1234567.891, 'fr_FR')", "1\u{202F}234\u{202F}567,891" },
    { "formatNumber(1234567.891, 'ja_JP')", "1,234,567.891" }, { "formatNumber(1234567.891, 'ar_EG')", "١٬٢٣٤٬٥٦٧٫٨٩١" },
    { "formatNumber(1234567.891, 'tr_TR')", "1.234.567,891" },
    { "formatNumber(1234567.891, 'hi-IN')", "12,34,567.891" },
    { "formatNumber(-1234.5, 'de_DE')", "-1.234,5" }, { "formatNumber(0, 'de_DE')", "0" },
    { "formatNumber(0.0625, 'en_US')", "0.062" }, { "formatNumber(context.huge, 'en_US')", "9,007,199,254,740,993" },
    { "formatNumber(10.50)", "10,5", locale = "fr_FR" },
    { "formatNumber(1, 'xx_YY')", fails(NO_LOCALE) }, { "formatNumber(1, '')", fails(NO_LOCALE) },
    { "formatNumber(1, 'not a locale')", fails(NO_LOCALE) },
    { "formatNumber(1, 'en_GB_and_so_on_and_so_on_and_so_on_and_so_on_and_so_on_and_on')", fails(NO_LOCALE) },
    { "formatNumber(null, 'en_US')", fails "argument 1 has to be a number, not null" },
    { "formatNumber(1, null)", fails "argument 2 has to be a string, not null" },
  },
  formatCurrency = {
    { "formatCurrency(1234.5, 'en_US')", "$1,234.50" }, { "formatCurrency(56, 'en_GB')", "£56.00" },
    { "formatCurrency(1234.5, 'de_DE')", "1.234,50\u{A0}€" }, { "formatCurrency(1234.5, 'fr_FR')", "1\u{202F}234,50\u{A0}€" },
    { "formatCurrency(1234, 'ja_JP')", like "^.+1,234$" }, { "formatCurrency(1234.5, 'ar_EG')", like "١٬٢٣٤٫٥٠.*ج%.م" },
    { "formatCurrency(1234.5, 'tr_TR')", "₺1.234,50" }, { "formatCurrency(1234567.5, 'hi_IN')", "₹12,34,567.50" },
    { "formatCurrency(-0.5, 'en_US')", "-$0.50" }, { "formatCurrency(0, 'de_DE')", "0,00\u{A0}€" }, { "formatCurrency(2.675, 'en_US')", "$2.67" },
    { "formatCurrency(5)", "5,00\u{A0}€", locale = "de_DE" },
    { "formatCurrency(56, 'en')", fails "the locale en has no country" },
    { "formatCurrency(56, 'de_XX')", fails "the locale de_XX has no currency" }, { "formatCurrency(56, 'de_ZZ')", fails "has no currency" },
    { "formatCurrency(56, 'en_AQ')", fails "has no currency" }, { "formatCurrency(56, 'xx_GB')", fails(NO_LOCALE) },
    { "formatCurrency(null, 'en_US')", fails "not null" },
  },
  toPercentage = {
    { "toPercentage(0.456)", "46%", locale = "en_US" }, { "toPercentage(0.456)", "46\u{A0}%", locale = "de_DE" },
    { "toPercentage(0.456)", like "^46[\u{202F}\u{A0}]+%%$", locale = "fr_FR" }, { "toPercentage(0.456)", "%46", locale = "tr_TR" },
    { "toPercentage(0.456)", like "^٤٦٪", locale = "ar_EG" }, { "toPercentage(0.456)", "46%", locale = "ja_JP" },
    { "toPercentage(0.456)", "46%", locale = "hi_IN" }, { "toPercentage(0)", "0%" }, { "toPercentage(-0.5)", "-50%" },
    { "toPercentage(12.5)", "1,250%" }, { "toPercentage(0.005)", "0%" }, { "toPercentage(0.125)", "12%" }, { "toPercentage(0.015)", "2%" },
    { "toPercentage(context.none)", fails "is null" },
  },
  formatDate = {
    { LEAP:format "en_US", "Thursday 29 February 2024 3:04 PM" }, { LEAP:format "de_DE", "Donnerstag 29 Februar 2024 3:04 PM" },
    { LEAP:format "fr_FR", "jeudi 29 février 2024 3:04 PM" }, { LEAP:format "ja_JP", "木曜日 29 2月 2024 3:04 午後" },
    { LEAP:format "ar_EG", "الخميس 29 فبراير 2024 3:04 م" }, { LEAP:format "tr_TR", "Perşembe 29 Şubat 2024 3:04 ÖS" },
    { LEAP:format "hi_IN", like "^गुरुवार 29 फ.*रवरी 2024 3:04 [pP][mM]$" }, { LEAP:format "th_TH", like "2024" },
    { "formatDate('2024-02-29', 'MMMM LLLL', 'pl_PL')", "lutego luty" }, { "formatDate('2021-01-03', \"YYYY-'W'ww e\", 'de_DE')", "2020-W53 7" },
    { "formatDate('2021-01-03', \"YYYY-'W'ww e\", 'en_US')", "2021-W02 1" },
    { "formatDate('2024-02-29', 'MMMM')", "Februar", locale = "de_DE" },
    { "formatDate('2024-02-29', 'yyyy', 'xx_YY')", fails "argument 3: expected a locale" },
    { "formatDate('2024-02-29', 'yyyy', '')", fails "argument 3: expected a locale" },
  },
  stringToDate = {
    { "stringToDate('29 février 2024', 'd MMMM yyyy', 'fr_FR')", "2024-02-29T00:00" },
    { "stringToDate('29 Şubat 2024', 'd MMMM yyyy', 'tr_TR')", "2024-02-29T00:00" },
    { "stringToDate('2024年2月29日', 'yyyy年M月d日', 'ja_JP')", "2024-02-29T00:00" },
    { "stringToDate('29 فبراير 2024', 'd MMMM yyyy', 'ar_EG')", "2024-02-29T00:00" },
    { "stringToDate('29 Februar 2024', 'd MMMM yyyy')", "2024-02-29T00:00", locale = "de_DE" },
    { "stringToDate('29 Februar 2024', 'd MMMM yyyy', 'fr_FR')", fails "argument 1: expected a date as the pattern" },
    { "stringToDate('2024', 'yyyy', 'xx')", fails "argument 3: expected a locale" },
  },
  upperCase = { { "upperCase('istanbul')", "ISTANBUL", locale = "tr_TR" } },
  lowerCase = { { "lowerCase('ISPARTA')", "isparta", locale = "tr_TR" } },
}
