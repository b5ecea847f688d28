return surface {
  name = "sink", channel = "email", provider = "smtp", url = "@SMTP@", tls = "none", connections = 10,
  from = "Bench <bench@example.com>",
}
