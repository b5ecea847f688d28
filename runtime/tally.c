/* Lists under one lock: bounded to some thousands of series, of which few are looked at in a run. */
#include "runtime/tally.h"

#include <pthread.h>
#include <string.h>

#include "runtime/memory.h"

struct series {
    char *labels;
    double value;
    struct series *next;
};

struct metric {
    char *name;
    enum tally_kind kind;
    unsigned count;
    struct series *series;
    struct metric *next;
};

struct tally {
    pthread_mutex_t lock;
    unsigned count;
    struct metric *metrics;
};

struct tally *tally_new(void)
{
    struct tally *tally = memory_zeroed(1, sizeof(*tally));

    pthread_mutex_init(&tally->lock, NULL);
    return tally;
}

static void free_metric(struct metric *metric)
{
    struct series *series;

    while ((series = metric->series) != NULL) {
        metric->series = series->next;
        memory_free(series->labels);
        memory_free(series);
    }
    memory_free(metric->name);
    memory_free(metric);
}

void tally_free(struct tally *tally)
{
    struct metric *metric;

    if (tally == NULL) return;
    while ((metric = tally->metrics) != NULL) {
        tally->metrics = metric->next;
        free_metric(metric);
    }
    pthread_mutex_destroy(&tally->lock);
    memory_free(tally);
}

/* NULL: there is no room for another name. */
static struct metric *find_metric(struct tally *tally, enum tally_kind kind, const char *name)
{
    struct metric **at = &tally->metrics;

    while (*at != NULL && strcmp((*at)->name, name) != 0)
        at = &(*at)->next;
    if (*at != NULL || tally->count == TALLY_NAMES_MOST) return *at;
    *at = memory_zeroed(1, sizeof(**at));
    (*at)->name = memory_copy_string(name);
    (*at)->kind = kind;
    tally->count++;
    return *at;
}

static struct series *find_series(struct metric *metric, const char *labels, bool is_forced)
{
    struct series **at = &metric->series;

    while (*at != NULL && strcmp((*at)->labels, labels) != 0)
        at = &(*at)->next;
    if (*at != NULL || (metric->count >= TALLY_SERIES_MOST && !is_forced)) return *at;
    *at = memory_zeroed(1, sizeof(**at));
    (*at)->labels = memory_copy_string(labels);
    metric->count++;
    return *at;
}

static enum tally_result note(struct tally *tally, enum tally_kind kind, const char *name, const char *labels,
                              double value, bool is_forced)
{
    struct metric *metric = find_metric(tally, kind, name);
    struct series *series;

    if (metric == NULL) return TALLY_TOO_MANY;
    if (metric->kind != kind) return TALLY_OTHER_KIND;
    series = find_series(metric, labels, is_forced);
    if (series == NULL) return TALLY_MANY_SERIES;
    series->value = kind == TALLY_COUNTER ? series->value + value : value;
    return TALLY_DONE;
}

enum tally_result tally_note(struct tally *tally, enum tally_kind kind, const char *name, const char *labels, double value,
                             bool is_forced)
{
    enum tally_result result;

    pthread_mutex_lock(&tally->lock);
    result = note(tally, kind, name, labels, value, is_forced);
    pthread_mutex_unlock(&tally->lock);
    return result;
}

void tally_each(struct tally *tally,
                void (*visit)(void *arg, enum tally_kind kind, const char *name, const char *labels, double value),
                void *arg)
{
    pthread_mutex_lock(&tally->lock);
    for (const struct metric *metric = tally->metrics; metric != NULL; metric = metric->next) {
        for (const struct series *series = metric->series; series != NULL; series = series->next)
            visit(arg, metric->kind, metric->name, series->labels, series->value);
    }
    pthread_mutex_unlock(&tally->lock);
}
