/*
 * The client of outbound transfers: queues per host, and libcurl's multi handle between libuv's polls and timer.
 *
 * Results are handed over from a list, never from inside libcurl, so that whoever gets one may start, cancel and free.
 * The struct lives until the last result was handed over and libuv has closed its handles.
 */
#include "runtime/transfer_call.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "runtime/loop.h"
#include "runtime/memory.h"
#include "runtime/status.h"
#include "runtime/transfer_guard.h"

#define SPARE_EASY 64
#define CONNECTIONS_KEPT 256

struct call_list {
    struct transfer_call *first, *last;
};

/* What is under way and what waits for one host. */
struct transfer_host {
    char *name;
    unsigned active, most;
    struct call_list queue;
    struct transfer_host *next;
};

struct transfer_client {
    uv_loop_t *uv;
    CURLM *multi;
    uv_timer_t curl_timer, deliver_timer;
    unsigned open_handles; /* of libuv; the struct is freed at 0 */
    unsigned connections;
    struct transfer_host *hosts;
    struct call_list active, finished;
    CURL *spare[SPARE_EASY];
    unsigned spare_count;
    struct transfer_guard *guard; /* NULL: none */
    bool is_delivering, is_closed, is_torn_down;
};

struct socket_poll {
    uv_poll_t uv;
    struct transfer_client *client;
    curl_socket_t fd;
};

static void list_add(struct call_list *list, struct transfer_call *call)
{
    call->previous = list->last;
    call->next = NULL;
    if (list->last != NULL) {
        list->last->next = call;
    } else {
        list->first = call;
    }
    list->last = call;
}

static void list_remove(struct call_list *list, struct transfer_call *call)
{
    *(call->previous != NULL ? &call->previous->next : &list->first) = call->next;
    *(call->next != NULL ? &call->next->previous : &list->last) = call->previous;
    call->previous = call->next = NULL;
}

static void on_closed(uv_handle_t *handle)
{
    struct transfer_client *client = handle->data;

    if (--client->open_handles == 0) memory_free(client);
}

static void on_poll_closed(uv_handle_t *handle)
{
    struct socket_poll *poll = handle->data;
    struct transfer_client *client = poll->client;

    memory_free(poll);
    if (--client->open_handles == 0) memory_free(client);
}

static void tear_down(struct transfer_client *client)
{
    client->is_torn_down = true;
    while (client->spare_count > 0)
        curl_easy_cleanup(client->spare[--client->spare_count]);
    curl_multi_cleanup(client->multi);
    transfer_guard_free(client->guard);
    client->guard = NULL;
    uv_close((uv_handle_t *)&client->curl_timer, on_closed);
    uv_close((uv_handle_t *)&client->deliver_timer, on_closed);
}

static void free_call(struct transfer_call *call)
{
    transfer_http_release(call);
    memory_free(call->url);
    memory_free(call->host_name);
    memory_free(call->ca_file);
    transfer_result_free(&call->result);
    memory_free(call);
}

static void deliver(struct transfer_client *client)
{
    struct transfer_call *call;

    if (client->is_delivering) return;
    client->is_delivering = true;
    while ((call = client->finished.first) != NULL) {
        list_remove(&client->finished, call);
        call->done(call->arg, &call->result);
        free_call(call);
    }
    client->is_delivering = false;
    if (client->is_closed && !client->is_torn_down) tear_down(client);
}

static void on_deliver(uv_timer_t *timer)
{
    deliver(timer->data);
}

static void deliver_later(struct transfer_client *client)
{
    if (!client->is_delivering) uv_timer_start(&client->deliver_timer, on_deliver, 0, 0);
}

static struct transfer_host *find_host(struct transfer_client *client, const char *name, unsigned streams)
{
    struct transfer_host *host = client->hosts;

