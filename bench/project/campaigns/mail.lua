-- What delivering costs: 2 KB of HTML and text, sent at once.
return campaign {
  id = "mail", title = "Mail", channel = "email", surface = "sink", namespace = "email",
  message = {
    subject = "Reset your password, {{context.firstName}}",
    html = campaign.template "mail.html",
    text = campaign.template "mail.txt",
  },
}
