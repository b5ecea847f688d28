-- For people who have a profile alone.
return campaign {
  id = "known", title = "known", category = "transactional", channel = "email", surface = "mail", namespace = "email",
  profile = { create = false },
  message = { subject = "Number {{context.number}}", text = "[{{context.number}}]" },
}
