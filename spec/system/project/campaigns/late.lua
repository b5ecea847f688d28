-- Its window closes soon after the start.
return campaign {
  id = "late", title = "late", category = "transactional", channel = "email", surface = "mail", namespace = "email",
  starts = "2020-01-01T00:00:00Z", ends = "@ENDS@",
  message = { subject = "Number {{context.number}}", text = "[{{context.number}}]" },
}
