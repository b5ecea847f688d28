return { activation = "automatic" }
