-- Sends the one-time link that resets a password.
local campaign = require "campaign"

return campaign {
  id            = "password-reset",
  title         = "Password reset",
  description   = "The one-time link for somebody who forgot the password.",
  category      = "transactional",
  channel       = "email",
  surface       = "transactional",
  namespace     = "email",
  starts        = "2026-01-01T00:00:00Z",
  ends          = "2030-01-01T00:00:00Z",
  expires_after = "30 minutes",
  context       = { resetUrl = "url", firstName = "string?" },

  message = {
    subject = "Reset your password",
    html    = campaign.template "password-reset.html",
    text    = campaign.template "password-reset.txt",
  },
}
