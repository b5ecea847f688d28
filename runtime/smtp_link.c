/* libuv for mail: one struct for the name, the attempts and the socket that came of them. */
#include "runtime/smtp_link.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "runtime/buffer.h"
#include "runtime/loop.h"
#include "runtime/memory.h"
#include "runtime/status.h"
#include "runtime/tls_session.h"

#define READ_SIZE 65536
#define WIRE_KEPT 65536
#define ATTEMPT_MS 3000 /* for one address, while there are others */

/* One attempt's handle; a failed one closes while the next is under way. */
struct socket {
    uv_tcp_t uv;
    uv_connect_t connect;
    struct smtp_link *link;
};

struct smtp_link {
    struct loop *loop;
    const struct smtp_link_events *events;
    void *arg;
    uv_getaddrinfo_t resolve;
    uv_timer_t timer;
    struct socket *socket;                /* NULL: none yet */
    struct addrinfo *addresses, *address; /* all; the one being tried */
    unsigned open_parts;                  /* handles and the resolving request; the struct is freed at 0 */
    int64_t deadline_ms, attempt_ms;      /* 0: none */
    int64_t timer_ms;                     /* when the timer fires */
    struct tls_session *tls;
    struct buffer plain, wire; /* of TLS */
    unsigned writes;           /* uv_write requests under way */
    enum transfer_code fault;  /* to be told at the next turn, unless TRANSFER_DONE */
    char why[256];
    bool is_open, is_resting, is_closed;
};

struct write {
    uv_write_t request;
    struct smtp_link *link;
    size_t len;
    char bytes[];
};

static void try_address(struct smtp_link *link, int fault);

static void drop_part(struct smtp_link *link)
{
    if (--link->open_parts > 0) return;
    uv_freeaddrinfo(link->addresses);
    buffer_free(&link->plain);
    buffer_free(&link->wire);
    memory_free(link);
}

static void on_timer_closed(uv_handle_t *handle)
{
    drop_part(handle->data);
}

static void on_socket_closed(uv_handle_t *handle)
{
    struct socket *socket = handle->data;
    struct smtp_link *link = socket->link;

    memory_free(socket);
    drop_part(link);
}

static void drop_socket(struct smtp_link *link)
{
    if (link->socket != NULL) uv_close((uv_handle_t *)&link->socket->uv, on_socket_closed);
    link->socket = NULL;
}

void smtp_link_close(struct smtp_link *link)
{
    link->is_closed = true;
    tls_session_free(link->tls);
    link->tls = NULL;
    (void)uv_cancel((uv_req_t *)&link->resolve);
    drop_socket(link);
    uv_close((uv_handle_t *)&link->timer, on_timer_closed);
}

/* --- Time --- */

static void on_timer(uv_timer_t *timer);

/* The timer is left alone while it fires early enough: a deadline that moves on with each message costs nothing. */
static void set_timer(struct smtp_link *link)
{
    int64_t at_ms = link->deadline_ms, now_ms = loop_now_ms(link->loop);

    if (link->attempt_ms != 0 && (at_ms == 0 || link->attempt_ms < at_ms)) at_ms = link->attempt_ms;
    if (link->fault != TRANSFER_DONE) at_ms = now_ms;
    if (at_ms == 0 || (uv_is_active((uv_handle_t *)&link->timer) && link->timer_ms <= at_ms)) return;
    link->timer_ms = at_ms;
    uv_timer_start(&link->timer, on_timer, at_ms > now_ms ? (uint64_t)(at_ms - now_ms) : 0, 0);
}

static void on_timer(uv_timer_t *timer)
{
    struct smtp_link *link = timer->data;
    int64_t now_ms = loop_now_ms(link->loop);

    if (link->fault != TRANSFER_DONE) {
        link->events->lost(link->arg, link->fault, link->why);
    } else if (link->deadline_ms != 0 && now_ms >= link->deadline_ms) {
        link->deadline_ms = 0;
        link->events->expired(link->arg);
    } else if (link->attempt_ms != 0 && now_ms >= link->attempt_ms) {
        link->attempt_ms = 0;
        drop_socket(link);
        link->address = link->address->ai_next;
        try_address(link, UV_ETIMEDOUT);
    }
    if (!link->is_closed) set_timer(link);
}

