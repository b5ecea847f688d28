-- Endpoint of one execution: what became of a trigger, for each of its recipients.

local answers = require "herald.http.answers"
local message_view = require "herald.http.message_view"

local function show(engine, request)
  local id = answers.parse_id(request.params.executionId)
  local execution, message, code
  if id then execution, message, code = engine.store:execution(id) end
  if not execution then
    if code and code ~= "not-found" then return answers.failure(message, code) end
    return answers.failure("There is no execution with this id.", "not-found", { executionId = request.params.executionId })
  end
  local recipients = {}
  for index, row in ipairs(execution.messages) do recipients[index] = message_view.show(row) end
  return 200, {
    executionId = answers.id(execution.id), requestId = execution.request_id, campaignId = execution.campaign,
    version = execution.version, sandbox = execution.sandbox, createdAt = answers.time(execution.at), createdBy = execution.by,
    recipients = answers.array(recipients),
  }
end

return {
  { method = "GET", path = "/im/executions/unitary/{executionId}", scope = "read", handler = show },
}
