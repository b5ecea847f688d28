#include "runtime/status.h"

const char *status_name(int status)
{
    switch ((enum status)status) {
    case STATUS_OK: return "ok";
    case STATUS_INVALID: return "invalid";
    case STATUS_NOT_FOUND: return "not-found";
    case STATUS_CONFLICT: return "conflict";
    case STATUS_CLOSED: return "closed";
    case STATUS_TIMEOUT: return "timeout";
    case STATUS_CANCELLED: return "cancelled";
    case STATUS_TOO_LARGE: return "too-large";
    case STATUS_UNAVAILABLE: return "unavailable";
    case STATUS_TLS: return "tls";
    case STATUS_LIMIT: return "limit";
    }
    return "unknown";
}
