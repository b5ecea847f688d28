#include "runtime/transfer.h"

#include <stdarg.h>
#include <stdio.h>

const char *transfer_code_name(enum transfer_code code)
{
    switch (code) {
    case TRANSFER_DONE: return "done";
    case TRANSFER_INVALID: return "invalid-request";
    case TRANSFER_CONNECT: return "connect";
    case TRANSFER_TIMEOUT: return "timeout";
    case TRANSFER_TLS: return "tls";
    case TRANSFER_AUTH: return "auth";
    case TRANSFER_REJECTED: return "rejected";
    case TRANSFER_PROTOCOL: return "protocol";
    case TRANSFER_TOO_LARGE: return "too-large";
    case TRANSFER_CANCELLED: return "cancelled";
    case TRANSFER_FORBIDDEN: return "forbidden-address";
    }
    return "unknown";
}

void transfer_fail(struct transfer_result *result, enum transfer_code code, const char *format, ...)
{
    va_list arguments;

    result->code = code;
    va_start(arguments, format);
    vsnprintf(result->message, sizeof(result->message), format, arguments);
    va_end(arguments);
}

void transfer_result_free(struct transfer_result *result)
{
    buffer_free(&result->headers);
    buffer_free(&result->body);
}
