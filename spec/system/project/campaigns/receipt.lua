-- Sends back the number that it was given.
return campaign {
  id = "receipt", title = "receipt", category = "transactional", channel = "email", surface = "mail", namespace = "email",
  message = { subject = "Number {{context.number}}", text = "[{{context.number}}]" },
}
