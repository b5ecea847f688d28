/* The private key behind a value of herald.crypto, for the bindings that sign with it. */
#ifndef HERALD_BINDINGS_CRYPTO_KEY_H
#define HERALD_BINDINGS_CRYPTO_KEY_H

#include <lua.h>

struct crypto_key;

/* The open key at index; raises otherwise. Borrowed: the Lua value must stay reachable. */
struct crypto_key *check_crypto_key(lua_State *L, int index);

#endif
