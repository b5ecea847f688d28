---@meta herald.store

---The durable state of the engine. Reads answer at once, changes wait for their commit. What fails gives nil, a message
---and a code: "not-found", "conflict", "closed", "overloaded", "storage-unavailable". All times are milliseconds.
local store = {}

---@class herald.StoreOptions
---@field path string the database's file, or ":memory:"
---@field clock? herald.Clock
---@field log? herald.Log

---@param options herald.StoreOptions
---@return herald.Store? store, string? message, string? code "conflict": in use; "invalid": damaged, newer, another program's
function store.open(options) end

---@class herald.CampaignRecord
---@field id string
---@field status string
---@field live string? hash of the live version
---@field draft string? hash of the draft version
---@field origin "file"|"api"
---@field created_at integer
---@field created_by string
---@field modified_at integer
---@field modified_by string
---@field revision integer

---@class herald.VersionRecord
---@field campaign string
---@field hash string
---@field number integer
---@field definition string JSON text
---@field bundle string? JSON text
---@field created_at integer
---@field created_by string
---@field activated_at integer?

---@class herald.MessageRecord
---@field id integer
---@field execution integer
---@field campaign string
---@field version string
---@field sandbox string
---@field user_id string
---@field namespace string
---@field type string
---@field state "waiting"|"held"|"sent"|"delivered"|"failed"|"bounced"|"expired"|"cancelled"|"excluded"|"skipped"
---@field reason string?
---@field channel string?
---@field surface string?
---@field payload string JSON text
---@field at integer when it was accepted
---@field created_at integer the same
---@field by string
---@field due_at integer
---@field expires_at integer?
---@field settled_at integer?
---@field sent_at integer?
---@field attempts integer
---@field provider string?
---@field provider_id string?
---@field code string?
---@field answer string?

---@class herald.Store
local Store = {}

---Saves a version: the campaign's draft, unless it is the live one. A new campaign starts as a draft.
---@param options { campaign: string, hash: string, definition: string, bundle: string?, origin: "file"|"api", by: string, at: integer }
---@return { number: integer, created: boolean, campaign_created: boolean }?
---@return string? message, string? code
function Store:save_version(options) end

---@param id string
---@return herald.CampaignRecord? record, string? message, string? code
function Store:campaign(id) end

---@param options { status: string?, changed_since: integer? }
---@return herald.CampaignRecord[]? records, string? message, string? code
function Store:campaigns(options) end

---@param campaign string
---@param hash string
---@return herald.VersionRecord? record, string? message, string? code
function Store:version(campaign, hash) end

---The oldest first, without definition and bundle.
---@param campaign string
---@return herald.VersionRecord[]? records, string? message, string? code
function Store:versions(campaign) end

---Compare and set, with the row of the audit log. draft = false clears it.
---@param options { id: string, from: string[], status: string?, live: string?, draft: string|false|nil, by: string, at: integer, action: string, detail: string? }
---@return herald.CampaignRecord? record, string? message, string? code "conflict": its status is not one of from
function Store:change_campaign(options) end

---Drafts alone.
---@param options { id: string, by: string, at: integer }
---@return boolean? done, string? message, string? code
function Store:delete_campaign(options) end

---Grows with each committed change of campaigns and keys, before its answer.
---@return integer
function Store:revision() end

---The newest first.
---@param options { campaign: string?, before: integer?, limit: integer? }
---@return { id: integer, at: integer, by: string, action: string, campaign: string?, detail: string? }[]?
---@return string? message, string? code
function Store:audit(options) end

---@param options { at: integer, by: string, action: string, campaign: string?, detail: string? }
---@return boolean? done, string? message, string? code
function Store:append_audit(options) end

---@class herald.NewMessage
---@field user_id string
---@field namespace string
---@field type string
---@field state "held"|"waiting"|"skipped"
---@field reason? string
---@field due_at integer
---@field expires_at? integer
---@field channel string
---@field surface? string
---@field payload string JSON text
---@field create_profile? boolean

---@class herald.Acceptance
---@field request_id string
---@field body_hash string
---@field campaign string
---@field version string
---@field sandbox string
---@field at integer
---@field by string
---@field once_owner? string whose once() keys are final with this
---@field idempotency_ms integer
---@field messages herald.NewMessage[]

---On disk when it returns. The messages have the ids execution, execution + 1, …
---@param acceptance herald.Acceptance
---@return { execution: integer, at: integer, replay: boolean }?
---@return string? message, string? code "request-id-reused": it came with another body
function Store:accept(acceptance) end

