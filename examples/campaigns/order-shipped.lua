-- Tells a customer that the parcel is on its way: as a push message where there is a device, as an email where there is none.
local campaign = require "campaign"

return campaign {
  id          = "order-shipped",
  title       = "Order shipped",
  description = "The parcel has left the warehouse.",
  category    = "transactional",
  channel     = "push",
  surface     = "app",
  namespace   = "email",
  context     = { order = "string", trackingUrl = "url", firstName = "string?" },

  messages = {
    push = {
      title = "Your parcel is on its way",
      body  = "Order {{context.order}} has left our warehouse.",
      link  = "{{context.trackingUrl}}",
      data  = { order = "{{context.order}}" },
      ttl   = "1 day",
      priority     = "high",
      collapse_key = "order-{{context.order}}",
    },
    email = {
      subject = "Order {{context.order}} is on its way",
      html    = campaign.template "order-shipped.html",
      text    = campaign.template "order-shipped.txt",
    },
  },

  on_trigger = function(trigger)
    local data = trigger.recipient.channelData
    local has_device = data and data.pushInfo or trigger.profile.pushInfo
    if not has_device then trigger:via("email", "transactional") end
  end,
}
