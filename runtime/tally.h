/*
 * Numbers that a project's scripts count, for all workers and generations of one process. Any thread.
 * A series is a name and its labels, which the caller writes in one way (Prometheus' text, sorted).
 */
#ifndef HERALD_TALLY_H
#define HERALD_TALLY_H

#include <stdbool.h>

struct tally;

struct tally *tally_new(void);

/* NULL is allowed. */
void tally_free(struct tally *tally);

enum tally_kind { TALLY_COUNTER, TALLY_GAUGE };

enum tally_result {
    TALLY_DONE,
    TALLY_OTHER_KIND,  /* the name counts something of the other kind already; nothing was changed */
    TALLY_TOO_MANY,    /* no more names; nothing was changed */
    TALLY_MANY_SERIES, /* the name has no room for another series; nothing was changed */
};

#define TALLY_NAMES_MOST 100
#define TALLY_SERIES_MOST 100 /* of a name, beside the one that is_forced makes */

/* Adds value to the series of a counter, or sets that of a gauge. is_forced: it is made beyond TALLY_SERIES_MOST. */
enum tally_result tally_note(struct tally *tally, enum tally_kind kind, const char *name, const char *labels, double value,
                             bool is_forced);

/* Calls visit for each series, a name's together, in the order in which names came. Do not call the tally from it. */
void tally_each(struct tally *tally,
                void (*visit)(void *arg, enum tally_kind kind, const char *name, const char *labels, double value),
                void *arg);

#endif
