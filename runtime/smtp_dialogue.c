/*
 * The dialogue, a reply at a time:
 *
 *     GREETING -> EHLO [-> HELO] [-> STARTTLS -> HANDSHAKE -> EHLO] [-> LOGIN] -> READY
 *     READY -> ENVELOPE -> BODY | EMPTY -> READY
 *
 * An envelope is numbered commands: RSET where an earlier one is still open, MAIL, RCPT for each recipient, DATA. Where
 * the server pipelines they go out in one group and its replies are counted off. DATA joins the group only when there
 * is one recipient: of several, one may be refused, and then nothing can take back a DATA that the others make valid.
 */
#include "runtime/smtp_dialogue.h"

#include <stdio.h>
#include <string.h>

#include "runtime/crypto_text.h"
#include "runtime/memory.h"
#include "runtime/smtp_message.h"
#include "runtime/smtp_offer.h"
#include "runtime/smtp_reply.h"
#include "runtime/smtp_route.h"
#include "runtime/status.h"

#define REPLY_MOST 2000 /* of a reply's text in a result */

enum state { GREETING, EHLO, HELO, STARTTLS, HANDSHAKE, LOGIN, READY, ENVELOPE, BODY, EMPTY };

/* The envelope's commands by number; recipients stand between FIRST_RCPT and data_step(). */
enum { RSET = 0, MAIL = 1, FIRST_RCPT = 2 };

struct smtp_dialogue {
    const struct smtp_route *route;
    struct smtp_message *message;
    struct smtp_reply reply;
    struct smtp_offer offer;
    struct buffer commands;
    enum state state;
    unsigned login_step;
    size_t sent, answered, taken; /* of the envelope: commands, replies, recipients that were accepted */
    bool is_secure;
    bool is_open;    /* a MAIL was accepted and neither its message nor RSET has ended it */
    bool is_refused; /* the message's result says by what */
    bool is_heard;
    bool is_body_due, has_secret;
};

struct smtp_dialogue *smtp_dialogue_new(const struct smtp_route *route)
{
    struct smtp_dialogue *dialogue = memory_zeroed(1, sizeof(*dialogue));

    dialogue->route = route;
    dialogue->is_secure = route->is_implicit;
    return dialogue;
}

static void wipe_commands(struct smtp_dialogue *dialogue)
{
    if (dialogue->has_secret) memory_wipe(dialogue->commands.bytes, dialogue->commands.size);
    dialogue->has_secret = false;
}

void smtp_dialogue_free(struct smtp_dialogue *dialogue)
{
    wipe_commands(dialogue);
    buffer_free(&dialogue->commands);
    smtp_reply_free(&dialogue->reply);
    memory_free(dialogue);
}

static void say(struct smtp_dialogue *dialogue, const char *command)
{
    buffer_add_string(&dialogue->commands, command);
}

const char *smtp_dialogue_next(struct smtp_dialogue *dialogue, size_t *out_len)
{
    struct buffer *commands = &dialogue->commands;

    *out_len = commands->len;
    if (commands->len > 0) {
        commands->len = 0;
        return commands->bytes;
    }
    wipe_commands(dialogue);
    if (!dialogue->is_body_due) return NULL;
    dialogue->is_body_due = false;
    *out_len = dialogue->message->wire_len;
    return dialogue->message->wire;
}

bool smtp_dialogue_is_heard(const struct smtp_dialogue *dialogue)
{
    return dialogue->is_heard;
}

/* --- Results --- */

static void copy_reply(const struct smtp_reply *reply, struct transfer_result *result)
{
    size_t len = reply->text.len > 0 ? reply->text.len - 1 : 0;

    if (len > REPLY_MOST) len = REPLY_MOST;
    result->status = reply->code;
    buffer_clear(&result->body);
    buffer_add(&result->body, reply->text.bytes, len);
    for (size_t i = 0; i < len; i++) {
        if (result->body.bytes[i] == '\n') result->body.bytes[i] = ' ';
    }
}

/* The first refusal is the one that counts. */
static void refuse(struct smtp_dialogue *dialogue)
{
    struct transfer_result *result;

    if (dialogue->message == NULL || dialogue->is_refused) return;
    dialogue->is_refused = true;
    result = &dialogue->message->result;
    copy_reply(&dialogue->reply, result);
    transfer_fail(result, TRANSFER_REJECTED, "%d %s", result->status, result->body.bytes);
}