void smtp_link_expire_at(struct smtp_link *link, int64_t deadline_ms)
{
    link->deadline_ms = deadline_ms;
    set_timer(link);
}

void smtp_link_rest(struct smtp_link *link, bool is_resting)
{
    if (link->is_resting == is_resting) return;
    link->is_resting = is_resting;
    if (is_resting) {
        uv_unref((uv_handle_t *)&link->timer);
        uv_unref((uv_handle_t *)&link->socket->uv);
    } else {
        uv_ref((uv_handle_t *)&link->timer);
        uv_ref((uv_handle_t *)&link->socket->uv);
    }
}

/* For faults found inside of a call. */
static void fail_later(struct smtp_link *link, enum transfer_code code, const char *why)
{
    if (link->fault != TRANSFER_DONE) return;
    link->fault = code;
    snprintf(link->why, sizeof(link->why), "%s", why);
    set_timer(link);
}

/* --- Writing --- */

/* What a failure means is for the reading side to say, where the server's last words may still wait. */
static void on_written(uv_write_t *request, int status)
{
    struct write *write = (struct write *)request;

    (void)status;
    write->link->writes--;
    memory_wipe(write->bytes, write->len);
    memory_free(write);
}

static void write_socket(struct smtp_link *link, const char *bytes, size_t len)
{
    uv_stream_t *stream = (uv_stream_t *)&link->socket->uv;
    uv_buf_t piece = uv_buf_init((char *)bytes, (unsigned)len);
    struct write *write;
    int written = 0;

    if (link->writes == 0) written = uv_try_write(stream, &piece, 1);
    if (written < 0 && written != UV_EAGAIN) return; /* as above */
    if (written < 0) written = 0;
    len -= (size_t)written;
    if (len == 0) return;
    write = memory_zeroed(1, sizeof(*write) + len);
    write->link = link;
    write->len = len;
    memcpy(write->bytes, bytes + written, len);
    piece = uv_buf_init(write->bytes, (unsigned)len);
    link->writes++;
    if (uv_write(&write->request, stream, &piece, 1, on_written) != 0) on_written(&write->request, 0);
}

static void write_wire(struct smtp_link *link)
{
    if (link->wire.len > 0) write_socket(link, link->wire.bytes, link->wire.len);
    if (link->wire.size > WIRE_KEPT) {
        buffer_free(&link->wire);
    } else {
        buffer_clear(&link->wire);
    }
}

void smtp_link_write(struct smtp_link *link, const char *bytes, size_t len)
{
    if (link->tls == NULL) {
        write_socket(link, bytes, len);
    } else if (tls_session_send(link->tls, bytes, len, &link->wire) == STATUS_OK) {
        write_wire(link);
    } else {
        fail_later(link, TRANSFER_TLS, "TLS broke off");
    }
}

bool smtp_link_is_writing(const struct smtp_link *link)
{
    return link->writes > 0;
}

void smtp_link_goodbye(struct smtp_link *link)
{
    if (link->tls == NULL) return;
    tls_session_goodbye(link->tls, &link->wire);
    write_wire(link);
}

/* --- Reading --- */

static void on_allocate(uv_handle_t *handle, size_t suggested, uv_buf_t *out)
{
    static _Thread_local char bytes[READ_SIZE];

    (void)handle;
    (void)suggested;
    *out = uv_buf_init(bytes, sizeof(bytes));
}

static void end_tls(struct smtp_link *link, int status)
{
    char why[256];

    if (status == STATUS_CLOSED) {
        link->events->lost(link->arg, TRANSFER_CONNECT, "the server closed the connection");
        return;
    }
    tls_session_explain(link->tls, why, sizeof(why));
    link->events->lost(link->arg, TRANSFER_TLS, why);
}

static void take_tls(struct smtp_link *link, const char *bytes, size_t len)
{
    bool was_open = tls_session_is_open(link->tls);
    int status;

    buffer_clear(&link->plain);
    status = tls_session_receive(link->tls, bytes, len, &link->plain, &link->wire);
    write_wire(link);
    if (!was_open && tls_session_is_open(link->tls)) link->events->secured(link->arg);
    if (!link->is_closed && link->plain.len > 0) link->events->received(link->arg, link->plain.bytes, link->plain.len);
    if (!link->is_closed && status != STATUS_OK) end_tls(link, status);
}

