/* The tables of the store in SQLite, and the steps from one version of them to the next. */
#ifndef HERALD_STORE_SQLITE_SCHEMA_H
#define HERALD_STORE_SQLITE_SCHEMA_H

#include <stddef.h>

struct db;

/*
 * Brings the file to this program's schema, each step in a transaction of its own. STATUS_INVALID: it is another
 * program's, damaged, or newer than this program; failure (of size bytes) says which.
 */
int store_sqlite_migrate(struct db *db, const char *path, char *failure, size_t size);

/* The same without a step: STATUS_INVALID also when the file is older, or has no tables. For who reads alone. */
int store_sqlite_check(struct db *db, const char *path, char *failure, size_t size);

/* The schema that this program writes. */
int store_sqlite_schema_version(void);

#endif
