/* The listener over real sockets: a server on its own thread, a plain client that blocks. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "runtime/buffer.h"
#include "runtime/http_server.h"
#include "runtime/loop.h"
#include "spec/runtime/check.h"

#define HELD_MOST 8
#define CROWD 30
#define LARGE (1024 * 1024)

/*
 * The server's side. /later answers wait until /now comes, and then go out in reverse; /large has a large answer,
 * /fields says the headers, /count the open connections and the requests for /large so far.
 */
struct fixture {
    struct loop *loop;
    struct http_server *server;
    pthread_t thread;
    int port;
    struct http_exchange *held[HELD_MOST];
    unsigned held_count;
    unsigned large_count;
};

static void answer(struct http_exchange *exchange, int status)
{
    static const struct http_header headers[] = {{"X-Test", 6, "yes", 3}, {"X-Bad", 5, "a\r\nb", 4}};
    struct buffer body = BUFFER_EMPTY;
    size_t path_len, body_len, query_len = 0;
    const char *path = http_exchange_path(exchange, &path_len), *sent = http_exchange_body(exchange, &body_len);
    const char *query = http_exchange_query(exchange, &query_len);

    buffer_add_format(&body, "%s %.*s q=%.*s body=%zu:%.*s", http_exchange_method(exchange), (int)path_len, path,
                      (int)query_len, query != NULL ? query : "", body_len, body_len < 64 ? (int)body_len : 0, sent);
    http_respond(exchange, status, headers, 2, body.bytes, body.len);
    buffer_free(&body);
}

static void answer_large(struct fixture *fixture, struct http_exchange *exchange)
{
    static const char body[LARGE];

    fixture->large_count++;
    http_respond(exchange, 200, NULL, 0, body, sizeof(body));
}

static void answer_count(struct fixture *fixture, struct http_exchange *exchange)
{
    char body[64];
    int len = snprintf(body, sizeof(body), "connections=%u large=%u.", http_server_connections(fixture->server),
                       fixture->large_count);

    http_respond(exchange, 200, NULL, 0, body, (size_t)len);
}

static void answer_fields(struct http_exchange *exchange)
{
    struct buffer body = BUFFER_EMPTY;

    for (size_t i = 0; i < http_exchange_header_count(exchange); i++) {
        struct http_header header = http_exchange_header_at(exchange, i);

        CHECK_INT('\0', header.value[header.value_len]);
        buffer_add_format(&body, "%.*s=[%s] ", (int)header.name_len, header.name, header.value);
    }
    buffer_add_string(&body, "end");
    http_respond(exchange, 200, NULL, 0, body.bytes, body.len);
    buffer_free(&body);
}

static bool is_path(struct http_exchange *exchange, const char *wanted)
{
    size_t len;
    const char *path = http_exchange_path(exchange, &len);

    return len == strlen(wanted) && memcmp(path, wanted, len) == 0;
}

static void on_request(void *ctx, struct http_exchange *exchange)
{
    struct fixture *fixture = ctx;

    if (is_path(exchange, "/later")) {
        fixture->held[fixture->held_count++] = exchange;
    } else if (is_path(exchange, "/large")) {
        answer_large(fixture, exchange);
    } else if (is_path(exchange, "/count")) {
        answer_count(fixture, exchange);
    } else if (is_path(exchange, "/fields")) {
        answer_fields(exchange);
    } else {
        while (is_path(exchange, "/now") && fixture->held_count > 0)
            answer(fixture->held[--fixture->held_count], 202);
        answer(exchange, 200);
    }
}

static void on_error(void *ctx, struct buffer *body, int status, const char *code, const char *message)
{
    (void)ctx;
    buffer_add_format(body, "{\"code\":\"%s\",\"status\":%d,\"title\":\"%s\"}", code, status, message);
}

static void *run(void *arg)
{
    loop_run(((struct fixture *)arg)->loop);
    return NULL;
}

