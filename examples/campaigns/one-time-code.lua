-- The code that confirms a sign-in. A code that comes late is worse than none, so it is given up after five minutes;
-- asking again within half a minute sends nothing, because the first one is still on its way.
local campaign = require "campaign"

return campaign {
  id            = "one-time-code",
  title         = "One-time code",
  description   = "The six digits that confirm a sign-in.",
  category      = "transactional",
  channel       = "sms",
  surface       = "texts",
  namespace     = "phone",
  expires_after = "5 minutes",
  context       = { code = "string" },

  message = {
    text = "{{context.code}} is your Example code. It is good for 5 minutes. Never share it.",
  },

  on_trigger = function(trigger)
    if trigger.profile.blocked then return trigger:skip "blocked" end
    if not trigger:once(trigger.recipient.userId, "30 seconds") then
      return trigger:skip "asked-again-too-soon"
    end
  end,
}
