return {
  listen     = "127.0.0.1:0",
  activation = "automatic",
}