/* A refusal that the server would give, given in its place. */
static enum smtp_event refuse_here(struct smtp_dialogue *dialogue, int code, const char *text)
{
    struct transfer_result *result = &dialogue->message->result;

    result->status = code;
    buffer_clear(&result->body);
    buffer_add_string(&result->body, text);
    transfer_fail(result, TRANSFER_REJECTED, "%d %s", code, text);
    dialogue->message = NULL;
    return SMTP_SETTLED;
}

static enum smtp_event settle(struct smtp_dialogue *dialogue)
{
    dialogue->state = READY;
    dialogue->message = NULL;
    return SMTP_SETTLED;
}

void smtp_dialogue_fail(struct smtp_dialogue *dialogue, enum transfer_code code, const char *why)
{
    struct smtp_message *message = dialogue->message;

    if (message == NULL) return;
    if (!dialogue->is_refused) transfer_fail(&message->result, code, "%s: %s", dialogue->route->name, why);
    dialogue->message = NULL;
}

static enum smtp_event broken(struct smtp_dialogue *dialogue, enum transfer_code code, const char *why)
{
    smtp_dialogue_fail(dialogue, code, why);
    return SMTP_BROKEN;
}

static enum smtp_event broken_by_reply(struct smtp_dialogue *dialogue)
{
    refuse(dialogue);
    dialogue->message = NULL;
    return SMTP_BROKEN;
}

static enum smtp_event out_of_turn(struct smtp_dialogue *dialogue)
{
    return broken(dialogue, TRANSFER_PROTOCOL, "the server's replies make no sense");
}

static bool is_good(const struct smtp_dialogue *dialogue)
{
    return dialogue->reply.code / 100 == 2;
}

/* --- The envelope and the message --- */

static size_t data_step(const struct smtp_dialogue *dialogue)
{
    return FIRST_RCPT + dialogue->message->to_count;
}

static void say_mail(struct smtp_dialogue *dialogue)
{
    const struct smtp_message *message = dialogue->message;
    char size[40];

    say(dialogue, "MAIL FROM:<");
    say(dialogue, message->from);
    say(dialogue, ">");
    if (dialogue->offer.has_size) {
        snprintf(size, sizeof(size), " SIZE=%zu", message->size);
        say(dialogue, size);
    }
    if (dialogue->offer.has_8bitmime && message->is_8bit) say(dialogue, " BODY=8BITMIME");
    if (message->is_international) say(dialogue, " SMTPUTF8");
    say(dialogue, "\r\n");
}

static void say_step(struct smtp_dialogue *dialogue, size_t step)
{
    if (step == RSET) {
        say(dialogue, "RSET\r\n");
    } else if (step == MAIL) {
        say_mail(dialogue);
    } else if (step < data_step(dialogue)) {
        say(dialogue, "RCPT TO:<");
        say(dialogue, dialogue->message->to[step - FIRST_RCPT]);
        say(dialogue, ">\r\n");
    } else {
        say(dialogue, "DATA\r\n");
    }
}

static void say_group(struct smtp_dialogue *dialogue)
{
    size_t data = data_step(dialogue), end = dialogue->sent + 1;

    if (dialogue->offer.has_pipelining && end <= data) end = dialogue->message->to_count == 1 ? data + 1 : data;
    while (dialogue->sent < end)
        say_step(dialogue, dialogue->sent++);
}

static enum smtp_event begin_envelope(struct smtp_dialogue *dialogue)
{
    const struct smtp_message *message = dialogue->message;

    if (dialogue->offer.size_most > 0 && message->size > dialogue->offer.size_most)
        return refuse_here(dialogue, 552, "5.3.4 the message is larger than the mail server takes");
    if (message->is_international && !dialogue->offer.has_smtputf8)
        return refuse_here(dialogue, 553, "5.6.7 the mail server takes no address outside of ASCII");
    dialogue->state = ENVELOPE;
    dialogue->sent = dialogue->answered = dialogue->is_open ? RSET : MAIL;
    dialogue->taken = 0;
    say_group(dialogue);
    return SMTP_WAIT;
}

/* DATA was answered by 354. With nobody to send to, an empty message goes to nobody; else the connection must go. */
static enum smtp_event begin_body(struct smtp_dialogue *dialogue)
{
    if (!dialogue->is_refused) {
        dialogue->is_body_due = true;
        dialogue->state = BODY;
        return SMTP_WAIT;
    }
    if (dialogue->taken > 0) return broken_by_reply(dialogue);
    say(dialogue, ".\r\n");
    dialogue->state = EMPTY;
    return SMTP_WAIT;
}

