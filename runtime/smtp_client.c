/*
 * Pools of connections, one for each route, and the messages that wait for them.
 *
 *     start -> queue of the route -> connection -> finished -> done
 *
 * Results are handed over from a list, never from inside a connection, so that whoever gets one may start, cancel and
 * free. The struct lives until the last result was handed over.
 */
#include "runtime/smtp_client.h"

#include "runtime/loop.h"
#include "runtime/memory.h"
#include "runtime/smtp_connection.h"
#include "runtime/smtp_message.h"
#include "runtime/smtp_route.h"
#include "runtime/status.h"
#include "runtime/tls_client.h"
#include "runtime/transfer.h"

struct message_list {
    struct smtp_message *first, *last;
};

struct smtp_pool {
    struct smtp_route *route;
    unsigned open; /* connections, at work and at rest */
    struct smtp_connection *busy, *idle;
    struct message_list queue;
    struct smtp_pool *next;
};

struct smtp_client {
    struct loop *loop;
    struct tls_client *tls;
    unsigned connections;
    struct smtp_pool *pools;
    struct smtp_connection *leaving; /* goodbye was said */
    struct message_list finished;
    struct loop_timer *deliver_timer;
    bool is_delivering, is_closed;
};

/* --- Lists --- */

static void add_message(struct message_list *list, struct smtp_message *message)
{
    message->previous = list->last;
    message->next = NULL;
    *(list->last != NULL ? &list->last->next : &list->first) = message;
    list->last = message;
}

static void remove_message(struct message_list *list, struct smtp_message *message)
{
    *(message->previous != NULL ? &message->previous->next : &list->first) = message->next;
    *(message->next != NULL ? &message->next->previous : &list->last) = message->previous;
    message->previous = message->next = NULL;
}

static void add_connection(struct smtp_connection **list, struct smtp_connection *connection)
{
    connection->previous = NULL;
    connection->next = *list;
    if (*list != NULL) (*list)->previous = connection;
    *list = connection;
}

static void remove_connection(struct smtp_connection **list, struct smtp_connection *connection)
{
    *(connection->previous != NULL ? &connection->previous->next : list) = connection->next;
    if (connection->next != NULL) connection->next->previous = connection->previous;
}

static struct smtp_connection **list_of(struct smtp_connection *connection)
{
    struct smtp_client *client = connection->owner;

    if (connection->pool == NULL) return &client->leaving;
    return connection->is_idle ? &connection->pool->idle : &connection->pool->busy;
}

/* --- Pools --- */

static struct smtp_pool *find_pool(struct smtp_client *client, const struct smtp_request *request,
                                   const char **out_fault)
{
    struct smtp_pool *pool = client->pools;
    struct smtp_route *route;

    while (pool != NULL && !smtp_route_is_for(pool->route, request))
        pool = pool->next;
    if (pool != NULL) return pool;
    route = smtp_route_new(request, out_fault);
    if (route == NULL) return NULL;
    pool = memory_zeroed(1, sizeof(*pool));
    pool->route = route;
    pool->next = client->pools;
    client->pools = pool;
    return pool;
}

static void forget_pool(struct smtp_client *client, struct smtp_pool *pool)
{
    struct smtp_pool **at = &client->pools;

    if (pool->open > 0 || pool->queue.first != NULL) return;
    while (*at != pool)
        at = &(*at)->next;
    *at = pool->next;
    smtp_route_free(pool->route);
    memory_free(pool);
}

/* --- Results --- */

static void tear_down(struct smtp_client *client)
{
    struct smtp_connection *connection;

    while ((connection = client->leaving) != NULL) {
        client->leaving = connection->next;
        smtp_connection_free(connection);
    }
    if (client->deliver_timer != NULL) loop_timer_cancel(client->deliver_timer);
    tls_client_free(client->tls);
    memory_free(client);
}

static void deliver(void *owner)
{
    struct smtp_client *client = owner;
    struct smtp_message *message;

    if (client->is_delivering) return;
    client->is_delivering = true;
    while ((message = client->finished.first) != NULL) {
        remove_message(&client->finished, message);
        message->done(message->arg, &message->result);
        smtp_message_free(message);
    }
    client->is_delivering = false;
    if (client->is_closed) tear_down(client);
}

static void on_deliver(void *arg)
{
    struct smtp_client *client = arg;

    client->deliver_timer = NULL;
    deliver(client);
}

static void deliver_later(struct smtp_client *client)
{
    if (client->is_delivering || client->deliver_timer != NULL) return;
    client->deliver_timer = loop_timer_start(client->loop, 0, on_deliver, client);
}

static void finish(struct smtp_message *message)
{
    message->pool = NULL;
    message->connection = NULL;
    add_message(&message->client->finished, message);
}

/* --- Messages and connections --- */

static void on_settled(struct smtp_message *message)
{
    finish(message);
}

static void set_out(struct smtp_client *client, struct smtp_message *message)
{
    message->deadline_ms = loop_read_ms(client->loop) + message->timeout_ms;
}