---@param sandbox string
---@param request_id string
---@param now integer
---@return { execution: integer, at: integer, body_hash: string }? earlier, string? message, string? code
function Store:request(sandbox, request_id, now) end

---@class herald.Settlement
---@field id integer
---@field state "sent"|"delivered"|"waiting"|"failed"|"bounced"|"expired"|"cancelled"|"excluded"
---@field at integer
---@field due_at? integer of the next attempt, for "waiting"
---@field attempts? integer
---@field provider? string
---@field provider_id? string
---@field code? string
---@field answer? string
---@field reason? string "soft" for a soft bounce
---@field latency_ms? integer from trigger to sent
---@field campaign? string

---@param settlement herald.Settlement
---@return boolean? done, string? message, string? code "conflict": it is finished already
function Store:settle(settlement) end

---What waits and is due becomes held, in the order of its time.
---@param options { now: integer, limit: integer? }
---@return herald.MessageRecord[]? messages, string? message, string? code
function Store:claim(options) end

---@return integer? due_at of the waiting message that is due first
function Store:next_due() end

---@param id integer
---@return herald.MessageRecord? record, string? message, string? code
function Store:message(id) end

---@param id integer
---@return { id: integer, request_id: string, campaign: string, version: string, at: integer, by: string, sandbox: string, messages: herald.MessageRecord[] }?
---@return string? message, string? code
function Store:execution(id) end

---No state: the held ones, then the waiting ones, as they are due. A finished state: the newest first.
---@param options { state: string?, campaign: string?, after: integer?, limit: integer? } after: the last id of the page before
---@return herald.MessageRecord[]? messages, string? message, string? code
function Store:outbox(options) end

---By id: the first ones behind after, or else the newest.
---@param options { campaign: string?, after: integer?, limit: integer? }
---@return herald.MessageRecord[]? messages, string? message, string? code
function Store:recent(options) end

---The newest first.
---@param user_id string
---@param campaign? string
---@param limit? integer
---@return herald.MessageRecord[]? messages, string? message, string? code
function Store:messages_of(user_id, campaign, limit) end

---Waiting messages become due now.
---@param options { now: integer, ids: integer[]?, campaign: string? } ids or campaign
---@return integer? count, string? message, string? code
function Store:retry_now(options) end

---Waiting messages are given up.
---@param options { at: integer, by: string, reason: string, ids: integer[]?, campaign: string? } ids or campaign
---@return integer? count, string? message, string? code
function Store:cancel(options) end

---@param options { message: integer, campaign: string?, at: integer, kind: string, detail: string? }
---@return boolean? done, string? message, string? code
function Store:add_event(options) end

---The oldest first.
---@param message integer
---@return { message: integer, id: integer, at: integer, kind: string, detail: string? }[]?
---@return string? message, string? code
function Store:events(message) end

---@param namespace string
---@param user_id string
---@return { namespace: string, user_id: string, attributes: string, created_at: integer, modified_at: integer }?
---@return string? message, string? code
function Store:profile(namespace, user_id) end

---@param options { namespace: string, user_id: string, attributes: string, at: integer } attributes is JSON text
---@return boolean? done, string? message, string? code
function Store:save_profile(options) end

---True the first time, again for the same owner, and when that has expired. The key is pending until accept says its owner
---in once_owner; a restart forgets what is pending.
---@param sandbox string
---@param key string
---@param expires_at integer
---@param now integer
---@param owner string
---@return boolean? first, string? message, string? code
function Store:once(sandbox, key, expires_at, now, owner) end

---Makes an owner's pending keys final, where no accept does.
---@param owner string
---@return boolean? done, string? message, string? code
function Store:keep_once(owner) end

---Gives back an owner's keys that are pending.
---@param owner string
---@return boolean? done, string? message, string? code
function Store:forget_once(owner) end

---@class herald.KeptChange
---@field sandbox string
---@field key string
---@field value string JSON text
---@field expires_at? integer nil: it stays
---@field now integer
---@field most_keys integer of the sandbox: values, counters and limits together

---@alias herald.KeptDone { done: 0|1, value: string? } value: what is there, when it was not done

---Keeps a value. All changes of keys fail with "full" where the sandbox keeps as many keys as it may.
---@param change herald.KeptChange
---@return herald.KeptDone? answer, string? message, string? code
function Store:kv_set(change) end

---The same, where nothing is under the key.
---@param change herald.KeptChange
---@return herald.KeptDone? answer, string? message, string? code
function Store:kv_add(change) end

