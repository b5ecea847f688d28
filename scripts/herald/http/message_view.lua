-- How a message and its events are shown. The payload is not: it may hold what only the recipient should read.

local answers = require "herald.http.answers"

local M = {}

---@param message table as the store gives it
---@return table
function M.show(message)
  return {
    id = answers.id(message.id), executionId = message.execution and answers.id(message.execution) or nil,
    campaignId = message.campaign, version = message.version, userId = message.user_id, namespace = message.namespace,
    type = message.type, state = message.state, reason = message.reason, channel = message.channel, surface = message.surface,
    sandbox = message.sandbox, acceptedAt = answers.time(message.accepted_at or message.at), dueAt = answers.time(message.due_at),
    expiresAt = answers.time(message.expires_at), settledAt = answers.time(message.settled_at), attempts = message.attempts,
    provider = message.provider, code = message.code, answer = message.answer,
  }
end

return M
