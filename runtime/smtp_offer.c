#include "runtime/smtp_offer.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool has_word(const char *list, const char *word)
{
    size_t len = strlen(word);

    while (*list != '\0' && *list != '\n') {
        if (strncasecmp(list, word, len) == 0 && strchr(" \n", list[len]) != NULL) return true;
        list += strcspn(list, " \n");
        list += strspn(list, " ");
    }
    return false;
}

/* A line of the reply to EHLO (RFC 5321 4.1.1.1), up to its \n: a keyword, and words behind it. */
static void read_line(struct smtp_offer *offer, const char *line)
{
    size_t len = strcspn(line, " =\n");
    const char *words = line + len + strspn(line + len, " ="); /* "AUTH=": how some wrote it before RFC 4954 */

    if (len == 8 && strncasecmp(line, "STARTTLS", len) == 0) offer->has_starttls = true;
    if (len == 10 && strncasecmp(line, "PIPELINING", len) == 0) offer->has_pipelining = true;
    if (len == 8 && strncasecmp(line, "8BITMIME", len) == 0) offer->has_8bitmime = true;
    if (len == 8 && strncasecmp(line, "SMTPUTF8", len) == 0) offer->has_smtputf8 = true;
    if (len == 4 && strncasecmp(line, "AUTH", len) == 0) {
        offer->has_plain = offer->has_plain || has_word(words, "PLAIN");
        offer->has_login = offer->has_login || has_word(words, "LOGIN");
    }
    if (len == 4 && strncasecmp(line, "SIZE", len) == 0) {
        offer->has_size = true;
        offer->size_most = isdigit((unsigned char)*words) ? (size_t)strtoull(words, NULL, 10) : 0;
    }
}

void smtp_offer_read(struct smtp_offer *offer, const char *text)
{
    const char *line;

    memset(offer, 0, sizeof(*offer));
    /* The first line is the server's name. */
    for (line = strchr(text, '\n') + 1; *line != '\0'; line = strchr(line, '\n') + 1)
        read_line(offer, line);
}
