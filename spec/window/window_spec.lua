local window = require "herald.window"

local function refused(text, zone)
  local ms, message, code = window.parse(text, zone)
  assert.is_nil(ms, text)
  assert.equal("invalid-date", code)
  return message
end

describe("window.parse", function()
  it("reads RFC 3339", function()
    assert.equal(0, window.parse "1970-01-01T00:00:00Z")
    assert.equal(1795428000123, window.parse "2026-11-23T10:00:00.123Z")
    assert.equal(1795428000100, window.parse "2026-11-23t11:00:00.1+01:00")
    assert.equal(1795428000123, window.parse "2026-11-23 04:30:00.1239999-05:30")
    assert.equal(951782400000, window.parse "2000-02-29T00:00:00-00:00")
    assert.equal(-62135596800000, window.parse "0001-01-01T00:00:00Z")
    assert.equal(253402300799999, window.parse "9999-12-31T23:59:59.999Z")
    assert.equal(-1, window.parse "1969-12-31T23:59:59.999Z")
  end)

  it("reads what it wrote, over all years", function()
    for ms = -62135596800000, 253402300799999, 86399999 * 1373 do
      assert.equal(ms, window.parse(window.format(ms)))
      assert.equal(ms, window.parse(window.format(ms, "Asia/Kolkata")))
    end
  end)

  it("takes a leap second for the second after it", function()
    assert.equal(window.parse "2017-01-01T00:00:00Z", window.parse "2016-12-31T23:59:60Z")
    assert.equal(window.parse "2015-07-01T00:00:00.5Z", window.parse "2015-07-01T01:59:60.5+02:00")
    assert.equal(window.parse "2017-01-01T00:00:00Z", window.parse("2017-01-01T00:59:60", "Europe/Paris"))
    assert.matches("leap second", refused "2016-11-30T23:59:60Z")
    assert.matches("leap second", refused "2016-12-31T22:59:60Z")
    assert.matches("second is not", refused "2016-12-31T23:59:61Z")
  end)

  it("says what is wrong", function()
    assert.matches("year", refused "0000-01-01T00:00:00Z")
    assert.matches("year", refused "0001-01-01T00:00:00+01:00")
    assert.matches("year", refused "9999-12-31T23:59:59-00:01")
    assert.matches("month", refused "2026-13-01T00:00:00Z")
    assert.matches("month", refused "2026-00-01T00:00:00Z")
    assert.matches("no such day", refused "2026-02-29T00:00:00Z")
    assert.matches("no such day", refused "1900-02-29T00:00:00Z")
    assert.matches("no such day", refused "2026-04-31T00:00:00Z")
    assert.matches("no such day", refused "2026-04-00T00:00:00Z")
    assert.matches("hour", refused "2026-04-01T24:00:00Z")
    assert.matches("minute", refused "2026-04-01T23:60:00Z")
    assert.matches("needs a time zone", refused "2026-04-01T23:00:00")
    assert.matches("no such time zone", refused("2026-04-01T23:00:00", "Europe/Nowhere"))
  end)

  it("refuses garbage", function()
    for _, text in ipairs {
      "", " ", "now", "2026", "2026-11-23", "2026-11-23T10", "2026-11-23T10:00Z", "2026-11-23T10:00:00Zx", "2026-11-23T10:00:00 Z",
      "2026-11-23T10:00:00.Z", "2026-11-23T10:00:00+1:00", "2026-11-23T10:00:00+0100", "2026-11-23T10:00:00+24:00",
      "2026-11-23T10:00:00+00:60", "2026-11-23\0T10:00:00Z", "2026-11-23T10:00:00Z\0", "+2026-11-23T10:00:00Z", "26-11-23T10:00:00Z",
      "2026-1-23T10:00:00Z", "02026-11-23T10:00:00Z", "2026-11-23T10:00:00,5Z", " 2026-11-23T10:00:00Z", "2026-11-23T-1:00:00Z",
    } do
      assert.matches("not a date and time", refused(text, "UTC"))
    end
    assert.has_error(function() window.parse(5) window.parse {} end)
    assert.has_error(function() window.parse("2026-11-23T10:00:00", "UTC\0") end)
  end)

  it("reads local times in their zone", function()
    assert.equal(window.parse "2026-11-23T09:00:00Z", window.parse("2026-11-23T10:00", "Europe/Paris"))
    assert.equal(window.parse "2026-07-23T08:00:00.25Z", window.parse("2026-07-23 10:00:00.25", "Europe/Paris"))
    assert.equal(window.parse "2026-07-23T04:15:00Z", window.parse("2026-07-23T10:00", "Asia/Kathmandu"))
    assert.equal(window.parse "2026-07-23T10:00:00Z", window.parse("2026-07-23T10:00", "UTC"))
    assert.equal(window.parse "2026-07-23T10:00:00Z", window.parse("2026-07-23T10:00:00Z", "Europe/Paris"))
  end)

  it("puts a time that a clock change skips at that change", function()
    local change = window.parse "2026-03-29T01:00:00Z"
    assert.equal(change - 1, window.parse("2026-03-29T01:59:59.999", "Europe/Paris"))
    assert.equal(change, window.parse("2026-03-29T02:00:00", "Europe/Paris"))
    assert.equal(change, window.parse("2026-03-29T02:30:00", "Europe/Paris"))
    assert.equal(change, window.parse("2026-03-29T02:59:59", "Europe/Paris"))
    assert.equal(change, window.parse("2026-03-29T03:00:00", "Europe/Paris"))
    assert.equal(window.parse "2026-03-08T10:00:00Z", window.parse("2026-03-08T02:30:00", "America/Los_Angeles"))
    assert.equal(window.parse "2011-12-30T10:00:00Z", window.parse("2011-12-30T12:00:00", "Pacific/Apia")) -- a whole day
    assert.equal(window.parse "2026-10-03T15:30:00Z", window.parse("2026-10-04T02:15:00", "Australia/Lord_Howe")) -- half an hour
  end)

  it("takes the earlier of a time that comes twice", function()
    assert.equal(window.parse "2026-10-25T00:00:00Z", window.parse("2026-10-25T02:00:00", "Europe/Paris"))
    assert.equal(window.parse "2026-10-25T00:30:00Z", window.parse("2026-10-25T02:30:00", "Europe/Paris"))
    assert.equal(window.parse "2026-10-25T02:00:00Z", window.parse("2026-10-25T03:00:00", "Europe/Paris"))
    assert.equal(window.parse "2026-11-01T08:30:00Z", window.parse("2026-11-01T01:30:00", "America/Los_Angeles"))
  end)
end)

