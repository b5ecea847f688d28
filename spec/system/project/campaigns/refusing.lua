-- Rejects every trigger.
return campaign {
  id = "refusing", title = "refusing", category = "transactional", channel = "email", surface = "mail", namespace = "email",
  on_trigger = function(trigger) return trigger:reject "not today" end,
  message = { subject = "Number {{context.number}}", text = "[{{context.number}}]" },
}
