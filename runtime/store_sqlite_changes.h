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
int sqlite_keep_once(struct store_writer_side *writer, struct store_change *change);
int sqlite_forget_once(struct store_writer_side *writer, struct store_change *change);
int sqlite_save_key(struct store_writer_side *writer, struct store_change *change);
int sqlite_revoke_key(struct store_writer_side *writer, struct store_change *change);
int sqlite_add_count(struct store_writer_side *writer, struct store_change *change);

int sqlite_kv_put(struct store_writer_side *writer, struct store_change *change); /* set, add, replace and swap */
int sqlite_forget_kept(struct store_writer_side *writer, struct store_change *change);
int sqlite_counter_add(struct store_writer_side *writer, struct store_change *change);
int sqlite_limit_take(struct store_writer_side *writer, struct store_change *change);

/*
 * Makes sure that the sandbox may keep one more key. STATUS_TOO_LARGE: it has as many as it may. What is past its time
 * makes room first.
 */
int sqlite_find_room(struct store_writer_side *writer, struct store_text sandbox, int64_t now, int64_t most_keys);

/* Delete at most limit rows that are past their time and add their count to *total. */
int sqlite_prune_kept(struct store_writer_side *writer, int64_t now, int64_t limit, int64_t *total);
int sqlite_prune_limits(struct store_writer_side *writer, int64_t now, int64_t limit, int64_t *total);
int sqlite_note_excess(struct store_writer_side *writer, struct store_change *change);
int sqlite_try_parked(struct store_writer_side *writer, struct store_change *change);
int sqlite_unpark(struct store_writer_side *writer, struct store_change *change);

/* For a new version, and for one that is unparked: it starts anew. */
int sqlite_forget_excesses(struct store_writer_side *writer, struct store_text campaign, int64_t *out_parked);

int sqlite_prune(struct store_writer_side *writer, struct store_change *change);

#endif
