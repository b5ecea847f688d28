-- Loops for ever.
return campaign {
  id = "endless", title = "endless", category = "transactional", channel = "email", surface = "mail", namespace = "email",
  on_trigger = function() while true do end end,
  message = { subject = "Number {{context.number}}", text = "[{{context.number}}]" },
}
