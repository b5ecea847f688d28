-- What accepting costs: on_trigger runs and puts the message off by an hour, so that nothing is delivered meanwhile.
return campaign {
  id = "hourly", title = "Hourly", channel = "email", surface = "sink", namespace = "email",
  message = { subject = "Your code", text = "{{context.firstName}}: {{context.resetUrl}}" },
  on_trigger = function(trigger) trigger:delay "1 hour" end,
}
