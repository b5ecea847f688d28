/*
 * One mailbox: an address with an optional display name (RFC 5322 section 3.4, RFC 5321 section 4.1.2).
 */
#ifndef HERALD_MIME_ADDRESS_H
#define HERALD_MIME_ADDRESS_H

#include "runtime/buffer.h"

struct mime_error;
struct mime_value;

struct mime_address {
    struct buffer name;    /* decoded of its quotes; empty when there is none */
    struct buffer address; /* local@domain; the domain of an internationalised address in its ASCII form */
};

/*
 * Reads "a@b", "<a@b>", "Name <a@b>" or "\"Name\" <a@b>". STATUS_INVALID with code invalid-address: anything else, any
 * control character, a local part that is not ASCII or longer than 64, an address longer than 254 bytes.
 * The caller frees *out with mime_address_free in either case.
 */
int mime_address_parse(const struct mime_value *value, struct mime_address *out, struct mime_error *error);
void mime_address_free(struct mime_address *address);

#endif