/* Sends the messages that wait, or lets the connection rest. */
static void on_freed(struct smtp_connection *connection)
{
    struct smtp_client *client = connection->owner;
    struct message_list *queue = &connection->pool->queue;
    struct smtp_message *message;

    while ((message = queue->first) != NULL) {
        remove_message(queue, message);
        message->connection = connection;
        set_out(client, message);
        if (smtp_connection_send(connection, message)) return;
    }
    remove_connection(list_of(connection), connection);
    connection->is_idle = true;
    add_connection(list_of(connection), connection);
    smtp_connection_rest(connection);
}

static void on_ended(struct smtp_connection *connection, struct smtp_message *stale);

/* It counts no longer. */
static void leave_pool(struct smtp_connection *connection)
{
    remove_connection(list_of(connection), connection);
    if (connection->pool != NULL) connection->pool->open--;
    connection->pool = NULL;
}

static void on_retired(struct smtp_connection *connection)
{
    struct smtp_client *client = connection->owner;
    struct smtp_pool *pool = connection->pool;

    leave_pool(connection);
    add_connection(&client->leaving, connection);
    forget_pool(client, pool);
}

static void open_connection(struct smtp_client *client, struct smtp_pool *pool, struct smtp_message *message)
{
    static const struct smtp_connection_events events = {on_settled, on_freed, on_ended, on_retired, deliver};
    struct smtp_connection *connection =
        smtp_connection_open(client->loop, client->tls, pool->route, message, &events, client);

    message->connection = connection;
    connection->pool = pool;
    pool->open++;
    add_connection(&pool->busy, connection);
}

/* Opens a connection for the message that has waited longest, where there may be one more. */
static void open_next(struct smtp_client *client, struct smtp_pool *pool)
{
    struct smtp_message *message = pool->queue.first;

    if (message == NULL || pool->open >= client->connections || client->is_closed) return;
    remove_message(&pool->queue, message);
    set_out(client, message);
    open_connection(client, pool, message);
}

static void on_ended(struct smtp_connection *connection, struct smtp_message *stale)
{
    struct smtp_client *client = connection->owner;
    struct smtp_pool *pool = connection->pool;

    leave_pool(connection);
    if (pool == NULL) return;
    if (stale != NULL) {
        open_connection(client, pool, stale);
    } else {
        open_next(client, pool);
        forget_pool(client, pool);
    }
}

/* --- The client --- */

int smtp_client_new(struct loop *loop, unsigned connections, struct smtp_client **out)
{
    struct tls_client *tls;
    int status = tls_client_new(&tls);

    if (status != STATUS_OK) return status;
    *out = memory_zeroed(1, sizeof(**out));
    (*out)->loop = loop;
    (*out)->tls = tls;
    (*out)->connections = connections;
    return STATUS_OK;
}

struct smtp_message *smtp_client_start(struct smtp_client *client, const struct smtp_request *request,
                                       void (*done)(void *arg, struct transfer_result *result), void *arg)
{
    const char *fault = NULL;
    bool is_sound;
    struct smtp_message *message = smtp_message_new(request, &is_sound);

    message->done = done;
    message->arg = arg;
    message->client = client;
    if (is_sound) message->pool = find_pool(client, request, &fault);
    if (message->pool == NULL) {
        if (fault != NULL) transfer_fail(&message->result, TRANSFER_INVALID, "%s", fault);
        finish(message);
        deliver_later(client);
        return message;
    }
    add_message(&message->pool->queue, message);
    if (message->pool->idle != NULL) {
        struct smtp_connection *connection = message->pool->idle;

        remove_connection(list_of(connection), connection);
        connection->is_idle = false;
        add_connection(list_of(connection), connection);
        on_freed(connection);
        if (client->finished.first != NULL) deliver_later(client);
    } else {
        open_next(client, message->pool);
    }
    return message;
}

static void cancel(struct smtp_message *message)
{
    struct smtp_client *client = message->client;
    struct smtp_pool *pool = message->pool;

    transfer_fail(&message->result, TRANSFER_CANCELLED, "%s: cancelled", pool->route->name);
    if (message->connection != NULL) {
        leave_pool(message->connection);
        smtp_connection_free(message->connection);
    } else {
        remove_message(&pool->queue, message);
    }
    finish(message);
    open_next(client, pool);
    forget_pool(client, pool);
}

void smtp_client_cancel(struct smtp_message *message)
{
    struct smtp_client *client = message->client;

    if (message->pool == NULL) return;
    cancel(message);
    deliver_later(client);
}

void smtp_client_free(struct smtp_client *client)
{
    struct smtp_pool *pool;

    if (client == NULL) return;
    client->is_closed = true;
    /* A pool is forgotten with the last that it holds. */
    while ((pool = client->pools) != NULL) {
        if (pool->idle != NULL) {
            struct smtp_connection *connection = pool->idle;

            on_retired(connection);
            smtp_connection_quit(connection);
        } else {
            cancel(pool->queue.first != NULL ? pool->queue.first : pool->busy->message);
        }
    }
    deliver_later(client);
}
