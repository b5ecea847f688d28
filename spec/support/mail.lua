-- Reads messages as a mail program would: by Python's mail parser.
local cjson = require "cjson"
local crypto = require "herald.crypto"
local process = require "spec.support.process"

local mail = {}

---@param bytes string
---@param public_key? string # a file; then the DKIM signature is verified with it
---@return table # see mail_reader.py; and header: name in lower case → decoded value
function mail.read(bytes, public_key)
  local arguments = { "sh", "-c", 'echo "$0" | exec /usr/bin/python3 "$@"', crypto.base64(bytes),
    (os.getenv "HERALD_SOURCE" or ".") .. "/spec/support/mail_reader.py" }
  if #bytes > 90000 then -- too long for an argument
    local name = os.tmpname()
    local file = assert(io.open(name, "wb"))
    file:write(crypto.base64(bytes), "\n")
    file:close()
    arguments[3], arguments[4] = 'exec /usr/bin/python3 "$@" < "$0"; rm "$0"', name
  end
  if public_key then
    arguments[#arguments + 1] = "--dkim"
    arguments[#arguments + 1] = public_key
  end
  local read = cjson.decode((process.run(arguments)))
  read.header = {}
  for _, header in ipairs(read.headers) do read.header[header[1]:lower()] = header[2] end
  return read
end

return mail
