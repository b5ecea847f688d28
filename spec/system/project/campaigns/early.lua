-- Its window opens long after the spec.
return campaign {
  id = "early", title = "early", category = "transactional", channel = "email", surface = "mail", namespace = "email",
  starts = "2099-01-01T00:00:00Z",
  message = { subject = "Number {{context.number}}", text = "[{{context.number}}]" },
}
