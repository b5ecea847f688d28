#include "runtime/smtp_connection.h"

#include <stdio.h>

#include "runtime/loop.h"
#include "runtime/memory.h"
#include "runtime/smtp_dialogue.h"
#include "runtime/smtp_link.h"
#include "runtime/smtp_route.h"
#include "runtime/status.h"
#include "runtime/tls_client.h"

#define REST_MS 30000
#define QUIT_MS 1000 /* for the server to close */

static void flush(struct smtp_connection *connection)
{
    const char *bytes;
    size_t len;

    while ((bytes = smtp_dialogue_next(connection->dialogue, &len)) != NULL)
        smtp_link_write(connection->link, bytes, len);
}

static void settle(struct smtp_connection *connection)
{
    struct smtp_message *message = connection->message;

    connection->message = NULL;
    connection->has_served = true;
    if (message != NULL) connection->events->settled(message);
}

/* A connection from before may have died unseen: what it was not heard about goes over another one. */
static bool is_stale(const struct smtp_connection *connection, enum transfer_code code)
{
    return connection->message != NULL && connection->has_served && code == TRANSFER_CONNECT &&
           !smtp_dialogue_is_heard(connection->dialogue);
}

/* Tells the owner, and closes. */
static void end(struct smtp_connection *connection, struct smtp_message *stale)
{
    const struct smtp_connection_events *events = connection->events;
    void *owner = connection->owner;

    if (stale != NULL) {
        connection->message = NULL;
    } else if (connection->message != NULL) {
        settle(connection);
    }
    events->ended(connection, stale);
    smtp_connection_free(connection);
    events->turned(owner);
}

static void fail(struct smtp_connection *connection, enum transfer_code code, const char *why)
{
    struct smtp_message *stale = is_stale(connection, code) ? connection->message : NULL;

    if (stale == NULL) smtp_dialogue_fail(connection->dialogue, code, why);
    end(connection, stale);
}

/* 421 to the first command on a connection from before: the server closes what it finds idle (RFC 5321 3.8). */
static void end_broken(struct smtp_connection *connection)
{
    struct smtp_message *message = connection->message;

    if (message != NULL && message->result.status == 421 && is_stale(connection, TRANSFER_CONNECT)) {
        message->result.status = 0;
        buffer_clear(&message->result.body);
    } else {
        message = NULL;
    }
    end(connection, message);
}

static void secure(struct smtp_connection *connection)
{
    const struct smtp_route *route = connection->route;
    bool is_verified = route->is_implicit || route->tls == SMTP_TLS_REQUIRED;
    struct tls_session *session;
    char failure[256];

    if (tls_client_session(connection->tls, route->host, route->ca_file, is_verified, &session, failure,
                           sizeof(failure)) == STATUS_OK) {
        smtp_link_secure(connection->link, session);
    } else {
        fail(connection, TRANSFER_TLS, failure);
    }
}

static void on_opened(void *arg)
{
    struct smtp_connection *connection = arg;

    if (connection->route->is_implicit) secure(connection);
}

static void on_secured(void *arg)
{
    struct smtp_connection *connection = arg;

    if (connection->route->is_implicit) return; /* the greeting comes now */
    (void)smtp_dialogue_secured(connection->dialogue);
    flush(connection);
}

static void on_received(void *arg, const char *bytes, size_t len)
{
    struct smtp_connection *connection = arg;
    bool has_settled = false;

    if (connection->is_quitting) return;
    while (len > 0) {
        switch (smtp_dialogue_receive(connection->dialogue, &bytes, &len)) {
        case SMTP_WAIT: break;
        case SMTP_SHAKE_HANDS: secure(connection); return;
        case SMTP_SETTLED:
            settle(connection);
            has_settled = true;
            break;
        case SMTP_BROKEN: end_broken(connection); return;
        }
    }
    flush(connection);
    if (!has_settled) return;
    if (smtp_link_is_writing(connection->link)) {
        end(connection, NULL); /* answered before it was asked to the end */
    } else {
        const struct smtp_connection_events *events = connection->events;
        void *owner = connection->owner;

        events->freed(connection);
        events->turned(owner);
    }
}

static void on_lost(void *arg, enum transfer_code code, const char *why)
{
    fail(arg, code, why);
}

void smtp_connection_quit(struct smtp_connection *connection)
{
    connection->is_quitting = true;
    smtp_dialogue_quit(connection->dialogue);
    flush(connection);
    smtp_link_goodbye(connection->link);
    smtp_link_expire_at(connection->link, loop_now_ms(connection->loop) + QUIT_MS);
}

static void on_expired(void *arg)
{
    struct smtp_connection *connection = arg;
    char why[64];

    if (connection->message != NULL) {
        snprintf(why, sizeof(why), "not done after %lld ms", (long long)connection->message->timeout_ms);
        fail(connection, TRANSFER_TIMEOUT, why);
    } else if (connection->is_quitting) {
        end(connection, NULL);
    } else {
        connection->events->retired(connection);
        smtp_connection_quit(connection);
    }
}

struct smtp_connection *smtp_connection_open(struct loop *loop, struct tls_client *tls, const struct smtp_route *route,
                                             struct smtp_message *message, const struct smtp_connection_events *events,
                                             void *owner)
{
    static const struct smtp_link_events link_events = {on_opened, on_secured, on_received, on_lost, on_expired};
    struct smtp_connection *connection = memory_zeroed(1, sizeof(*connection));

    connection->loop = loop;
    connection->tls = tls;
    connection->route = route;
    connection->events = events;
    connection->owner = owner;
    connection->message = message;
    connection->dialogue = smtp_dialogue_new(route);
    (void)smtp_dialogue_take(connection->dialogue, message);
    connection->link = smtp_link_open(loop, route->host, route->port, &link_events, connection);
    smtp_link_expire_at(connection->link, message->deadline_ms);
    return connection;
}

bool smtp_connection_send(struct smtp_connection *connection, struct smtp_message *message)
{
    connection->message = message;
    if (smtp_dialogue_take(connection->dialogue, message) == SMTP_SETTLED) {
        settle(connection);
        return false;
    }
    smtp_link_rest(connection->link, false);
    smtp_link_expire_at(connection->link, message->deadline_ms);
    flush(connection);
    return true;
}

void smtp_connection_rest(struct smtp_connection *connection)
{
    smtp_link_expire_at(connection->link, loop_now_ms(connection->loop) + REST_MS);
    smtp_link_rest(connection->link, true);
}

void smtp_connection_free(struct smtp_connection *connection)
{
    smtp_link_close(connection->link);
    smtp_dialogue_free(connection->dialogue);
    memory_free(connection);
}
