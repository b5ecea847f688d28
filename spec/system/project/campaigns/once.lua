-- Sends each number once.
return campaign {
  id = "once", title = "once", category = "transactional", channel = "email", surface = "mail", namespace = "email",
  on_trigger = function(trigger)
    if not trigger:once(trigger.context.number, "1 hour") then return trigger:skip "had it" end
  end,
  message = { subject = "Number {{context.number}}", text = "[{{context.number}}]" },
}