    while (host != NULL && strcmp(host->name, name) != 0)
        host = host->next;
    if (host == NULL) {
        host = memory_zeroed(1, sizeof(*host));
        host->name = memory_copy_string(name);
        host->next = client->hosts;
        client->hosts = host;
    }
    host->most = client->connections * streams;
    return host;
}

static void forget_host(struct transfer_client *client, struct transfer_host *host)
{
    struct transfer_host **at = &client->hosts;

    if (host->active > 0 || host->queue.first != NULL) return;
    while (*at != host)
        at = &(*at)->next;
    *at = host->next;
    memory_free(host->name);
    memory_free(host);
}

static void activate(struct transfer_client *client, struct transfer_call *call)
{
    call->easy = client->spare_count > 0 ? client->spare[--client->spare_count] : curl_easy_init();
    if (call->easy == NULL) {
        fputs("herald: out of memory (curl_easy_init)\n", stderr);
        abort();
    }
    call->state = TRANSFER_ACTIVE;
    list_add(&client->active, call);
    call->host->active++;
    transfer_http_configure(call, call->easy);
    curl_multi_add_handle(client->multi, call->easy);
}

/* Takes the call out of libcurl or the queue, and starts the next of its host. */
static void finish(struct transfer_call *call)
{
    struct transfer_client *client = call->client;
    struct transfer_host *host = call->host;
    struct transfer_call *next;

    if (call->state == TRANSFER_ACTIVE) {
        curl_multi_remove_handle(client->multi, call->easy);
        if (client->spare_count < SPARE_EASY) {
            curl_easy_reset(call->easy);
            client->spare[client->spare_count++] = call->easy;
        } else {
            curl_easy_cleanup(call->easy);
        }
        call->easy = NULL;
        list_remove(&client->active, call);
        host->active--;
    } else {
        list_remove(&host->queue, call);
    }
    call->state = TRANSFER_FINISHED;
    call->host = NULL;
    list_add(&client->finished, call);
    next = host->queue.first;
    if (next != NULL && host->active < host->most && !client->is_closed) {
        list_remove(&host->queue, next);
        activate(client, next);
    }
    forget_host(client, host);
}

static void check_finished(struct transfer_client *client)
{
    struct transfer_call *call;
    CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(client->multi, &left)) != NULL) {
        if (message->msg != CURLMSG_DONE) continue;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&call);
        transfer_http_conclude(call, (int)message->data.result);
        finish(call);
    }
    deliver(client);
}

