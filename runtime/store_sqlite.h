/* The store in an SQLite file: the embedded default. */
#ifndef HERALD_STORE_SQLITE_H
#define HERALD_STORE_SQLITE_H

struct store_backend;

/* Static. */
const struct store_backend *store_sqlite_backend(void);

#endif
