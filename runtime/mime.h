/*
 * Mail messages: from texts and addresses to the bytes that travel (RFC 5322, 2045 to 2049, 2231), and back from HTML
 * to a text part. Stateless; safe from any thread.
 *
 * What no value can do: end its header line, start another header or the body, or pass for a boundary.
 */
#ifndef HERALD_MIME_H
#define HERALD_MIME_H

#include <stddef.h>
#include <stdint.h>

struct buffer;
struct crypto_key;

/* Borrowed bytes, not ended by NUL; bytes NULL: not given. */
struct mime_value {
    const char *bytes;
    size_t len;
};

struct mime_header {
    struct mime_value name, value;
};

struct mime_attachment {
    struct mime_value name; /* no path, no controls */
    struct mime_value type; /* "application/pdf"; not given: application/octet-stream */
    struct mime_value data;
};

struct mime_dkim {
    const char *domain, *selector;
    struct crypto_key *key; /* RSA; NULL: the message is not signed */
};

struct mime_message {
    struct mime_value from, reply_to; /* "Name <a@b>" or "a@b" */
    const struct mime_value *to;
    size_t to_count;
    struct mime_value subject;         /* line breaks and other controls in it become a space */
    struct mime_value html, text;      /* at least one */
    const struct mime_header *headers; /* none that the builder writes itself; values as the subject */
    size_t header_count;
    const struct mime_attachment *attachments;
    size_t attachment_count;
    struct mime_value message_id; /* "<left@right>"; not given: a random one at the sender's domain */
    int64_t date_ms;              /* years 1900 to 9999 */
    struct mime_dkim dkim;
};

struct mime_error {
    const char *code; /* invalid-address, invalid-header, invalid-utf8, invalid-attachment, invalid-message; static */
    char message[160];
};

/* Appends the message, with CRLF line ends. STATUS_INVALID and *error: a value that cannot stand where it is. */
int mime_build(const struct mime_message *message, struct buffer *out, struct mime_error *error);

/* Appends a readable text of an HTML mail: paragraphs, lists, links, quotes; entities decoded, hidden parts left out.
 */
void mime_html_to_text(const char *html, size_t len, struct buffer *out);

#endif
