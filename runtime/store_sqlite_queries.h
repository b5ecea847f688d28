/* The reads of the store in SQLite, and the columns of its rows. */
#ifndef HERALD_STORE_SQLITE_QUERIES_H
#define HERALD_STORE_SQLITE_QUERIES_H

#include "runtime/store_request.h"

struct db;

#define SQLITE_CAMPAIGN_COLUMNS \
    "id, status, live, draft, origin, created_at, created_by, modified_at, modified_by, revision"

/* The name of a message's state, from its number. */
#define SQLITE_STATE_NAME(state)                                                                                \
    "CASE " state                                                                                               \
    " WHEN 0 THEN 'waiting' WHEN 1 THEN 'held' WHEN 2 THEN 'sent' WHEN 3 THEN 'delivered' WHEN 4 THEN 'failed'" \
    " WHEN 5 THEN 'bounced' WHEN 6 THEN 'expired' WHEN 7 THEN 'cancelled' WHEN 8 THEN 'excluded' ELSE 'skipped' END"

/* To go between SELECT and the rest of FROM messages m SQLITE_MESSAGE_JOINS. */
#define SQLITE_MESSAGE_COLUMNS(state)                                                                                 \
    "m.id AS id, m.id - m.position AS execution, c.id AS campaign, v.hash AS version, r.sandbox AS sandbox,"          \
    " m.user_id AS user_id, r.namespace AS namespace, r.type AS type, " state " AS state, m.reason AS reason,"        \
    " nullif(r.channel, '') AS channel, nullif(r.surface, '') AS surface, m.payload AS payload, m.at AS at, m.at AS " \
    "created_at,"                                                                                                     \
    " r.created_by AS by, m.due_at AS due_at, m.expires_at AS expires_at, m.settled_at AS settled_at, m.sent_at AS "  \
    "sent_at,"                                                                                                        \
    " m.attempts AS attempts, m.provider AS provider, m.provider_id AS provider_id, m.code AS code, m.answer AS "     \
    "answer"

/* Left joins keep the planner from starting anywhere but at the messages. */
#define SQLITE_MESSAGE_JOINS                                                                                        \
    " LEFT JOIN routes r ON r.id = m.route LEFT JOIN campaigns c ON c.number = r.campaign LEFT JOIN versions v ON " \
    "v.id = r.version "

int sqlite_read(struct db *db, enum store_query query, const struct store_value *values, size_t count,
                struct store_rows *rows);

#endif
