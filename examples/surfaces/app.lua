-- Push messages into files. Change the provider to "fcm" and say service_account to reach real devices.
return surface {
  name     = "app",
  channel  = "push",
  provider = "capture",
}
