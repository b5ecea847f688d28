return { activation = "automatic", log = { level = "warn" } }
