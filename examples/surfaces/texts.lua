-- Text messages into files. Change the provider to "twilio" and say account_sid, auth_token and from to send real ones.
return surface {
  name     = "texts",
  channel  = "sms",
  provider = "capture",
}