---The same, where something is.
---@param change herald.KeptChange
---@return herald.KeptDone? answer, string? message, string? code
function Store:kv_replace(change) end

---The same, where the value is change.expected, to the character; without it, where nothing is under the key.
---@param change herald.KeptChange
---@return herald.KeptDone? answer, string? message, string? code
function Store:kv_swap(change) end

---@param sandbox string
---@param kind "kv"|"counter"
---@param key string
---@param now integer
---@return boolean? was_there, string? message, string? code
function Store:forget_kept(sandbox, kind, key, now) end

---@param sandbox string
---@param kind "kv"|"counter"
---@param key string
---@param now integer
---@return { value: string|integer, expires_at: integer? }? found, string? message, string? code
function Store:kept(sandbox, kind, key, now) end

---In the order of the keys.
---@param options { sandbox: string, kind: "kv"|"counter", prefix: string, after: string?, limit: integer?, now: integer }
---@return { key: string, value: string|integer, expires_at: integer? }[]? rows, string? message, string? code
function Store:kept_keys(options) end

---Adds to a counter and gives the sum. expires_at is that of a new counter; one that is there keeps its own.
---@param change { sandbox: string, key: string, n: integer?, expires_at: integer?, now: integer, most_keys: integer }
---@return integer? sum, string? message, string? code "invalid": it would leave the integers
function Store:counter_add(change) end

---Lets one through where fewer than most were within the window before now.
---@param change { sandbox: string, key: string, window_ms: integer, most: integer, now: integer, most_keys: integer }
---@return { taken: 0|1, retry_after_ms: integer? }? answer, string? message, string? code
function Store:limit_take(change) end

---When the next one may be let through; nil: now.
---@param sandbox string
---@param key string
---@param window_ms integer
---@param most integer
---@param now integer
---@return integer? free_at, string? message, string? code
function Store:limit_free_at(sandbox, key, window_ms, most, now) end

---@param options { hash: string, name: string, scopes: string, created_at: integer, created_by: string, expires_at: integer? }
---@return boolean? done, string? message, string? code "conflict": the name is in force
function Store:save_key(options) end

---@return table[]? keys, string? message, string? code
function Store:keys() end

---@param hash string
---@return table? key, string? message, string? code
function Store:key(hash) end

---@param options { name: string, at: integer, by: string }
---@return integer? count, string? message, string? code
function Store:revoke_key(options) end

---@param options { campaign: string, metric: string, at: integer, n: integer? }
---@return boolean? done, string? message, string? code
function Store:count(options) end

---Sums by step; from <= time < to.
---@param options { campaign: string, from: integer, to: integer, step_ms: integer }
---@return { at: integer, metric: string, value: integer }[]? rows, string? message, string? code
function Store:counters(options) end

---Notes that a version exceeded its budget. The after-th time within that long parks it for a time; one that is parked
---already is parked anew.
---@param options { campaign: string, version: string, at: integer, reason: string, after: integer, within_ms: integer, time_ms: integer, detail: string? } detail: of the audit log's row
---@return boolean? is_parked, string? message, string? code
function Store:note_excess(options) end

---Asks to try a parked version again: granted to one at a time, once it has been parked for its time.
---@param options { campaign: string, version: string, now: integer, trial_until: integer } trial_until: when another one may ask, whatever became of this
---@return boolean? is_granted, string? message, string? code
function Store:try_parked(options) end

---A campaign starts anew, as it does when another version goes live.
---@param options { campaign: string, by: string, at: integer, detail: string? }
---@return integer? count of its versions that were parked
---@return string? message, string? code
function Store:unpark(options) end

---The versions that are parked, or wait for a trial.
---@return { campaign: string, version: string, since: integer, until: integer, trial_until: integer?, reason: string }[]? rows
---@return string? message, string? code
function Store:parkings() end

---A consistent copy into a new file that its owner alone may read, while the store is used.
---@param path string
---@param overwrite? boolean # replaces a file of this name; without it that is a "conflict"
---@return boolean? done, string? message, string? code
function Store:backup(path, overwrite) end

---Deletes a batch of finished messages that were accepted before, and of request ids, keys and limits past their time.
---@param options { before: integer, limit: integer? }
---@return integer? count 0: nothing is left to delete
---@return string? message, string? code
function Store:prune(options) end

---How many messages are in each state.
---@return table<string, integer>? stats, string? message, string? code
function Store:stats() end

---Answers what is under way, then closes. Safe twice.
function Store:close() end

return store
