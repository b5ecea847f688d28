-- Keys and certificates for specs, made by openssl in a folder that is removed when the process ends: an authority (ca), a
-- server certificate for localhost and 127.0.0.1 that it signed (rsa and ec), and one by another authority that nobody
-- trusts (other). For tokens and clients: keys on P-384 (p384) and Ed25519 (ed25519), and certificates of clients that
-- the authority signed (partner.example.com and stranger.example.com, by the key ec).
local certificates = {}

local SCRIPT = [[
set -e
dir=$(mktemp -d /tmp/herald-spec-keys.XXXXXX)
cd "$dir"
printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\n' > names
authority() {
  openssl ecparam -name prime256v1 -genkey -noout -out "$1.key"
  openssl req -x509 -new -key "$1.key" -days 3650 -subj "/CN=$2" -out "$1.crt"
}
server() {
  openssl req -new -key "$1.key" -subj /CN=localhost -out "$1.csr"
  openssl x509 -req -in "$1.csr" -CA "$2.crt" -CAkey "$2.key" -CAcreateserial -days 3650 -extfile names -out "$1.crt"
}
{
  authority ca "Spec authority"
  authority other-ca "Another authority"
  openssl genrsa -out rsa.key 2048
  openssl ecparam -name prime256v1 -genkey -noout -out ec.key
  openssl ecparam -name prime256v1 -genkey -noout -out other.key
  server rsa ca
  server ec ca
  server other other-ca
  openssl ecparam -name secp384r1 -genkey -noout -out p384.key
  openssl genpkey -algorithm ed25519 -out ed25519.key
  for name in partner.example.com stranger.example.com; do
    openssl req -new -key ec.key -subj /CN=$name -out client.csr
    openssl x509 -req -in client.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 3650 -out $name.crt
  done
  openssl pkey -in p384.key -pubout -out p384.pub
  openssl pkey -in ed25519.key -pubout -out ed25519.pub
  openssl pkey -in rsa.key -pubout -out rsa.pub
  openssl pkey -in ec.key -pubout -out ec.pub
} >openssl.log 2>&1 || { cat openssl.log >&2; exit 1; }
echo "$dir"
]]

local folder
local cleaner -- removes the folder when the process ends

---The folder that holds NAME.key, NAME.crt and NAME.pub; made at the first call.
function certificates.folder()
  if folder == nil then
    local pipe = assert(io.popen("LD_PRELOAD= sh -c '" .. SCRIPT:gsub("'", "'\\''") .. "'"))
    folder = assert(pipe:read "l", "openssl made no keys")
    pipe:close()
    cleaner = setmetatable({}, { __gc = function() os.execute("LD_PRELOAD= rm -rf " .. folder) end })
  end
  return folder, cleaner
end

---@param name string # such as "ca.crt"
function certificates.path(name)
  return certificates.folder() .. "/" .. name
end

function certificates.read(name)
  local file = assert(io.open(certificates.path(name), "rb"))
  local text = file:read "a"
  file:close()
  return text
end

local function write(name, bytes)
  local file = assert(io.open(certificates.path(name), "wb"))
  file:write(bytes)
  file:close()
  return certificates.path(name)
end

local function der_integer(bytes)
  bytes = bytes:gsub("^\0+", "")
  if bytes:byte(1) >= 128 then bytes = "\0" .. bytes end
  return "\2" .. string.char(#bytes) .. bytes
end

---Whether openssl finds the signature over text good under NAME.pub. An ES256 signature is r and s, 32 bytes each.
function certificates.verifies(name, text, signature, algorithm)
  if algorithm == "ES256" then
    local both = der_integer(signature:sub(1, 32)) .. der_integer(signature:sub(33))
    signature = "\48" .. string.char(#both) .. both
  end
  return os.execute(("LD_PRELOAD= openssl dgst -sha256 -verify %s -signature %s %s >/dev/null 2>&1"):format(
    certificates.path(name .. ".pub"), write("signature", signature), write("signed", text))) == true
end

return certificates
