-- Sends two seconds later.
return campaign {
  id = "deferred", title = "deferred", category = "transactional", channel = "email", surface = "mail", namespace = "email",
  on_trigger = function(trigger) trigger:delay "2 seconds" end,
  message = { subject = "Number {{context.number}}", html = campaign.template "deferred.html" },
}
