/* The structured log: a record is composed on the stack or heap, then leaves in one write. */
#include "runtime/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "runtime/buffer.h"
#include "runtime/clock.h"
#include "runtime/memory.h"
#include "runtime/status.h"

struct log {
    int fd;
    bool owns_fd;
    enum log_format format;
    enum log_level level;
    const struct clock *clock;
};

static const char *level_name(enum log_level level)
{
    switch (level) {
    case LOG_LEVEL_DEBUG: return "debug";
    case LOG_LEVEL_INFO: return "info";
    case LOG_LEVEL_WARN: return "warn";
    case LOG_LEVEL_ERROR: return "error";
    }
    return "error";
}

int log_open(const char *path, enum log_format format, enum log_level level, const struct clock *clock,
             struct log **out)
{
    struct log *log;
    int fd = STDERR_FILENO;

    if (path != NULL) {
        fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
        if (fd < 0) return STATUS_UNAVAILABLE;
    }
    log = memory_zeroed(1, sizeof(*log));
    log->fd = fd;
    log->owns_fd = path != NULL;
    log->format = format;
    log->level = level;
    log->clock = clock;
    *out = log;
    return STATUS_OK;
}

void log_close(struct log *log)
{
    if (log == NULL) return;
    if (log->owns_fd) close(log->fd);
    memory_free(log);
}

int log_wants(const struct log *log, enum log_level level)
{
    return log != NULL && level >= log->level;
}

/* JSON string escapes serve logfmt's quoted values too. */
static void add_quoted(struct buffer *line, const char *value, size_t len)
{
    buffer_add_char(line, '"');
    for (size_t i = 0; i < len; i++) {
        unsigned char byte = (unsigned char)value[i];

        if (byte == '"' || byte == '\\') {
            buffer_add_char(line, '\\');
            buffer_add_char(line, (char)byte);
        } else if (byte == '\n') {
            buffer_add_string(line, "\\n");
        } else if (byte < 0x20 || byte == 0x7f) {
            buffer_add_format(line, "\\u%04x", byte);
        } else {
            buffer_add_char(line, (char)byte);
        }
    }
    buffer_add_char(line, '"');
}

static bool needs_quotes(const char *value, size_t len)
{
    if (len == 0) return true;
    for (size_t i = 0; i < len; i++) {
        unsigned char byte = (unsigned char)value[i];

        if (byte <= ' ' || byte == '"' || byte == '=' || byte == '\\' || byte == 0x7f) return true;
    }
    return false;
}

static void add_field(const struct log *log, struct buffer *line, const struct log_field *field)
{
    bool is_json = log->format == LOG_FORMAT_JSON;

    if (is_json) {
        buffer_add_char(line, line->len > 0 ? ',' : '{');
        add_quoted(line, field->name, strlen(field->name));
        buffer_add_char(line, ':');
    } else {
        if (line->len > 0) buffer_add_char(line, ' ');
        buffer_add_string(line, field->name);
        buffer_add_char(line, '=');
    }
    if (is_json ? !field->is_plain : needs_quotes(field->value, field->value_len)) {
        add_quoted(line, field->value, field->value_len);
    } else {
        buffer_add(line, field->value, field->value_len);
    }
}

static void add_text(const struct log *log, struct buffer *line, const char *name, const char *value)
{
    struct log_field field = {.name = name, .value = value, .value_len = strlen(value)};

    add_field(log, line, &field);
}

static void format_time(int64_t now_ms, char out[32])
{
    time_t seconds = (time_t)(now_ms / 1000);
    struct tm parts;
    size_t len;

    gmtime_r(&seconds, &parts);
    len = strftime(out, 32, "%Y-%m-%dT%H:%M:%S", &parts);
    snprintf(out + len, 32 - len, ".%03dZ", (int)(now_ms % 1000));
}

void log_write(struct log *log, enum log_level level, const char *message, const struct log_field *fields,
               size_t field_count)
{
    struct buffer line = BUFFER_EMPTY;
    char time_text[32];
    ssize_t written;

    if (!log_wants(log, level)) return;
    format_time(clock_now_ms(log->clock), time_text);
    add_text(log, &line, "time", time_text);
    add_text(log, &line, "level", level_name(level));
    add_text(log, &line, "msg", message);
    for (size_t i = 0; i < field_count; i++)
        add_field(log, &line, &fields[i]);
    buffer_add_string(&line, log->format == LOG_FORMAT_JSON ? "}\n" : "\n");
    do {
        written = write(log->fd, line.bytes, line.len);
    } while (written < 0 && errno == EINTR);
    buffer_free(&line);
}

void log_message(struct log *log, enum log_level level, const char *format, ...)
{
    char message[1024];
    va_list arguments;

    if (!log_wants(log, level)) return;
    va_start(arguments, format);
    vsnprintf(message, sizeof(message), format, arguments);
    va_end(arguments);
    log_write(log, level, message, NULL, 0);
}
