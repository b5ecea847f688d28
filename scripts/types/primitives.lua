---@meta
-- What an editor knows of the words that a project's scripts find; docs/primitives.md tells about them.

---Waits; within on_trigger, on_event and an endpoint's handle.
---@param duration string|integer words, or milliseconds
function sleep(duration) end

---@class herald.HttpOptions
---@field url? string
---@field method? string
---@field headers? table<string, string|herald.Secret>
---@field bearer? string|herald.Secret
---@field query? table<string, any>
---@field json? any
---@field form? table<string, any>
---@field body? string|table a table goes as JSON
---@field timeout? string|integer of one attempt; 5 seconds unless told
---@field retries? { times?: integer, first?: string|integer, most?: string|integer, on?: integer[] }
---@field redirects? integer|boolean how many are followed
---@field tls? { ca?: string, certificate?: herald.Secret|string, key?: herald.Secret|string }

---@class herald.HttpAnswer
---@field status integer
---@field headers table<string, string> names in lower case
---@field body string
---@field json fun(self: herald.HttpAnswer): any

---Asks another system; within on_trigger, on_event and an endpoint's handle. Without an answer: nil, message, code.
---@class herald.HttpWord
---@field request fun(options: herald.HttpOptions): herald.HttpAnswer?, string?, string?
---@field get fun(url: string, options?: herald.HttpOptions): herald.HttpAnswer?, string?, string?
---@field post fun(url: string, options?: herald.HttpOptions): herald.HttpAnswer?, string?, string?
---@field put fun(url: string, options?: herald.HttpOptions): herald.HttpAnswer?, string?, string?
---@field patch fun(url: string, options?: herald.HttpOptions): herald.HttpAnswer?, string?, string?
---@field delete fun(url: string, options?: herald.HttpOptions): herald.HttpAnswer?, string?, string?
http = {}

---Runs functions at once; the first error cancels the others.
---@param branches table<string|integer, fun(): any>
---@return table<string|integer, any> results
---@return table<string|integer, { message: any, code: any }> failures of those that returned nil and why
function parallel(branches) end

---@class herald.RandomWord
---@field integer fun(a: integer, b?: integer): integer
---@field number fun(): number
---@field choice fun(list: any[]): any
---@field text fun(count: integer, alphabet?: string): string
random = {}

---@class herald.TimeWord
---@field now fun(): integer
---@field parse fun(text: string, zone?: string): integer?, string?, string?
---@field format fun(ms: integer, pattern?: string, zone?: string, locale?: string): string
---@field add fun(ms: integer, amount: string, zone?: string): integer
---@field parts fun(ms: integer, zone?: string): table<string, integer|string>
time = {}

---@class herald.LogWord
---@field debug fun(text: string, fields?: table<string, string|number|boolean>)
---@field info fun(text: string, fields?: table<string, string|number|boolean>)
---@field warn fun(text: string, fields?: table<string, string|number|boolean>)
---@field error fun(text: string, fields?: table<string, string|number|boolean>)
log = {}

---@class herald.MetricWord
---@field add fun(name: string, count?: number, labels?: table<string, any>)
---@field set fun(name: string, value: number, labels?: table<string, any>)
metric = {}

---@class herald.CryptoWord
---@field sha256 fun(text: string): string
---@field sha256_hex fun(text: string): string
---@field hmac_sha256 fun(key: string|herald.Secret, text: string): string
---@field equal fun(a: string|herald.Secret, b: string|herald.Secret): boolean
---@field random fun(count: integer): string
---@field uuid fun(): string
---@field hex fun(text: string): string
---@field unhex fun(text: string): string?, string?, string?
---@field base64 fun(text: string): string
---@field unbase64 fun(text: string): string?, string?, string?
---@field base64url fun(text: string): string
---@field unbase64url fun(text: string): string?, string?, string?
---@field encrypt fun(key: string|herald.Secret, text: string, associated?: string): string
---@field decrypt fun(key: string|herald.Secret, sealed: string, associated?: string): string?, string?, string?
crypto = {}

---@class herald.JsonWord
---@field null any
---@field encode fun(value: any): string
---@field decode fun(text: string): any, string?, string?
---@field array fun(list?: table): table
---@field number fun(text: string): any
json = {}

---@class herald.KeepOptions
---@field ttl? string|integer how long it stays, words or milliseconds; it stays without

---@alias herald.Kept string|number|boolean|table

---Values that are on disk when the word returns; within on_trigger, on_event and an endpoint's handle. Raises where the store does not answer.
---@class herald.KvWord
---@field get fun(key: string): herald.Kept?
---@field set fun(key: string, value: herald.Kept, options?: herald.KeepOptions): true
---@field add fun(key: string, value: herald.Kept, options?: herald.KeepOptions): boolean, herald.Kept? # false, and what is there
---@field replace fun(key: string, value: herald.Kept, options?: herald.KeepOptions): boolean false where nothing was there
---@field swap fun(key: string, expected: herald.Kept?, value: herald.Kept, options?: herald.KeepOptions): boolean, herald.Kept? # false, and what is there
---@field delete fun(key: string): boolean whether it was there
kv = {}

---Whole numbers that all calls add to.
---@class herald.CounterWord
---@field add fun(key: string, n?: integer, options?: herald.KeepOptions): integer the sum; the ttl is that of the first addition
---@field get fun(key: string): integer
counter = {}

---Exact sliding windows.
---@class herald.LimitWord
---@field take fun(key: string, most: integer, duration: string|integer): boolean, integer? # false, and the milliseconds until one may be let through
limit = {}

---True the first time within the duration, for the whole project; it goes with the call, the request or the event.
---@param key string
---@param duration string|integer words, or milliseconds
---@return boolean
function once(key, duration) end