static enum smtp_event on_envelope(struct smtp_dialogue *dialogue)
{
    size_t step = dialogue->answered++, data = data_step(dialogue);
    bool is_accepted = step == data ? dialogue->reply.code == 354 : is_good(dialogue);

    if (!is_accepted && (step == RSET || dialogue->reply.code < 400)) return out_of_turn(dialogue);
    if (step == RSET) {
        dialogue->is_open = false;
    } else {
        dialogue->is_heard = true;
        if (!is_accepted) refuse(dialogue);
        if (is_accepted && step == MAIL) dialogue->is_open = true;
        if (is_accepted && step > MAIL && step < data) dialogue->taken++;
    }
    if (dialogue->answered < dialogue->sent) return SMTP_WAIT;
    if (step == data && is_accepted) return begin_body(dialogue);
    if (dialogue->is_refused) return settle(dialogue);
    say_group(dialogue);
    return SMTP_WAIT;
}

static enum smtp_event on_body(struct smtp_dialogue *dialogue)
{
    struct transfer_result *result = &dialogue->message->result;

    if (is_good(dialogue)) {
        copy_reply(&dialogue->reply, result);
        result->code = TRANSFER_DONE;
        dialogue->is_open = false;
    } else if (dialogue->reply.code >= 400) {
        refuse(dialogue);
    } else {
        return out_of_turn(dialogue);
    }
    return settle(dialogue);
}

/* --- The beginning --- */

static enum smtp_event be_ready(struct smtp_dialogue *dialogue)
{
    dialogue->state = READY;
    return dialogue->message != NULL ? begin_envelope(dialogue) : SMTP_WAIT;
}

/* Nothing that was offered before holds after a greeting (RFC 3207 4.2). */
static void greet(struct smtp_dialogue *dialogue, const char *verb, enum state state)
{
    dialogue->offer = (struct smtp_offer){0};
    say(dialogue, verb);
    say(dialogue, dialogue->route->helo);
    say(dialogue, "\r\n");
    dialogue->state = state;
}

/* The base64 of the parts; the command's buffer is wiped once it was sent. */
static void say_secret(struct smtp_dialogue *dialogue, const char *secret, size_t len)
{
    dialogue->has_secret = true;
    /* At once: a buffer that grows leaves its bytes behind. */
    buffer_reserve(&dialogue->commands, 4 * (len / 3 + 1) + 16);
    crypto_base64(BASE64_STANDARD, secret, len, &dialogue->commands);
}

static const char *password_of(const struct smtp_dialogue *dialogue)
{
    return dialogue->route->password != NULL ? dialogue->route->password : "";
}

/* RFC 4616: an empty identity to act as, the user, the password. */
static void say_plain(struct smtp_dialogue *dialogue)
{
    const char *user = dialogue->route->user, *password = password_of(dialogue);
    size_t user_len = strlen(user), password_len = strlen(password), len = user_len + password_len + 2;
    char *secret = memory_zeroed(len, 1);

    memcpy(secret + 1, user, user_len);
    memcpy(secret + 1 + user_len + 1, password, password_len);
    say_secret(dialogue, secret, len);
    memory_wipe(secret, len);
    memory_free(secret);
}

static enum smtp_event begin_login(struct smtp_dialogue *dialogue)
{
    dialogue->login_step = 0;
    dialogue->state = LOGIN;
    if (dialogue->offer.has_plain) {
        buffer_reserve(&dialogue->commands, 2 * strlen(dialogue->route->user) + 2 * strlen(password_of(dialogue)) + 64);
        say(dialogue, "AUTH PLAIN ");
        say_plain(dialogue);
        say(dialogue, "\r\n");
    } else if (dialogue->offer.has_login) {
        say(dialogue, "AUTH LOGIN\r\n");
    } else {
        return broken(dialogue, TRANSFER_AUTH, "the server offers no login that is known here (PLAIN or LOGIN)");
    }
    return SMTP_WAIT;
}

/* A 334 asks for more: LOGIN for the user, then for the password; PLAIN of a server that overlooked what came with it.
 */
static enum smtp_event on_login(struct smtp_dialogue *dialogue)
{
    char why[64];