static void open_fixture(struct fixture *fixture, struct http_limits limits)
{
    char failure[256] = "";
    struct http_server_options options = {
        .address = "127.0.0.1:0", .limits = limits, .on_request = on_request, .on_error = on_error, .ctx = fixture};

    memset(fixture, 0, sizeof(*fixture));
    CHECK_INT(0, loop_new(&fixture->loop));
    options.loop = fixture->loop;
    CHECK_INT(0, http_server_open(&options, &fixture->server, failure, sizeof(failure)));
    fixture->port = http_server_port(fixture->server);
    CHECK(fixture->port > 0);
    CHECK_INT(0, pthread_create(&fixture->thread, NULL, run, fixture));
}

static void close_fixture(struct fixture *fixture)
{
    loop_stop(fixture->loop);
    pthread_join(fixture->thread, NULL);
    for (unsigned i = 0; i < fixture->held_count; i++)
        http_respond(fixture->held[i], 503, NULL, 0, "", 0);
    http_server_close(fixture->server, 0, NULL, NULL);
    loop_free(fixture->loop);
}

static int dial(const struct fixture *fixture)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)fixture->port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct timeval patience = {.tv_sec = 10};
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    CHECK(fd >= 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    CHECK_INT(0, connect(fd, (struct sockaddr *)&address, sizeof(address)));
    return fd;
}

static void send_bytes(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t sent = send(fd, bytes, len, MSG_NOSIGNAL);

        if (sent < 0) return; /* the server may have had enough */
        bytes += sent;
        len -= (size_t)sent;
    }
}

static void send_text(int fd, const char *text)
{
    send_bytes(fd, text, strlen(text));
}

/* Reads until the peer closes, or until wanted has come. */
static void receive(int fd, struct buffer *out, const char *wanted)
{
    char bytes[4096];
    ssize_t len;

    buffer_clear(out);
    buffer_reserve(out, 1);
    while (wanted == NULL || strstr(out->bytes, wanted) == NULL) {
        len = recv(fd, bytes, sizeof(bytes), 0);
        if (len <= 0) break;
        buffer_add(out, bytes, (size_t)len);
    }
}

static void expect_of(const struct fixture *fixture, bool finishes, const char *request, const char *status,
                      const char *wanted)
{
    struct buffer got = BUFFER_EMPTY;
    int fd = dial(fixture);

    send_text(fd, request);
    if (finishes) shutdown(fd, SHUT_WR);
    receive(fd, &got, NULL);
    if (got.len < 12 || memcmp(got.bytes + 9, status, 3) != 0 || strstr(got.bytes, wanted) == NULL) {
        fprintf(stderr, "request:\n%s\nexpected %s and \"%s\", got:\n%s\n", request, status, wanted, got.bytes);
        exit(1);
    }
    buffer_free(&got);
    close(fd);
}

static void expect(const struct fixture *fixture, const char *request, const char *status, const char *wanted)
{
    expect_of(fixture, true, request, status, wanted);
}

/* Of a client that might send more, and does not. */
static void expect_kept_open(const struct fixture *fixture, const char *request, const char *status, const char *wanted)
{
    expect_of(fixture, false, request, status, wanted);
}

