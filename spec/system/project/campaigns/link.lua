-- Has a template file and a declared context.
return campaign {
  id = "link", title = "Link", category = "transactional", channel = "email", surface = "mail", namespace = "email",
  context = { url = "url", name = "string?" },
  message = { subject = "Your link", html = campaign.template "link.html" },
}
