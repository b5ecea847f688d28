/*
 * Watching folders for changes (inotify through libuv): a burst of changes is reported once, when it has calmed down.
 */
#ifndef HERALD_WATCH_H
#define HERALD_WATCH_H

#include <stddef.h>
#include <stdint.h>

struct loop;
struct watch;

/*
 * Calls changed(arg) on the loop's thread calm_ms after the last change to an entry of one of the folders (not of the
 * folders below them). Does not keep the loop running. STATUS_NOT_FOUND when a folder cannot be watched.
 */
int watch_open(struct loop *loop, const char *const *folders, size_t count, int64_t calm_ms, void (*changed)(void *arg),
               void *arg, struct watch **out);
void watch_close(struct watch *watch);

#endif
