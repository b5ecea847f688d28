/*
 * The changes of the store in SQLite, each within the writer's transaction. All return as store_backend's apply does.
 */
#ifndef HERALD_STORE_SQLITE_CHANGES_H
#define HERALD_STORE_SQLITE_CHANGES_H

#include "runtime/store_message.h"

struct store_writer_side;

int sqlite_accept(struct store_writer_side *writer, struct store_accept *accept);
int sqlite_settle(struct store_writer_side *writer, struct store_settle *settle);

int sqlite_claim(struct store_writer_side *writer, struct store_change *change);
int sqlite_retry_now(struct store_writer_side *writer, struct store_change *change);
int sqlite_cancel(struct store_writer_side *writer, struct store_change *change);

int sqlite_save_version(struct store_writer_side *writer, struct store_change *change);
int sqlite_change_campaign(struct store_writer_side *writer, struct store_change *change);
int sqlite_delete_campaign(struct store_writer_side *writer, struct store_change *change);

int sqlite_append_audit(struct store_writer_side *writer, struct store_change *change);
int sqlite_append_event(struct store_writer_side *writer, struct store_change *change);
int sqlite_save_profile(struct store_writer_side *writer, struct store_change *change);
int sqlite_once(struct store_writer_side *writer, struct store_change *change);
int sqlite_forget_once(struct store_writer_side *writer, struct store_change *change);
int sqlite_save_key(struct store_writer_side *writer, struct store_change *change);
int sqlite_revoke_key(struct store_writer_side *writer, struct store_change *change);
int sqlite_add_count(struct store_writer_side *writer, struct store_change *change);

int sqlite_save_generation(struct store_writer_side *writer, struct store_change *change);
int sqlite_note_generation(struct store_writer_side *writer, struct store_change *change);

int sqlite_prune(struct store_writer_side *writer, struct store_change *change);

#endif
