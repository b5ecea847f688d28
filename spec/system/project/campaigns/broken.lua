-- Fails in its own code.
return campaign {
  id = "broken", title = "broken", category = "transactional", channel = "email", surface = "mail", namespace = "email",
  on_trigger = function() error "broken on purpose" end,
  message = { subject = "Number {{context.number}}", text = "[{{context.number}}]" },
}
