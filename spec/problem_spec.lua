local problem = require "herald.problem"

describe("a problem", function()
  it("has the contract's shape, with strings as additional context", function()
    local status, body = problem("campaign-not-live", {
      detail = "The campaign \"x\" is paused: resume it first.",
      additional = { campaignId = "x", attempts = 3 },
    })
    assert.equal(400, status)
    assert.same({
      type = "urn:herald:error:campaign-not-live",
      title = "The campaign is not live",
      status = 400,
      detail = "The campaign \"x\" is paused: resume it first.",
      report = { additionalContext = { campaignId = "x", attempts = "3" } },
    }, body)
  end)

  it("is complete without options", function()
    local status, body = problem("not-found")
    assert.equal(404, status)
    assert.same({}, body.report.additionalContext)
  end)

  it("gives each code of the contract its status", function()
    local expected = {
      [400] = { "invalid-json", "invalid-request", "invalid-recipients", "campaign-not-found", "campaign-not-live",
        "campaign-not-started", "campaign-ended", "namespace-mismatch", "context-reserved", "context-invalid",
        "context-too-large", "no-address", "invalid-address", "profile-not-found", "rejected-by-campaign", "script-error" },
      [401] = { "authentication-failed" }, [403] = { "scope-missing" }, [404] = { "not-found" },
      [405] = { "method-not-allowed" }, [409] = { "request-id-reused" }, [413] = { "body-too-large" },
      [408] = { "request-timeout" }, [431] = { "headers-too-large" },
      [415] = { "unsupported-media-type" }, [429] = { "rate-limited" }, [503] = { "overloaded", "storage-unavailable" },
    }
    for status, codes in pairs(expected) do
      for _, code in ipairs(codes) do assert.equal(status, problem.status(code), code) end
    end
  end)

  it("raises on a code that is not in the table", function()
    assert.error_matches(function() problem("no-such-code") end, "unknown problem code: no%-such%-code")
  end)

  it("gives the code of a body back", function()
    local _, body = problem("conflict")
    assert.equal("conflict", problem.code(body))
    assert.is_nil(problem.code({}))
    assert.is_nil(problem.code("text"))
  end)
end)
