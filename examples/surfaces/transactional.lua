-- Email into files under data/captured. Change the provider to "smtp" and say url, user and password to send real mail.
return surface {
  name     = "transactional",
  channel  = "email",
  provider = "capture",
  from     = "Example Shop <no-reply@example.com>",
  reply_to = "help@example.com",
}