static void on_curl_timer(uv_timer_t *timer)
{
    struct transfer_client *client = timer->data;
    long timeout_ms = -1;
    int running;

    curl_multi_socket_action(client->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    /* libcurl counts finer than libuv: fired too early for it, it does not ask again. */
    if (!uv_is_active((uv_handle_t *)timer)) curl_multi_timeout(client->multi, &timeout_ms);
    if (timeout_ms >= 0) uv_timer_start(timer, on_curl_timer, (uint64_t)timeout_ms + 1, 0);
    check_finished(client);
}

static void on_poll(uv_poll_t *handle, int status, int events)
{
    struct socket_poll *poll = handle->data;
    struct transfer_client *client = poll->client;
    int flags = 0, running;

    if (status < 0) flags = CURL_CSELECT_ERR;
    if (events & UV_READABLE) flags |= CURL_CSELECT_IN;
    if (events & UV_WRITABLE) flags |= CURL_CSELECT_OUT;
    curl_multi_socket_action(client->multi, poll->fd, flags, &running);
    check_finished(client);
}

static int on_timeout_wanted(CURLM *multi, long timeout_ms, void *arg)
{
    struct transfer_client *client = arg;

    (void)multi;
    if (client->is_torn_down) return 0;
    if (timeout_ms < 0) {
        uv_timer_stop(&client->curl_timer);
    } else {
        uv_update_time(client->uv);
        uv_timer_start(&client->curl_timer, on_curl_timer, (uint64_t)timeout_ms, 0);
    }
    return 0;
}

static int on_socket_wanted(CURL *easy, curl_socket_t fd, int what, void *arg, void *socket_arg)
{
    struct transfer_client *client = arg;
    struct socket_poll *poll = socket_arg;
    int events = 0;

    (void)easy;
    if (what == CURL_POLL_REMOVE) {
        if (poll == NULL) return 0;
        uv_poll_stop(&poll->uv);
        uv_close((uv_handle_t *)&poll->uv, on_poll_closed);
        if (!client->is_torn_down) curl_multi_assign(client->multi, fd, NULL);
        return 0;
    }
    if (poll == NULL) {
        poll = memory_zeroed(1, sizeof(*poll));
        if (uv_poll_init_socket(client->uv, &poll->uv, fd) != 0) {
            memory_free(poll);
            return -1;
        }
        poll->uv.data = poll;
        poll->client = client;
        poll->fd = fd;
        client->open_handles++;
        curl_multi_assign(client->multi, fd, poll);
    }
    if (what & CURL_POLL_IN) events |= UV_READABLE;
    if (what & CURL_POLL_OUT) events |= UV_WRITABLE;
    uv_poll_start(&poll->uv, events, on_poll);
    return 0;
}

int transfer_client_new(struct loop *loop, unsigned connections, struct transfer_client **out)
{
    struct transfer_client *client;
    CURLM *multi = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? curl_multi_init() : NULL;

    if (multi == NULL) return STATUS_UNAVAILABLE;
    client = memory_zeroed(1, sizeof(*client));
    client->uv = loop_uv(loop);
    client->multi = multi;
    client->connections = connections;
    uv_timer_init(client->uv, &client->curl_timer);
    uv_timer_init(client->uv, &client->deliver_timer);
    client->curl_timer.data = client->deliver_timer.data = client;
    client->open_handles = 2;
    curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, on_socket_wanted);
    curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, client);
    curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, on_timeout_wanted);
    curl_multi_setopt(multi, CURLMOPT_TIMERDATA, client);
    curl_multi_setopt(multi, CURLMOPT_PIPELINING, (long)CURLPIPE_MULTIPLEX);
    curl_multi_setopt(multi, CURLMOPT_MAX_HOST_CONNECTIONS, (long)connections);
    curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, (long)CONNECTIONS_KEPT);
    *out = client;
    return STATUS_OK;
}

void transfer_client_set_guard(struct transfer_client *client, struct transfer_guard *guard)
{
    transfer_guard_free(client->guard);
    client->guard = guard;
}

const struct transfer_guard *transfer_client_guard(const struct transfer_client *client)
{
    return client->guard;
}

static void cancel(struct transfer_call *call)
{
    transfer_fail(&call->result, TRANSFER_CANCELLED, "%s: cancelled", call->host_name);
    finish(call);
}

void transfer_client_free(struct transfer_client *client)
{
    if (client == NULL) return;
    client->is_closed = true;
    while (client->active.first != NULL)
        cancel(client->active.first);
    while (client->hosts != NULL)
        cancel(client->hosts->queue.first);
    deliver_later(client);
}

void transfer_client_start(struct transfer_client *client, struct transfer_call *call, bool is_sound)
{
    call->client = client;
    if (!is_sound) {
        call->state = TRANSFER_FINISHED;
        list_add(&client->finished, call);
        uv_timer_start(&client->deliver_timer, on_deliver, 0, 0);
        return;
    }
    call->host = find_host(client, call->host_name, call->streams);
    if (call->host->active < call->host->most) {
        activate(client, call);
    } else {
        call->state = TRANSFER_QUEUED;
        list_add(&call->host->queue, call);
    }
}

void transfer_cancel(struct transfer_call *call)
{
    struct transfer_client *client = call->client;

    if (call->state == TRANSFER_FINISHED) return;
    cancel(call);
    deliver_later(client);
}
