/* The private key behind a value of herald.crypto, for the bindings that sign with it. */
#ifndef HERALD_BINDINGS_CRYPTO_KEY_H
#define HERALD_BINDINGS_CRYPTO_KEY_H

#include <lua.h>

struct crypto_key;

/* The open key at index; raises otherwise. Borrowed: the Lua value must stay reachable. */
struct crypto_key *check_crypto_key(lua_State *L, int index);

/*
 * The key at index: a Key, or the PEM of one, which is parsed once and then found again (a bounded number of keys is
 * kept). NULL: the PEM is no key. May leave a value on the stack; borrowed as long as that stays.
 */
struct crypto_key *crypto_key_or_pem(lua_State *L, int index);

/* Makes the metatable of keys, if it is not there. */
void crypto_key_register(lua_State *L);

#endif
