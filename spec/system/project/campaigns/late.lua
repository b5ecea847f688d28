-- Its window closed long ago.
return campaign {
  id = "late", title = "late", category = "transactional", channel = "email", surface = "mail", namespace = "email",
  starts = "2020-01-01T00:00:00Z", ends = "2021-01-01T00:00:00Z",
  message = { subject = "Number {{context.number}}", text = "[{{context.number}}]" },
}
