---@meta
-- What an editor knows in channel and provider files.

---A description of one field.
---@class herald.Field
---@field type? "string"|"number"|"integer"|"boolean"|"template"|"duration"|"size"|"rate"|"array"|"map"|"table"|"any"
---@field mode? "html"|"text"|"header"|"url"|"json" of a template
---@field required? boolean
---@field default? any
---@field one_of? string[]
---@field pattern? string
---@field expected? string the pattern in words
---@field items? herald.Field of an array
---@field values? herald.Field of a map
---@field fields? table<string, herald.Field> of a table
---@field of? herald.Field[] alternatives of any
---@field least? number
---@field most? number
---@field longest? integer

---@class herald.ChannelDefinition
---@field name string
---@field namespace? string what campaigns on it identify recipients by unless they say
---@field fields table<string, herald.Field>
---@field surface? table<string, herald.Field> what its surfaces may say beside the provider's settings
---@field address fun(recipient: table, profile: table, surface: table): string?, string?
---@field prepare? fun(message: table, surface: table, recipient: table): table?
---@field providers? table[]

---@param definition herald.ChannelDefinition
---@return table
function channel(definition) end

---@class herald.ProviderOutcome
---@field state "sent"|"retry"|"failed"|"bounced"
---@field code? string
---@field answer? string
---@field bounce? "hard"|"soft"
---@field retry_after_ms? integer
---@field provider_id? string

---@class herald.ProviderDefinition
---@field name string
---@field channel string
---@field settings? table<string, herald.Field>
---@field send fun(surface: table, message: table, tools: table): herald.ProviderOutcome

---@param definition herald.ProviderDefinition
---@return table
function provider(definition) end
