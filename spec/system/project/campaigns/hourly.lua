-- Sends an hour later: what a benchmark of accepting needs.
return campaign {
  id = "hourly", title = "hourly", category = "transactional", channel = "email", surface = "mail", namespace = "email",
  on_trigger = function(trigger) trigger:delay "1 hour" end,
  message = { subject = "Number {{context.number}}", text = "[{{context.number}}]" },
}
