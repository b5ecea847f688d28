-- The SMS channel: one text, to one telephone number in E.164 form.
local channel = require "channel"

-- Reads a number as people write it ("+33 6 12-34.56 78") into E.164: a plus sign, 7 to 15 digits, no leading zero.
local function e164(text)
  local number = text:gsub("[%s().-]", "")
  return number:match "^%+[1-9]%d+$" and #number >= 8 and #number <= 16 and number or nil
end

local function from_profile(profile)
  local mobile = profile.mobilePhone
  return profile.phone or type(mobile) == "table" and mobile.number or nil
end

return channel {
  name = "sms",
  namespace = "phone",

  fields = {
    text = { type = "template", mode = "text", required = true },
  },

  address = function(recipient, profile)
    local data = recipient.channelData
    local found = data and data.mobilePhoneNumber or profile and from_profile(profile)
      or recipient.namespace == "phone" and recipient.userId
    if type(found) ~= "string" or found == "" then return nil, "no-address" end
    local number = e164(found)
    if not number then return nil, "invalid-address" end
    return number
  end,
}
