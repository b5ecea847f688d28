/* The guard's verdicts on addresses, and the rules that it takes. */
#include "runtime/transfer_guard.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "runtime/status.h"
#include "spec/runtime/check.h"

static bool permits(const struct transfer_guard *guard, const char *host, const char *address, int port)
{
    struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)};

    if (inet_pton(AF_INET, address, &four.sin_addr) == 1)
        return transfer_guard_permits(guard, host, port, (const struct sockaddr *)(const void *)&four);
    CHECK(inet_pton(AF_INET6, address, &six.sin6_addr) == 1);
    return transfer_guard_permits(guard, host, port, (const struct sockaddr *)(const void *)&six);
}

static void test_private_addresses(void)
{
    static const char *const refused[] = {
        "127.0.0.1",     "127.255.0.3",        "10.1.2.3",         "172.16.0.1",         "172.31.255.255",
        "192.168.1.1",   "169.254.169.254",    "0.0.0.0",          "100.64.0.1",         "224.0.0.1",
        "255.255.255.255", "::1",              "::",               "fe80::1",            "fc00::1",
        "fd12:3456::1",  "::ffff:127.0.0.1",   "::ffff:10.0.0.1",  "::127.0.0.1",        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe", "2002:7f00:1::1", "2002:a00:1::",    "2001:db8::1",        "ff02::1",
        "fec0::1",
    };
    static const char *const permitted[] = {"8.8.8.8", "172.32.0.1", "172.15.0.1", "11.0.0.1", "100.128.0.1",
                                            "2606:4700::1", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"};
    struct transfer_guard *guard = transfer_guard_new();

    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
        CHECK(!permits(guard, refused[i], refused[i], 80));
    for (size_t i = 0; i < sizeof(permitted) / sizeof(permitted[0]); i++)
        CHECK(permits(guard, permitted[i], permitted[i], 80));
    transfer_guard_free(guard);
}

static void test_rules(void)
{
    static const char *const rules[] = {"127.0.0.1:9000", "10.0.0.0/8", "internal.example.com", "other.example:8443",
                                        "[fd00::1]:443", "fd01::/16"};
    static const char *const wrong[] = {"",           "10.0.0.0/33", "10.0.0.0/", "127.0.0.1:0", "127.0.0.1:x",
                                        "a b",        "1.2.3",       "fd00::/129", "http://x",   "127.0.0.1:99999"};
    struct transfer_guard *guard = transfer_guard_new();

    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
        CHECK(transfer_guard_allow(guard, rules[i]) == STATUS_OK);
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        CHECK(transfer_guard_allow(guard, wrong[i]) == STATUS_INVALID);
    CHECK(permits(guard, "x", "127.0.0.1", 9000));
    CHECK(!permits(guard, "x", "127.0.0.1", 9001));
    CHECK(permits(guard, "x", "::ffff:10.9.9.9", 1));
    CHECK(!permits(guard, "x", "192.168.0.1", 80));
    CHECK(permits(guard, "Internal.Example.com", "192.168.0.1", 80));
    CHECK(!permits(guard, "x.internal.example.com", "192.168.0.1", 80));
    CHECK(permits(guard, "other.example", "127.0.0.1", 8443));
    CHECK(!permits(guard, "other.example", "127.0.0.1", 80));
    CHECK(permits(guard, "x", "fd00::1", 443));
    CHECK(!permits(guard, "x", "fd00::1", 444));
    CHECK(permits(guard, "x", "fd01::9", 444));
    transfer_guard_free(guard);
}

int main(void)
{
    test_private_addresses();
    test_rules();
    return 0;
}
