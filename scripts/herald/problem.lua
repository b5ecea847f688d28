-- Builds the one shape in which the HTTP API says what went wrong: the code as a urn, a title, the
-- status, a sentence of detail, and the strings that help to find the call again.

local M = {}

-- code -> status and title. Handlers use these codes and no others; those of 408 and 431 are the listener's alone.
local TABLE = {
  ["invalid-json"] = { 400, "The body is not valid JSON" },
  ["invalid-request"] = { 400, "The request does not have the expected shape" },
  ["invalid-recipients"] = { 400, "One or more recipients are not valid" },
  ["campaign-not-found"] = { 400, "There is no campaign with this id" },
  ["campaign-not-live"] = { 400, "The campaign is not live" },
  ["campaign-not-started"] = { 400, "The campaign has not started yet" },
  ["campaign-ended"] = { 400, "The campaign has ended" },
  ["namespace-mismatch"] = { 400, "The recipient's namespace is not the campaign's" },
  ["context-reserved"] = { 400, "The context uses a reserved name" },
  ["context-invalid"] = { 400, "The context does not have what the campaign declares" },
  ["context-too-large"] = { 400, "The context is too large" },
  ["no-address"] = { 400, "The recipient has no address on this channel" },
  ["invalid-address"] = { 400, "The recipient's address is none of this channel" },
  ["profile-not-found"] = { 400, "There is no profile for this recipient" },
  ["rejected-by-campaign"] = { 400, "The campaign rejected the call" },
  ["script-error"] = { 400, "The campaign's script failed" },
  ["render-error"] = { 400, "The message cannot be rendered" },
  ["authentication-failed"] = { 401, "Authentication failed" },
  ["scope-missing"] = { 403, "The key lacks the scope for this" },
  ["local-only"] = { 403, "This is for the server's own machine alone" },
  ["not-found"] = { 404, "Not found" },
  ["method-not-allowed"] = { 405, "The method is not allowed here" },
  ["request-timeout"] = { 408, "The request took too long to arrive" },
  ["request-id-reused"] = { 409, "The requestId was used before with another body" },
  ["conflict"] = { 409, "The present state does not allow this" },
  ["review-failed"] = { 409, "The review found errors" },
  ["body-too-large"] = { 413, "The body is too large" },
  ["unsupported-media-type"] = { 415, "The body's media type is not supported" },
  ["definition-invalid"] = { 422, "The definition is not valid" },
  ["check-failed"] = { 422, "The scripts did not pass the check" },
  ["rate-limited"] = { 429, "Too many requests" },
  ["headers-too-large"] = { 431, "The request's headers are too large" },
  ["endpoint-error"] = { 500, "The endpoint's script failed" },
  ["internal-error"] = { 500, "Something went wrong inside" },
  ["delivery-failed"] = { 502, "The provider did not take the message" },
  ["campaign-parked"] = { 503, "The campaign keeps exceeding its budget and is parked" },
  ["overloaded"] = { 503, "There is more work than can be taken now" },
  ["storage-unavailable"] = { 503, "The store cannot be reached" },
}

local EMPTY = setmetatable({}, { __newindex = function() error("read only", 2) end })

---Every code with its status and title, for the documentation and its check.
---@return { code: string, status: integer, title: string }[] sorted by status, then code
function M.codes()
  local list = {}
  for code, row in pairs(TABLE) do
    list[#list + 1] = { code = code, status = row[1], title = row[2] }
  end
  table.sort(list, function(a, b)
    if a.status ~= b.status then return a.status < b.status end
    return a.code < b.code
  end)
  return list
end

---@return integer|nil status of this code, nil for one that is not in the table
function M.status(code)
  local row = TABLE[code]
  return row and row[1]
end

---@class herald.ProblemOptions
---@field detail string|nil what was wrong and what to do, one or two sentences
---@field additional table<string, any>|nil facts of this call; values become strings

---Builds an error answer. A code that is not in the table raises: it is a mistake in the caller.
---@param code string
---@param options herald.ProblemOptions|nil
---@return integer status
---@return table body
function M.new(code, options)
  local row = TABLE[code] or error("unknown problem code: " .. tostring(code), 2)
  options = options or EMPTY
  local context = {}
  for name, value in pairs(options.additional or EMPTY) do
    context[name] = tostring(value)
  end
  local status = row[1]
  return status, {
    type = "urn:herald:error:" .. code,
    title = row[2],
    status = status,
    detail = options.detail,
    report = { additionalContext = context },
  }
end

---The code of an error answer's body.
---@param body table
---@return string|nil
function M.code(body)
  local kind = type(body) == "table" and body.type
  return type(kind) == "string" and kind:match("^urn:herald:error:(.+)$") or nil
end

return setmetatable(M, { __call = function(_, code, options) return M.new(code, options) end })
