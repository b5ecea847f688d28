/* What a server offers in its reply to EHLO. For smtp_*.c alone. */
#ifndef HERALD_SMTP_OFFER_H
#define HERALD_SMTP_OFFER_H

#include <stdbool.h>
#include <stddef.h>

struct smtp_offer {
    bool has_starttls;         /* RFC 3207 */
    bool has_plain, has_login; /* AUTH, RFC 4954 */
    bool has_pipelining;       /* RFC 2920 */
    bool has_size;             /* RFC 1870 */
    bool has_8bitmime;         /* RFC 6152 */
    bool has_smtputf8;         /* RFC 6531 */
    size_t size_most;          /* 0: none was said */
};

/* text: a smtp_reply's, at least one line. */
void smtp_offer_read(struct smtp_offer *offer, const char *text);

#endif
