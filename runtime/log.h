/*
 * Structured log: one line per record, logfmt or JSON, written at once to a descriptor.
 * Field values are escaped, so that no value can forge a line. Safe from any thread.
 */
#ifndef HERALD_LOG_H
#define HERALD_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct log;
struct clock;

enum log_level { LOG_LEVEL_DEBUG, LOG_LEVEL_INFO, LOG_LEVEL_WARN, LOG_LEVEL_ERROR };
enum log_format { LOG_FORMAT_LOGFMT, LOG_FORMAT_JSON };

struct log_field {
    const char *name; /* [a-z0-9_.]+ */
    const char *value;
    size_t value_len;
    bool is_plain; /* a number or boolean of JSON, which stands there without quotes */
};

/* path NULL: standard error. The clock is borrowed and must outlive the log. STATUS_UNAVAILABLE: the file cannot be
 * opened. */
int log_open(const char *path, enum log_format format, enum log_level level, const struct clock *clock,
             struct log **out);
void log_close(struct log *log);

/* True when a record of this level would be written. */
int log_wants(const struct log *log, enum log_level level);

void log_write(struct log *log, enum log_level level, const char *message, const struct log_field *fields,
               size_t field_count);

/* Without fields. */
void log_message(struct log *log, enum log_level level, const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
