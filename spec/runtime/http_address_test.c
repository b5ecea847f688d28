/* The listener's addresses: what is one, and which are free. */
#include "runtime/http_address.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "runtime/status.h"
#include "spec/runtime/check.h"

static void test_reading(void)
{
    static const char *const wrong[] = {"",         "8080",      "host:80",       "1.2.3.4",
                                        "1.2.3.4:", "1.2.3.4:x", "1.2.3.4:65536", "[::1]"};
    static const char *const right[] = {"127.0.0.1:80", "[::1]:80", ":80", "*:80", "localhost:80"};
    struct sockaddr_storage address;
    char failure[256];

    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        failure[0] = '\0';
        CHECK_INT(STATUS_INVALID, http_address_parse(wrong[i], &address, failure, sizeof(failure)));
        CHECK(strstr(failure, "127.0.0.1:8080") != NULL);
    }
    for (size_t i = 0; i < sizeof(right) / sizeof(right[0]); i++) {
        CHECK_INT(STATUS_OK, http_address_parse(right[i], &address, failure, sizeof(failure)));
        CHECK_INT(80, http_address_port(&address));
    }
    CHECK_STRING("/a", http_address_path("unix:/a"));
    CHECK(http_address_path("127.0.0.1:80") == NULL);
}

static int listen_on(const struct sockaddr *address, socklen_t len)
{
    int fd = socket(address->sa_family, SOCK_STREAM, 0), on = 1;

    CHECK(fd >= 0);
    if (address->sa_family == AF_INET) {
        CHECK_INT(0, setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)));
        CHECK_INT(0, setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)));
    }
    CHECK_INT(0, bind(fd, address, len));
    CHECK_INT(0, listen(fd, 1));
    return fd;
}

/* A listener is seen though it would share its port. */
static void test_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    char text[64], failure[256] = "";
    int port = 0, fd;

    CHECK_INT(STATUS_OK, http_address_check_free("127.0.0.1:0", &port, failure, sizeof(failure)));
    CHECK(port > 0);
    address.sin_port = htons((uint16_t)port);
    fd = listen_on((struct sockaddr *)&address, sizeof(address));
    snprintf(text, sizeof(text), "127.0.0.1:%d", port);
    CHECK_INT(STATUS_UNAVAILABLE, http_address_check_free(text, &port, failure, sizeof(failure)));
    CHECK_STRING("address in use by another process", failure);
    close(fd);
    CHECK_INT(STATUS_OK, http_address_check_free(text, &port, failure, sizeof(failure)));
}

static void test_unix_socket(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    char folder[] = "/tmp/herald-address-XXXXXX", text[128], failure[256] = "";
    int port = 1, fd;

    CHECK(mkdtemp(folder) != NULL);
    snprintf(address.sun_path, sizeof(address.sun_path), "%s/socket", folder);
    snprintf(text, sizeof(text), "unix:%s/socket", folder);
    CHECK_INT(STATUS_OK, http_address_check_free(text, &port, failure, sizeof(failure)));
    CHECK_INT(0, port);
    fd = listen_on((struct sockaddr *)&address, sizeof(address));
    CHECK_INT(STATUS_UNAVAILABLE, http_address_check_free(text, &port, failure, sizeof(failure)));
    CHECK_STRING("address in use by another process", failure);
    close(fd); /* as a killed process does: the file stays */
    CHECK_INT(STATUS_OK, http_address_check_free(text, &port, failure, sizeof(failure)));
    CHECK_INT(0, unlink(address.sun_path));
    CHECK_INT(0, rmdir(folder));
}

int main(void)
{
    test_reading();
    test_port();
    test_unix_socket();
    puts("http_address: ok");
    return 0;
}
