#include "runtime/http_body_limit.h"

#include <string.h>

#include "spec/runtime/check.h"

static size_t find(const struct http_body_limits *limits, const char *method, const char *path)
{
    return http_body_limits_find(limits, method, path, strlen(path), 9);
}

static void test_paths(void)
{
    struct http_body_limits *limits = http_body_limits_new();

    http_body_limits_add(limits, "POST", "/hooks/orders", 1);
    http_body_limits_add(limits, "POST", "/hooks/{shop}", 2);
    http_body_limits_add(limits, "ANY", "/hooks/{shop}/x", 3);
    http_body_limits_add(limits, "PUT", "/files/{path...}", 4);
    CHECK_INT(1, find(limits, "POST", "/hooks/orders"));
    CHECK_INT(1, find(limits, "POST", "/ajo/hooks/orders/"));
    CHECK_INT(2, find(limits, "POST", "/hooks/order"));
    CHECK_INT(2, find(limits, "POST", "/hooks/orders2"));
    CHECK_INT(9, find(limits, "GET", "/hooks/orders"));
    CHECK_INT(3, find(limits, "DELETE", "/hooks/a/x"));
    CHECK_INT(9, find(limits, "DELETE", "/hooks/a/y"));
    CHECK_INT(9, find(limits, "DELETE", "/hooks/a/x/y"));
    CHECK_INT(4, find(limits, "PUT", "/files/a"));
    CHECK_INT(4, find(limits, "PUT", "/files/a/b/c"));
    CHECK_INT(9, find(limits, "PUT", "/files"));
    CHECK_INT(9, find(limits, "PUT", "/files/"));
    CHECK_INT(9, find(limits, "PUT", ""));
    http_body_limits_free(limits);
}

static void test_nothing(void)
{
    CHECK_INT(9, find(NULL, "PUT", "/files"));
    http_body_limits_free(NULL);
}

int main(void)
{
    test_paths();
    test_nothing();
    return 0;
}
