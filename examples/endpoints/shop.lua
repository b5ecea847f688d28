-- The shop's own webhook: it tells about a shipped order in its own words, signed with a secret that both sides know.
-- The order's number is the requestId, so a webhook that is delivered twice sends one message.
return endpoint {
  method       = "POST",
  path         = "/hooks/shop/shipped",
  authenticate = endpoint.hmac { header = "X-Signature", secret = secret "SHOP_SECRET" },

  handle = function(request)
    local order = request:json()
    return request:trigger("order-shipped", {
      requestId  = "shipped-" .. order.number,
      recipients = { {
        type = "aep", userId = order.customer.email, namespace = "email",
        context = { order = order.number, trackingUrl = order.tracking_url, firstName = order.customer.first_name },
      } },
    })
  end,
}
