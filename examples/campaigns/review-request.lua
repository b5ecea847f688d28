-- Asks for a review three days after an order arrived, unless the shop has one already. An address that bounces is told to
-- the shop, which asks for another one.
local campaign = require "campaign"

local SHOP = "https://shop.example.com/api"

return campaign {
  id          = "review-request",
  title       = "Review request",
  description = "How somebody likes what was ordered.",
  category    = "transactional",
  channel     = "email",
  surface     = "transactional",
  namespace   = "email",
  context     = { order = "string", reviewUrl = "url", firstName = "string?" },

  message = {
    subject = "How do you like order {{context.order}}?",
    html    = campaign.template "review-request.html",
    text    = campaign.template "review-request.txt",
  },

  on_trigger = function(trigger)
    local order = trigger.context.order
    if not order:find "^[%w-]+$" then return trigger:reject "an order's number is made of letters, digits and dashes" end
    local answer = http.get(("%s/orders/%s/review"):format(SHOP, order), { timeout = "2 seconds" })
    if answer and answer.status == 200 then return trigger:skip "reviewed-already" end
    trigger:delay "3 days" -- also where the shop does not answer: one question too many does no harm
  end,

  on_event = function(event)
    if event.kind ~= "bounced" then return end
    http.post(SHOP .. "/unreachable", { body = { user = event.recipient.userId, order = event.context.order, code = event.code } })
  end,
}