    if (is_good(dialogue)) return be_ready(dialogue);
    if (dialogue->reply.code == 334 && dialogue->login_step < (dialogue->offer.has_plain ? 1 : 2)) {
        if (dialogue->offer.has_plain) {
            say_plain(dialogue);
        } else if (dialogue->login_step == 0) {
            say_secret(dialogue, dialogue->route->user, strlen(dialogue->route->user));
        } else {
            say_secret(dialogue, password_of(dialogue), strlen(password_of(dialogue)));
        }
        say(dialogue, "\r\n");
        dialogue->login_step++;
        return SMTP_WAIT;
    }
    /* Not the reply's text: it may quote what was sent. */
    snprintf(why, sizeof(why), "the login was refused (%d)", dialogue->reply.code);
    if (dialogue->message != NULL) dialogue->message->result.status = dialogue->reply.code;
    return broken(dialogue, TRANSFER_AUTH, why);
}

static enum smtp_event on_offer(struct smtp_dialogue *dialogue)
{
    const struct smtp_route *route = dialogue->route;

    if (!dialogue->is_secure && route->tls != SMTP_TLS_NONE) {
        if (dialogue->offer.has_starttls) {
            say(dialogue, "STARTTLS\r\n");
            dialogue->state = STARTTLS;
            return SMTP_WAIT;
        }
        if (route->tls == SMTP_TLS_REQUIRED)
            return broken(dialogue, TRANSFER_TLS, "TLS is required, and the server does not offer it");
    }
    return route->user != NULL ? begin_login(dialogue) : be_ready(dialogue);
}

static enum smtp_event on_ehlo(struct smtp_dialogue *dialogue)
{
    if (dialogue->reply.code >= 500) {
        greet(dialogue, "HELO ", HELO);
        return SMTP_WAIT;
    }
    if (!is_good(dialogue)) return broken_by_reply(dialogue);
    smtp_offer_read(&dialogue->offer, dialogue->reply.text.bytes);
    return on_offer(dialogue);
}

static enum smtp_event on_starttls(struct smtp_dialogue *dialogue, size_t left)
{
    if (!is_good(dialogue)) return broken(dialogue, TRANSFER_TLS, "the server offers TLS and then refuses it");
    /* RFC 3207 6: what came before TLS must not be read as if it had come through it. */
    if (left > 0) return broken(dialogue, TRANSFER_PROTOCOL, "the server says more before TLS has begun");
    dialogue->state = HANDSHAKE;
    return SMTP_SHAKE_HANDS;
}

enum smtp_event smtp_dialogue_secured(struct smtp_dialogue *dialogue)
{
    dialogue->is_secure = true;
    greet(dialogue, "EHLO ", EHLO);
    return SMTP_WAIT;
}

/* --- What the connection calls --- */

enum smtp_event smtp_dialogue_take(struct smtp_dialogue *dialogue, struct smtp_message *message)
{
    dialogue->message = message;
    dialogue->is_refused = dialogue->is_heard = false;
    return dialogue->state == READY ? begin_envelope(dialogue) : SMTP_WAIT;
}

static enum smtp_event on_reply(struct smtp_dialogue *dialogue, size_t left)
{
    if (dialogue->reply.code == 421) return broken_by_reply(dialogue);
    switch (dialogue->state) {
    case GREETING:
        if (!is_good(dialogue)) return broken_by_reply(dialogue);
        greet(dialogue, "EHLO ", EHLO);
        return SMTP_WAIT;
    case EHLO: return on_ehlo(dialogue);
    case HELO: return is_good(dialogue) ? on_offer(dialogue) : broken_by_reply(dialogue);
    case STARTTLS: return on_starttls(dialogue, left);
    case LOGIN: return on_login(dialogue);
    case ENVELOPE: return on_envelope(dialogue);
    case BODY: return on_body(dialogue);
    case EMPTY: return settle(dialogue);
    case HANDSHAKE:
    case READY: break;
    }
    return out_of_turn(dialogue);
}

enum smtp_event smtp_dialogue_receive(struct smtp_dialogue *dialogue, const char **bytes, size_t *len)
{
    enum smtp_event event = SMTP_WAIT;
    bool is_whole = true;

    while (event == SMTP_WAIT && *len > 0) {
        if (smtp_reply_receive(&dialogue->reply, bytes, len, &is_whole) != STATUS_OK)
            return broken(dialogue, TRANSFER_PROTOCOL, "what the server says is no SMTP");
        if (is_whole) event = on_reply(dialogue, *len);
    }
    return event;
}

void smtp_dialogue_quit(struct smtp_dialogue *dialogue)
{
    say(dialogue, "QUIT\r\n");
}