describe("window.format", function()
  it("writes milliseconds and the zone's offset", function()
    assert.equal("2026-11-23T10:00:00.000Z", window.format(1795428000000))
    assert.equal("2026-11-23T11:00:00.000+01:00", window.format(1795428000000, "Europe/Paris"))
    assert.equal("2026-11-23T02:00:00.000-08:00", window.format(1795428000000, "America/Los_Angeles"))
    assert.equal("1969-12-31T23:59:59.999Z", window.format(-1))
    assert.equal("0001-01-01T00:00:00.000Z", window.format(-62135596800000))
    assert.equal("1800-01-01T00:00:00.000Z", window.format(window.parse "1800-01-01T00:00:00Z", "Europe/Paris"))
  end)

  it("refuses what cannot be written", function()
    assert.has_error(function() window.format(253402300800000) end)
    assert.has_error(function() window.format(253402300799999, "Asia/Tokyo") end)
    assert.has_error(function() window.format(math.mininteger) end)
    assert.has_error(function() window.format(math.maxinteger) end)
    assert.has_error(function() window.format(0, "Europe/Nowhere") end)
    assert.has_error(function() window.format(1.5) end)
  end)
end)

describe("window.duration", function()
  it("reads words", function()
    for text, ms in pairs {
      ["30 minutes"] = 1800000, ["1 minute"] = 60000, ["1 hour 30 minutes"] = 5400000, ["24 hours"] = 86400000, ["1 day"] = 86400000,
      ["2 weeks"] = 1209600000, ["500 ms"] = 500, ["1 second 1 millisecond"] = 1001, ["0 seconds"] = 0, ["10seconds"] = 10000,
      [" 1  week 2 days 3 hours 4 minutes 5 seconds 6 milliseconds "] = 788645006, ["84 hours"] = 302400000,
    } do
      assert.equal(ms, window.duration(text), text)
    end
  end)

  it("says what is wrong", function()
    for text, why in pairs {
      [""] = "whole number", minutes = "whole number", ["-1 minutes"] = "whole number", ["1.5 hours"] = "unit", ["30"] = "unit",
      ["30 fortnights"] = "unit", ["30 Minutes"] = "unit", ["5 mss"] = "unit", ["1 hours, 2 minutes"] = "unit",
      ["1 minute 2 hours"] = "larger to smaller", ["1 hour 1 hour"] = "larger to smaller", ["1 ms 1 millisecond"] = "larger to smaller",
      ["99999999999999999999 ms"] = "100 years", ["5300 weeks"] = "100 years", ["1 hour\0"] = "unit",
    } do
      local ms, message, code = window.duration(text)
      assert.is_nil(ms, text)
      assert.matches(why, message)
      assert.equal("invalid-duration", code)
    end
  end)
end)

describe("window.state", function()
  it("has its start and not its end, to the millisecond", function()
    assert.equal("before", window.state(1000, 2000, 999))
    assert.equal("open", window.state(1000, 2000, 1000))
    assert.equal("open", window.state(1000, 2000, 1999))
    assert.equal("after", window.state(1000, 2000, 2000))
  end)

  it("is open without bounds", function()
    assert.equal("open", window.state(nil, nil, math.mininteger))
    assert.equal("open", window.state(nil, nil, math.maxinteger))
    assert.equal("after", window.state(nil, 5, 6))
    assert.equal("before", window.state(5, nil, 4))
    assert.has_error(function() window.state(nil, nil) end)
  end)
end)

describe("window.valid_zone", function()
  it("knows the IANA names and nothing else", function()
    for _, name in ipairs { "UTC", "Europe/Paris", "America/Argentina/Buenos_Aires", "Etc/GMT+5" } do
      assert.is_true(window.valid_zone(name), name)
    end
    for _, name in ipairs { "", "Europe/paris", "Mars/Base", "GMT+25", "GMT+3", "Etc/Unknown", "Europe/Paris\0", ("x"):rep(100), "é" } do
      assert.is_false(window.valid_zone(name), name)
    end
  end)
end)
