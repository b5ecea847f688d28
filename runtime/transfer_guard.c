/* Addresses as 16 bytes, IPv4 ones mapped into IPv6, so that a network is a prefix of them whatever it is written as. */
#include "runtime/transfer_guard.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "runtime/memory.h"
#include "runtime/status.h"

#define RULE_MOST 300

struct network {
    unsigned char bytes[16];
    int bits;
};

struct rule {
    char *host; /* NULL: a network */
    struct network network;
    int port; /* 0: any */
    struct rule *next;
};

struct transfer_guard {
    struct rule *rules;
};

/* What is not the public internet: IANA's registries of special-purpose addresses. */
static const char *const special[] = {
    "0.0.0.0/8",     "10.0.0.0/8",     "100.64.0.0/10",   "127.0.0.0/8",  "169.254.0.0/16", "172.16.0.0/12",
    "192.0.0.0/24",  "192.0.2.0/24",   "192.88.99.0/24",  "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
    "203.0.113.0/24", "224.0.0.0/4",   "240.0.0.0/4",     "::/96",        "64:ff9b:1::/48", "100::/64",
    "2001::/23",     "2001:db8::/32",  "fc00::/7",        "fe80::/10",    "fec0::/10",      "ff00::/8",
};

/* IPv6 networks that carry an IPv4 address, which then counts: where it begins in them. */
static const struct {
    const char *network;
    size_t offset;
} carriers[] = {{"64:ff9b::/96", 12}, {"2002::/16", 2}};

static bool read_address(const char *text, struct network *out)
{
    unsigned char four[4];

    out->bits = 128;
    if (inet_pton(AF_INET6, text, out->bytes) == 1) return true;
    if (inet_pton(AF_INET, text, four) != 1) return false;
    memset(out->bytes, 0, 10);
    memset(out->bytes + 10, 0xff, 2);
    memcpy(out->bytes + 12, four, 4);
    return true;
}

/* "10.0.0.0/8", or an address alone. */
static bool read_network(const char *text, struct network *out)
{
    char address[64];
    const char *slash = strchr(text, '/');
    size_t len = slash != NULL ? (size_t)(slash - text) : strlen(text);
    bool is_four = strchr(text, ':') == NULL;
    char *end;
    long bits;

    if (len >= sizeof(address)) return false;
    memcpy(address, text, len);
    address[len] = '\0';
    if (!read_address(address, out)) return false;
    if (slash == NULL) return true;
    bits = strtol(slash + 1, &end, 10);
    if (slash[1] < '0' || slash[1] > '9' || *end != '\0' || bits > (is_four ? 32 : 128)) return false;
    out->bits = (int)bits + (is_four ? 96 : 0);
    return true;
}

static bool contains(const struct network *network, const unsigned char address[16])
{
    int whole = network->bits / 8, rest = network->bits % 8;

    if (memcmp(network->bytes, address, (size_t)whole) != 0) return false;
    return rest == 0 || ((network->bytes[whole] ^ address[whole]) >> (8 - rest)) == 0;
}

static bool is_special(const unsigned char address[16])
{
    struct network network;

    for (size_t i = 0; i < sizeof(special) / sizeof(special[0]); i++) {
        if (read_network(special[i], &network) && contains(&network, address)) return true;
    }
    for (size_t i = 0; i < sizeof(carriers) / sizeof(carriers[0]); i++) {
        unsigned char carried[16] = {[10] = 0xff, [11] = 0xff};

        if (!read_network(carriers[i].network, &network) || !contains(&network, address)) continue;
        memcpy(carried + 12, address + carriers[i].offset, 4);
        return is_special(carried);
    }
    return false;
}

struct transfer_guard *transfer_guard_new(void)
{
    return memory_zeroed(1, sizeof(struct transfer_guard));
}

void transfer_guard_free(struct transfer_guard *guard)
{
    struct rule *rule;

    if (guard == NULL) return;
    while ((rule = guard->rules) != NULL) {
        guard->rules = rule->next;
        memory_free(rule->host);
        memory_free(rule);
    }
    memory_free(guard);
}

/* Cuts ":9000" off the end of text; false for one that is no port. In IPv6's own text the colons are its own. */
static bool cut_port(char *text, int *out_port)
{
    char *colon = strrchr(text, ':'), *end;
    bool has_port = colon != NULL && (text[0] == '[' ? colon[-1] == ']' : strchr(text, ':') == colon);
    long port;

    *out_port = 0;
    if (!has_port) return true;
    port = strtol(colon + 1, &end, 10);
    if (colon[1] < '0' || colon[1] > '9' || *end != '\0' || port < 1 || port > 65535) return false;
    *colon = '\0';
    *out_port = (int)port;
    return true;
}

static void cut_brackets(char *text)
{
    size_t len = strlen(text);

    if (len < 2 || text[0] != '[' || text[len - 1] != ']') return;
    memmove(text, text + 1, len - 2);
    text[len - 2] = '\0';
}

static bool is_name(const char *text)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";
    size_t len = strlen(text);

    return len > 0 && len < 254 && strspn(text, allowed) == len && strspn(text, "0123456789.") != len;
}

int transfer_guard_allow(struct transfer_guard *guard, const char *text)
{
    char rule_text[RULE_MOST];
    struct rule rule = {0}, *kept;

    if (strlen(text) >= sizeof(rule_text)) return STATUS_INVALID;
    memcpy(rule_text, text, strlen(text) + 1);
    if (!cut_port(rule_text, &rule.port)) return STATUS_INVALID;
    cut_brackets(rule_text);
    if (!read_network(rule_text, &rule.network)) {
        if (!is_name(rule_text)) return STATUS_INVALID;
        rule.host = memory_copy_string(rule_text);
    }
    kept = memory_zeroed(1, sizeof(*kept));
    *kept = rule;
    kept->next = guard->rules;
    guard->rules = kept;
    return STATUS_OK;
}

static bool read_socket_address(const struct sockaddr *address, unsigned char out[16], int *out_port)
{
    struct network network = {.bytes = {[10] = 0xff, [11] = 0xff}};

    if (address->sa_family == AF_INET) {
        const struct sockaddr_in *four = (const struct sockaddr_in *)(const void *)address;

        memcpy(network.bytes + 12, &four->sin_addr, 4);
        *out_port = ntohs(four->sin_port);
    } else if (address->sa_family == AF_INET6) {
        const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)(const void *)address;

        memcpy(network.bytes, &six->sin6_addr, 16);
        *out_port = ntohs(six->sin6_port);
    } else {
        return false;
    }
    memcpy(out, network.bytes, 16);
    return true;
}

bool transfer_guard_permits(const struct transfer_guard *guard, const char *host, int port, const struct sockaddr *to)
{
    unsigned char address[16];
    int to_port;

    if (!read_socket_address(to, address, &to_port)) return false;
    if (!is_special(address)) return true;
    for (const struct rule *rule = guard->rules; rule != NULL; rule = rule->next) {
        if (rule->port != 0 && rule->port != (rule->host != NULL ? port : to_port)) continue;
        if (rule->host != NULL ? strcasecmp(rule->host, host) == 0 : contains(&rule->network, address)) return true;
    }
    return false;
}
