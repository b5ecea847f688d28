-- Loops for ever and catches every error.
return campaign {
  id = "stubborn", title = "stubborn", category = "transactional", channel = "email", surface = "mail", namespace = "email",
  on_trigger = function() while true do pcall(function() while true do end end) end end,
  message = { subject = "Number {{context.number}}", text = "[{{context.number}}]" },
}
