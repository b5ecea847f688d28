/* The watchdog: a thread that sleeps until it is stopped, or until it is too late. */
#include "runtime/watchdog.h"

#include <pthread.h>
#include <stdbool.h>
#include <time.h>
#include <unistd.h>

#include "runtime/memory.h"
#include "runtime/status.h"

struct watchdog {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct timespec end; /* monotonic */
    bool is_stopped;
    struct log *log;
    const char *reason;
};

static void *watch(void *arg)
{
    struct watchdog *watchdog = arg;
    int result = 0;

    pthread_mutex_lock(&watchdog->lock);
    while (!watchdog->is_stopped && result == 0)
        result = pthread_cond_timedwait(&watchdog->changed, &watchdog->lock, &watchdog->end);
    if (!watchdog->is_stopped) {
        if (watchdog->log != NULL) log_write(watchdog->log, LOG_LEVEL_ERROR, watchdog->reason, NULL, 0);
        _exit(1);
    }
    pthread_mutex_unlock(&watchdog->lock);
    return NULL;
}

static struct timespec after_ms(int64_t ms)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    time.tv_sec += ms / 1000;
    time.tv_nsec += ms % 1000 * 1000000;
    if (time.tv_nsec >= 1000000000) {
        time.tv_sec++;
        time.tv_nsec -= 1000000000;
    }
    return time;
}

static void free_watchdog(struct watchdog *watchdog)
{
    pthread_cond_destroy(&watchdog->changed);
    pthread_mutex_destroy(&watchdog->lock);
    memory_free(watchdog);
}

int watchdog_start(int64_t ms, struct log *log, const char *reason, struct watchdog **out)
{
    struct watchdog *watchdog = memory_zeroed(1, sizeof(*watchdog));
    pthread_condattr_t monotonic;

    watchdog->end = after_ms(ms);
    watchdog->log = log;
    watchdog->reason = reason;
    pthread_mutex_init(&watchdog->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&watchdog->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    if (pthread_create(&watchdog->thread, NULL, watch, watchdog) != 0) {
        free_watchdog(watchdog);
        return STATUS_UNAVAILABLE;
    }
    *out = watchdog;
    return STATUS_OK;
}

void watchdog_stop(struct watchdog *watchdog)
{
    if (watchdog == NULL) return;
    pthread_mutex_lock(&watchdog->lock);
    watchdog->is_stopped = true;
    pthread_cond_signal(&watchdog->changed);
    pthread_mutex_unlock(&watchdog->lock);
    pthread_join(watchdog->thread, NULL);
    free_watchdog(watchdog);
}
