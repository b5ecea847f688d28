-- Accepts, and sends nothing.
return campaign {
  id = "skipping", title = "skipping", category = "transactional", channel = "email", surface = "mail", namespace = "email",
  on_trigger = function(trigger) return trigger:skip "not wanted" end,
  message = { subject = "Number {{context.number}}", text = "[{{context.number}}]" },
}
