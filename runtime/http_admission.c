/* The limits on connections: the server's own, and what the process may have open. */
#include "runtime/http_admission.h"

#include <sys/resource.h>

#include "runtime/http_connection.h"
#include "runtime/log.h"

/* Kept for what else opens files; the lower half is for refusals under way. A process's lowest free number is the next.
 */
#define DESCRIPTORS_SPARE 32
#define REPORT_EVERY_MS 10000

static void report(struct http_server *server, int64_t now_ms)
{
    if (server->options.log == NULL || now_ms < server->next_report_ms) return;
    server->next_report_ms = now_ms + REPORT_EVERY_MS;
    log_message(server->options.log, LOG_LEVEL_WARN,
                "connections are refused: the process may not open more files (see ulimit -n)");
}

enum http_admission http_admission_decide(struct http_server *server, int descriptor, int64_t now_ms)
{
    struct rlimit files;

    if (getrlimit(RLIMIT_NOFILE, &files) == 0 && (rlim_t)descriptor + DESCRIPTORS_SPARE >= files.rlim_cur) {
        report(server, now_ms);
        return (rlim_t)descriptor + DESCRIPTORS_SPARE / 2 >= files.rlim_cur ? HTTP_DROPPED : HTTP_REFUSED;
    }
    return server->connection_count > server->options.limits.connections ? HTTP_REFUSED : HTTP_ADMITTED;
}