static void on_read(uv_stream_t *stream, ssize_t len, const uv_buf_t *piece)
{
    struct smtp_link *link = ((struct socket *)stream->data)->link;
    bool is_in_handshake = link->tls != NULL && !tls_session_is_open(link->tls);

    if (link->is_closed || len == 0) return;
    if (len < 0) {
        link->events->lost(link->arg, is_in_handshake ? TRANSFER_TLS : TRANSFER_CONNECT,
                           len == UV_EOF ? "the server closed the connection" : uv_strerror((int)len));
    } else if (link->tls != NULL) {
        take_tls(link, piece->base, (size_t)len);
    } else {
        link->events->received(link->arg, piece->base, (size_t)len);
    }
}

void smtp_link_secure(struct smtp_link *link, struct tls_session *tls)
{
    int status;

    link->tls = tls;
    status = tls_session_receive(tls, NULL, 0, &link->plain, &link->wire);
    write_wire(link);
    if (status != STATUS_OK) fail_later(link, TRANSFER_TLS, "TLS cannot be begun");
}

/* --- Opening --- */

static void on_connected(uv_connect_t *request, int status)
{
    struct socket *socket = request->data;
    struct smtp_link *link = socket->link;

    if (link->is_closed || link->socket != socket) return; /* given up in the meantime */
    if (status == 0) status = uv_read_start((uv_stream_t *)&socket->uv, on_allocate, on_read);
    link->attempt_ms = 0;
    if (status == 0) {
        (void)uv_tcp_nodelay(&socket->uv, 1);
        link->events->opened(link->arg);
    } else {
        drop_socket(link);
        link->address = link->address->ai_next;
        try_address(link, status);
    }
}

/* The next address that a connection can at least be begun to. fault: why the one before did not do. */
static void try_address(struct smtp_link *link, int fault)
{
    struct socket *socket;

    for (; link->address != NULL; link->address = link->address->ai_next) {
        socket = memory_zeroed(1, sizeof(*socket));
        socket->link = link;
        socket->uv.data = socket->connect.data = socket;
        fault = uv_tcp_init(loop_uv(link->loop), &socket->uv);
        if (fault != 0) {
            memory_free(socket);
            continue;
        }
        link->open_parts++;
        link->socket = socket;
        fault = uv_tcp_connect(&socket->connect, &socket->uv, link->address->ai_addr, on_connected);
        if (fault != 0) {
            drop_socket(link);
            continue;
        }
        if (link->address->ai_next != NULL) link->attempt_ms = loop_now_ms(link->loop) + ATTEMPT_MS;
        set_timer(link);
        return;
    }
    link->events->lost(link->arg, TRANSFER_CONNECT, uv_strerror(fault));
}

static void on_resolved(uv_getaddrinfo_t *request, int status, struct addrinfo *addresses)
{
    struct smtp_link *link = request->data;

    link->addresses = link->address = addresses;
    if (!link->is_closed) try_address(link, status != 0 ? status : UV_EAI_NONAME);
    drop_part(link);
}

struct smtp_link *smtp_link_open(struct loop *loop, const char *host, unsigned port,
                                 const struct smtp_link_events *events, void *arg)
{
    struct smtp_link *link = memory_zeroed(1, sizeof(*link));
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    char service[8];
    int status;

    link->loop = loop;
    link->events = events;
    link->arg = arg;
    link->timer.data = link->resolve.data = link;
    link->open_parts = 2;
    uv_timer_init(loop_uv(loop), &link->timer);
    snprintf(service, sizeof(service), "%u", port);
    /* Literals too: everything that can fail then fails from the loop. */
    status = uv_getaddrinfo(loop_uv(loop), &link->resolve, on_resolved, host, service, &hints);
    if (status != 0) {
        link->open_parts--;
        fail_later(link, TRANSFER_CONNECT, uv_strerror(status));
    }
    return link;
}
