/*
 * The result codes of every runtime function that can fail: 0 or one of these.
 */
#ifndef HERALD_STATUS_H
#define HERALD_STATUS_H

enum status {
    STATUS_OK = 0,
    STATUS_INVALID = -1, /* the input is wrong; asking again will not help */
    STATUS_NOT_FOUND = -2,
    STATUS_CONFLICT = -3, /* the state forbids it */
    STATUS_CLOSED = -4,   /* the handle is closed, or is being closed */
    STATUS_TIMEOUT = -5,
    STATUS_CANCELLED = -6,
    STATUS_TOO_LARGE = -7,
    STATUS_UNAVAILABLE = -8, /* the world failed (disk, network); asking again later may help */
    STATUS_TLS = -9,
    STATUS_LIMIT = -10, /* a configured bound was reached */
};

/* The code's name as logs and Lua show it, such as "not-found"; a static string. */
const char *status_name(int status);

#endif
