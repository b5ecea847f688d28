-- A campaign's life, from its first version to the archive: what the API, the command line and the loader of a
-- project call. docs/architecture.md draws the statuses.

local candidate = require "herald.lifecycle.candidate"
local import = require "herald.lifecycle.import"
local intake = require "herald.lifecycle.intake"
local steps = require "herald.lifecycle.steps"

return {
  activate = steps.activate,
  archive = steps.archive,
  candidate = candidate.run,
  changes = import.changes,
  delete = steps.delete,
  duplicate = intake.duplicate,
  import = import.run,
  is_running = steps.is_running,
  lacks_file = steps.lacks_file,
  pause = steps.pause,
  resume = steps.resume,
  review = steps.review,
  save = intake.save,
  status = steps.status,
  STATUSES = steps.STATUSES,
  steps = steps.steps,
  stop = steps.stop,
}
