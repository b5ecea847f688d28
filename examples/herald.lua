-- The settings of this project. What is not said here has a default.
return {
  listen     = "127.0.0.1:8025",
  data       = "data",
  activation = "automatic",   -- every version that passes its review goes live when it is loaded; teams with a review say "reviewed"
}
