-- What each function's parameters take, by letters: s string, n number, b boolean, a array, m map, u URL, p a property's name,
-- d date-time or a string of one, e the same or a number, t what has a text, i what has an integer, l what is true or false;
-- capital: null too; * anything. Behind ? they may be left out; + stands for more of the last.

return {
  absolute = "n", addDays = "dn", addHours = "dn", addMinutes = "dn", addMonths = "dn", addSeconds = "dn", addYears = "dn", age = "d", ageInDays = "d",
  ageInMonths = "d", appendQueryParams = "ust", average = "a", bottomN = "a?pn", camelCase = "s", charCodeAt = "sn", compareDates = "dd", concat = "t+",
  contains = "SS?b", convertZonedDateTime = "ds", count = "a", countOnlyNull = "a", countWithNull = "a", currentTimeInMillis = "", dateBetween = "ddd",
  dateDiff = "dd", dayOfMonth = "d", dayOfWeek = "d", dayOfYear = "d", decode64 = "s", diffInDays = "dd", diffInHours = "dd", diffInMinutes = "dd",
  diffInMonths = "dd", diffInSeconds = "dd", diffInYears = "dd", distinct = "a", distinctCount = "a", distinctCountWithNull = "a",
  doesNotContain = "SS?b", doesNotEndWith = "SS?b", doesNotStartWith = "SS?b", encode64 = "s", endsWith = "SS?b", equals = "**",
  equalsAnyIgnoreCase = "SS+", equalsIgnoreCase = "SS", extractDay = "d", extractEmailDomain = "s", extractHours = "d", extractMinutes = "d",
  extractMonth = "d", extractSeconds = "d", extractYear = "d", formatCurrency = "n?s", formatDate = "ds?s", formatNumber = "n?s", get = "ms",
  getCurrentZonedDateTime = "", getUrlFragment = "s", getUrlHost = "s", getUrlPath = "s", getUrlProtocol = "s", head = "a", ["in"] = "*A", includes = "A*",
  indexOf = "ss", intersects = "aa", isEmpty = "*", isNotEmpty = "*", isNotNull = "*", isNull = "*", join = "as", keys = "m", lastIndexOf = "ss",
  leftTrim = "s", length = "s", like = "SS", lowerCase = "s", mask = "snn", matches = "Ss", max = "a", md5 = "s", min = "a", notEqualTo = "**",
  notEqualWithIgnoreCase = "SS", notIn = "*A", now = "", random = "", regexGroup = "Ssn", replace = "sss", replaceAll = "sss", rightTrim = "s",
  roundDown = "n", roundUp = "n", setDays = "dn", setHours = "dn", sha256 = "s", split = "ss", startsWith = "SS?b", stringToDate = "s?ss",
  stringToNumber = "s", subsetOf = "aa", substr = "sn?n", sum = "a", supersetOf = "aa", titleCase = "s", toBool = "l", toDateTime = "e?ss",
  toDateTimeOnly = "e", toHexString = "n", toInt = "i", toPercentage = "n", toPrecision = "nn", toString = "t", toUTC = "d", topN = "a?pn", trim = "s",
  truncateToStartOfDay = "d", truncateToStartOfQuarter = "d", truncateToStartOfWeek = "d", truncateToStartOfYear = "d", upperCase = "s",
  urlDecode = "s", urlEncode = "s", values = "m", weekOfYear = "d",
}