static void test_requests(struct fixture *fixture)
{
    struct buffer got = BUFFER_EMPTY;
    int fd;

    expect(fixture, "GET /a?b=c HTTP/1.1\r\nHost: x\r\n\r\n", "200", "GET /a q=b=c body=0:");
    expect(fixture, "GET / HTTP/1.0\r\n\r\n", "200", "Connection: close\r\n");
    expect(fixture, "POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello", "200", "body=5:hello");
    expect(fixture, "POST /p HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
           "200", "body=5:abcde");
    expect(fixture, "HEAD /h HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "200", "Content-Length: 18\r\n");
    expect(fixture, "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "200", "X-Test: yes\r\n");

    fd = dial(fixture);
    send_text(fd, "POST /p HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    receive(fd, &got, "100 Continue\r\n\r\n");
    CHECK(strstr(got.bytes, "HTTP/1.1 100 Continue\r\n\r\n") != NULL);
    send_text(fd, "ok");
    receive(fd, &got, "body=2:ok");
    CHECK(strstr(got.bytes, "HTTP/1.1 200 OK\r\n") != NULL);
    CHECK(strstr(got.bytes, "X-Bad") == NULL);
    close(fd);
    buffer_free(&got);
}

static void test_heads(struct fixture *fixture)
{
    static const char trailer[] = "POST /fields HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                                  "1\r\na\r\n0\r\nX-Api-Key: K\r\n\r\n";
    struct buffer got = BUFFER_EMPTY;
    int fd;

    expect(fixture, "GET /fields HTTP/1.1\r\nHost: x\r\nX-Trace:\r\nX-Blank:  \r\nX-Api-:\r\nKey: K \t\r\n\r\n", "200",
           "\r\n\r\nHost=[x] X-Trace=[] X-Blank=[] X-Api-=[] Key=[K] end");
    expect(fixture, trailer, "200", "\r\n\r\nHost=[x] Transfer-Encoding=[chunked] end");
    expect(fixture, "GET http://x:80/a?b=c HTTP/1.1\r\nHost: x\r\n\r\n", "200", "GET /a q=b=c body=0:");
    expect(fixture, "GET HTTPS://x?b HTTP/1.1\r\nHost: x\r\n\r\n", "200", "GET / q=b body=0:");
    expect(fixture, "GET http://x HTTP/1.1\r\nHost: x\r\n\r\n", "200", "GET / q= body=0:");

    fd = dial(fixture);
    for (const char *at = "GET /fields HTTP/1.1\r\nHost: x\r\nX-Empty:\r\nA: bc\r\nConnection: close\r\n\r\n";
         *at != '\0'; at++) {
        send_bytes(fd, at, 1);
        usleep(500);
    }
    receive(fd, &got, NULL);
    CHECK(strstr(got.bytes, "\r\n\r\nHost=[x] X-Empty=[] A=[bc] Connection=[close] end") != NULL);
    close(fd);
    buffer_free(&got);
}

static void test_pipelining(struct fixture *fixture)
{
    struct buffer got = BUFFER_EMPTY, many = BUFFER_EMPTY;
    const char *first, *second, *third;
    unsigned count = 0;
    int fd = dial(fixture);

    send_text(fd, "POST /later HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nAPOST /later HTTP/1.1\r\nHost: "
                  "x\r\nContent-Length: 1\r\n\r\nB"
                  "GET /now HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    receive(fd, &got, NULL);
    first = strstr(got.bytes, "body=1:A");
    second = strstr(got.bytes, "body=1:B");
    third = strstr(got.bytes, "GET /now");
    CHECK(first != NULL && second != NULL && third != NULL && first < second && second < third);
    close(fd);

    fd = dial(fixture);
    for (int i = 0; i < 500; i++)
        buffer_add_string(&many, "GET /n HTTP/1.1\r\nHost: x\r\n\r\n");
    buffer_add_string(&many, "GET /end HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    send_bytes(fd, many.bytes, many.len);
    receive(fd, &got, NULL);
    for (const char *at = got.bytes; (at = strstr(at, "GET /n q=")) != NULL; at++)
        count++;
    CHECK_INT(500, count);
    CHECK(strstr(got.bytes, "GET /end q=") != NULL);
    close(fd);

    /* A client that has finished sending gets all its answers; what it left unfinished is refused. */
    buffer_clear(&many);
    for (int i = 0; i < 300; i++)
        buffer_add_string(&many, "GET /n HTTP/1.1\r\nHost: x\r\n\r\n");
    buffer_add_string(&many, "GET /n HTT");
    fd = dial(fixture);
    send_bytes(fd, many.bytes, many.len);
    shutdown(fd, SHUT_WR);
    receive(fd, &got, NULL);
    count = 0;
    for (const char *at = got.bytes; (at = strstr(at, "GET /n q=")) != NULL; at++)
        count++;
    CHECK_INT(300, count);
    CHECK(strstr(got.bytes, "400 Bad Request") != NULL);
    close(fd);
    buffer_free(&got);
    buffer_free(&many);
}

static void test_bad_requests(struct fixture *fixture)
{
    static const char *const requests[] = {
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length : 3\r\n\r\nabc",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1x\r\n\r\na",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\n folded: y\r\n\r\n",
        "GET /\x01 HTTP/1.1\r\nHost: x\r\n\r\n",
        "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 a TLS hello\r\n\r\n",
        "NONSENSE / HTTP/1.1\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n",
        "GET /im/health\r\n\r\n",
        "GET / HTTP/2.0\r\nHost: x\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n",
        "GET / HTTP/1.0\r\nHost: x\r\nHost: y\r\n\r\n",
        "GET / HTTP/1.1\r\nHost : x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\n: v\r\n\r\n",
    };

    for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
        expect(fixture, requests[i], "400", "\"code\":\"invalid-request\"");
        expect(fixture, requests[i], "400", "\r\nx-request-id: ");
    }
}

/* An answer that the listener gives by itself repeats the request's id where that has come. */
static void test_request_ids(void)
{
    struct fixture fixture;
    struct http_limits limits = HTTP_LIMITS_DEFAULT;

    limits.body_size = 10;
    limits.body_time_ms = 150;
    limits.header_time_ms = 150;
    open_fixture(&fixture, limits);
    expect(&fixture, "POST / HTTP/1.1\r\nHost: x\r\nX-Request-ID: mine\r\nContent-Length: 11\r\n\r\n", "413",
           "\r\nx-request-id: mine\r\n");
    expect(&fixture, "GET /one HTTP/1.1\r\nHost: x\r\nX-Request-ID: first\r\n\r\nnonsense\r\n\r\n", "200",
           "\r\nx-request-id: ");
    expect_kept_open(&fixture, "POST / HTTP/1.1\r\nHost: x\r\nX-Request-ID: slow\r\nContent-Length: 5\r\n\r\na", "408",
                     "\r\nx-request-id: slow\r\n");
    expect_kept_open(&fixture, "POST / HTTP/1.1\r\nHost: x\r\nX-Request-ID: cut", "408", "\r\nx-request-id: ");
    close_fixture(&fixture);
}

/* What belongs to no header and no body has a limit too. */
static void test_limits_of_framing(struct fixture *fixture)
{
    static const char head[] = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
    struct buffer text = BUFFER_EMPTY;

    buffer_add_string(&text, head);
    buffer_add_string(&text, "1;a=");
    for (int i = 0; i < 60; i++)
        buffer_add_string(&text, "xxxxxxxxxx");
    expect(fixture, text.bytes, "431", "headers-too-large");
    buffer_clear(&text);
    buffer_add_string(&text, head);
    for (int i = 0; i < 100; i++)
        buffer_add_string(&text, "1;abc=def\r\na\r\n");
    expect(fixture, text.bytes, "431", "headers-too-large");
    buffer_clear(&text);
    buffer_add_string(&text, head);
    for (int i = 0; i < 20000; i++)
        buffer_add_string(&text, "0000000000");
    expect(fixture, text.bytes, "431", "headers-too-large");
    buffer_free(&text);
}

static void send_waiting_never(int fd, const char *request, int times)
{
    for (int i = 0; i < times; i++) {
        if (send(fd, request, strlen(request), MSG_NOSIGNAL | MSG_DONTWAIT) < 0) return;
    }
}

/* A client that asks and never reads is read from no longer, and closed after the idle time. */
static void test_client_that_does_not_read(struct fixture *fixture)
{
    struct buffer got = BUFFER_EMPTY;
    int fd = dial(fixture), other = dial(fixture), turns = 0;

    send_waiting_never(fd, "GET /large HTTP/1.1\r\nHost: x\r\n\r\n", 1000);
    do {
        send_text(other, "GET /count HTTP/1.1\r\nHost: x\r\n\r\n");
        receive(other, &got, "large=");
        usleep(20000);
    } while (strstr(got.bytes, "connections=1 ") == NULL && ++turns < 250);
    CHECK(strstr(got.bytes, "connections=1 ") != NULL);
    CHECK(strtoul(strstr(got.bytes, "large=") + 6, NULL, 10) < 50);
    close(fd);
    close(other);
    buffer_free(&got);
}

/* A client that reads late gets it all: reading goes on when it has taken its answers. */
static void test_client_that_reads_late(struct fixture *fixture)
{
    char bytes[65536];
    size_t total = 0;
    ssize_t len;
    int fd = dial(fixture);

    send_waiting_never(fd, "GET /large HTTP/1.1\r\nHost: x\r\n\r\n", 39);
    send_text(fd, "GET /large HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    usleep(50000);
    while ((len = recv(fd, bytes, sizeof(bytes), 0)) > 0)
        total += (size_t)len;
    CHECK(total > 40u * LARGE && total < 41u * LARGE);
    close(fd);
}

static void test_limits(void)
{
    struct fixture fixture;
    struct http_limits limits = {.header_size = 512,
                                 .body_size = 1000,
                                 .header_time_ms = 150,
                                 .body_time_ms = 150,
                                 .idle_time_ms = 150,
                                 .connections = 20};
    struct buffer text = BUFFER_EMPTY, got = BUFFER_EMPTY;
    int fds[CROWD], fd, refused = 0;

    open_fixture(&fixture, limits);
    expect(&fixture, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n", "413", "body-too-large");
    buffer_add_string(&text, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9000000\r\n\r\n");
    for (int i = 0; i < 900000; i++)
        buffer_add_string(&text, "0123456789");
    fd = dial(&fixture);
    send_bytes(fd, text.bytes, text.len);
    receive(fd, &got, "body-too-large");
    CHECK(strstr(got.bytes, "413 Content Too Large") != NULL);
    close(fd);

    buffer_clear(&text);
    buffer_add_string(&text, "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n");
    for (int i = 0; i < 101; i++)
        buffer_add_string(&text, "0123456789");
    expect(&fixture, text.bytes, "413", "body-too-large");
    buffer_clear(&text);
    buffer_add_string(&text, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n");
    for (int i = 0; i < 100; i++)
        buffer_add_string(&text, "0123456789");
    expect(&fixture, text.bytes, "200", "body=1000:");
    buffer_clear(&text);
    buffer_add_string(&text, "GET / HTTP/1.1\r\nHost: x\r\nX: ");
    for (int i = 0; i < 60; i++)
        buffer_add_string(&text, "0123456789");
    buffer_add_string(&text, "\r\n\r\n");
    expect(&fixture, text.bytes, "431", "headers-too-large");

    fd = dial(&fixture);
    send_text(fd, "GET / HTTP/1.1\r\nHost: x\r\nHo");
    receive(fd, &got, NULL);
    CHECK(strstr(got.bytes, "408 Request Timeout") != NULL);
    close(fd);
    fd = dial(&fixture);
    send_text(fd, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
    receive(fd, &got, NULL);
    CHECK(strstr(got.bytes, "408 Request Timeout") != NULL);
    close(fd);

    test_limits_of_framing(&fixture);
    test_client_that_does_not_read(&fixture);

    /* More than the limit; a few of those before may still be closing. */
    for (int i = 0; i < CROWD; i++)
        fds[i] = dial(&fixture);
    for (int i = 0; i < CROWD; i++) {
        receive(fds[i], &got, NULL);
        if (strstr(got.bytes, "503 Service Unavailable") != NULL && strstr(got.bytes, "overloaded") != NULL)
            refused++;
        else
            CHECK_INT(0, got.len); /* idle: closed without a word */
        close(fds[i]);
    }
    CHECK(refused >= CROWD - 20 && refused < CROWD);
    do { /* until the crowd has gone, service is refused; then it resumes by itself */
        fd = dial(&fixture);
        send_text(fd, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        receive(fd, &got, NULL);
        close(fd);
    } while (strstr(got.bytes, "503 Service") != NULL && ++refused < 100000);
    CHECK(strstr(got.bytes, "200 OK") != NULL);
    buffer_free(&text);
    buffer_free(&got);
    close_fixture(&fixture);
}

static void test_client_that_leaves(struct fixture *fixture)
{
    int fd = dial(fixture);

    send_text(fd, "GET /later HTTP/1.1\r\nHost: x\r\n\r\n");
    close(fd);
    expect(fixture, "GET /now HTTP/1.1\r\nHost: x\r\n\r\n", "200", "GET /now");
}

int main(void)
{
    struct fixture fixture;
    struct http_limits limits = HTTP_LIMITS_DEFAULT;

    signal(SIGPIPE, SIG_IGN);
    open_fixture(&fixture, limits);
    test_requests(&fixture);
    test_heads(&fixture);
    test_pipelining(&fixture);
    test_client_that_reads_late(&fixture);
    test_bad_requests(&fixture);
    test_client_that_leaves(&fixture);
    close_fixture(&fixture);
    test_limits();
    test_request_ids();
    puts("http_server: ok");
    return 0;
}
