/*
 * The writer's connection to SQLite with what it remembers between transactions: numbers of names, profiles that
 * exist, and the sums that the transaction will add to the counters. The writer's thread.
 */
#ifndef HERALD_STORE_SQLITE_WRITER_H
#define HERALD_STORE_SQLITE_WRITER_H

#include "runtime/id.h"
#include "runtime/store_message.h"
#include "runtime/store_sqlite_db.h"

struct store_database;
struct store_map;

struct store_writer_side {
    struct db *db;
    struct store_database *database;
    struct id_source ids;
    int64_t revision;                  /* as committed */
    int64_t next_revision;             /* as this transaction leaves it */
    struct store_map *routes;          /* all names of a route -> its id, its campaign */
    struct store_map *route_campaigns; /* route id -> campaign */
    struct store_map *campaigns;       /* campaign id -> its number */
    struct store_map *counters;        /* campaign, minute, metric -> what to add */
    struct store_map *reasons;         /* campaign -> how many reasons it has given; campaign, reason -> nothing */
    struct buffer key;
    uint64_t profile_seed;
    uint64_t *profiles;     /* hashes of profiles that exist, each in the one slot that it may have */
    uint64_t *new_profiles; /* hashes that become true at the commit */
    size_t new_profile_count, new_profile_room;
};

/* Takes the connection over. */
struct store_writer_side *sqlite_writer_new(struct db *db, int64_t revision, int64_t last_id);
void sqlite_writer_free(struct store_writer_side *writer);

int sqlite_writer_begin(struct store_writer_side *writer);

/* Adds the sums to the counters and commits. */
int sqlite_writer_commit(struct store_writer_side *writer);

/* Also forgets what was remembered: it may have been part of the transaction. */
void sqlite_writer_rollback(struct store_writer_side *writer);

/* Sets the request's status and sentence, and returns STATUS_OK: the transaction goes on. */
int sqlite_refuse(struct store_request *request, int status, const char *failure);

/* STATUS_NOT_FOUND: no such campaign, or not that version. The route is made when it is new. */
int sqlite_find_route(struct store_writer_side *writer, const struct store_accept *accept,
                      const struct store_message *message, int64_t *out_route, int64_t *out_campaign);
int sqlite_find_route_campaign(struct store_writer_side *writer, int64_t route, int64_t *out_campaign);
int sqlite_find_campaign(struct store_writer_side *writer, struct store_text id, int64_t *out_number);

/* To be called when campaigns are made or deleted. */
void sqlite_forget_campaigns(struct store_writer_side *writer);

/* True when this profile is known to exist; else it is remembered as existing from the commit on. */
bool sqlite_knows_profile(struct store_writer_side *writer, struct store_text namespace, struct store_text user_id);

/* Adds n to a metric of the campaign's minute; part, when not absent, goes behind a colon and is cut when long. */
void sqlite_count(struct store_writer_side *writer, int64_t campaign, int64_t at, const char *metric,
                  struct store_text part, int64_t n);
void sqlite_count_state(struct store_writer_side *writer, enum store_state state, int64_t n);

/* The metric "excluded:REASON". Reasons are free text of scripts: the first 50 of a campaign since the start are
 * counted by name, all others as "other". */
void sqlite_count_excluded(struct store_writer_side *writer, int64_t campaign, int64_t at, struct store_text reason);

/* The metric "latency:BOUND" of the least bound that this duration is within. */
void sqlite_count_latency(struct store_writer_side *writer, int64_t campaign, int64_t at, int64_t latency_ms);

int sqlite_add_event(struct store_writer_side *writer, int64_t message, int64_t at, struct store_text kind,
                     struct store_text detail);
int sqlite_add_journal(struct store_writer_side *writer, int64_t message, int64_t generation, struct store_text record);

/* Deletes a batch of what the journal has of messages and calls before then, and the refusals that are too many; adds
 * to *total how many rows went. */
int sqlite_prune_journal(struct store_writer_side *writer, int64_t before, int64_t limit, int64_t *total);

int sqlite_add_audit(struct store_writer_side *writer, int64_t at, struct store_text by, struct store_text action,
                     struct store_text campaign, struct store_text detail);

#endif
