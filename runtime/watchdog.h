/*
 * Ends the process when something that has to be done in time is not, whatever the other threads are at.
 */
#ifndef HERALD_WATCHDOG_H
#define HERALD_WATCHDOG_H

#include <stdint.h>

#include "runtime/log.h"

struct watchdog;

/*
 * Unless it is stopped within ms, logs reason and ends the process with exit code 1. log (or NULL) and reason stay
 * the caller's and must outlive it. STATUS_UNAVAILABLE when there is no thread left for it.
 */
int watchdog_start(int64_t ms, struct log *log, const char *reason, struct watchdog **out);

/* NULL does nothing. Any thread. */
void watchdog_stop(struct watchdog *watchdog);

#endif
