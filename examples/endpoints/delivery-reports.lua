-- What the mail provider tells of our messages. It signs its reports with the time, so that a report is taken once; an API
-- key will do, too, for trying it by hand. `event` is the provider's id: a report that comes twice counts once.
local KINDS = { delivered = "delivered", bounce = "bounced", open = "opened", click = "clicked", unsubscribe = "unsubscribed", spam = "complained" }

return endpoint {
  method       = "POST",
  path         = "/hooks/mail/{message}",
  body         = "64 kB",
  rate         = { caller = "200/s" },
  authenticate = {
    endpoint.hmac { header = "X-Signature", timestamp_header = "X-Timestamp", secret = secret "SHOP_SECRET" },
    endpoint.key "manage",
  },

  handle = function(request)
    local report = request:json()
    local kind = KINDS[report.type]
    if not kind then return 200, { ignored = report.type } end
    local result, message, code = request:event(request.params.message, kind, { link = report.url }, { id = report.event, reason = report.bounce })
    if result then return 200, result end
    return code == "conflict" and 409 or 400, { error = message }
  end,
}
