return surface {
  name = "mail", channel = "email", provider = "smtp", url = "@SMTP@", tls = "none",
  from = "Spec <spec@example.com>",
  retry = { first = "200 ms", factor = 2, most = "1 second", give_up_after = "1 hour" },
}
