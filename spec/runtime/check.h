/*
 * Assertions for the C tests. A failed check names its place and values and ends the test.
 */
#ifndef HERALD_SPEC_CHECK_H
#define HERALD_SPEC_CHECK_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(condition)                                                                  \
    do {                                                                                  \
        if (!(condition)) {                                                               \
            fprintf(stderr, "%s:%d: check failed: %s\n", __FILE__, __LINE__, #condition); \
            exit(1);                                                                      \
        }                                                                                 \
    } while (0)

#define CHECK_INT(expected, actual)                                                                                   \
    do {                                                                                                              \
        long long expected_ = (long long)(expected), actual_ = (long long)(actual);                                   \
        if (expected_ != actual_) {                                                                                   \
            fprintf(stderr, "%s:%d: %s: expected %lld, got %lld\n", __FILE__, __LINE__, #actual, expected_, actual_); \
            exit(1);                                                                                                  \
        }                                                                                                             \
    } while (0)

#define CHECK_STRING(expected, actual)                                                                          \
    do {                                                                                                        \
        const char *expected_ = (expected), *actual_ = (actual);                                                \
        if (actual_ == NULL || strcmp(expected_, actual_) != 0) {                                               \
            fprintf(stderr, "%s:%d: %s: expected \"%s\", got \"%s\"\n", __FILE__, __LINE__, #actual, expected_, \
                    actual_ != NULL ? actual_ : "(null)");                                                      \
            exit(1);                                                                                            \
        }                                                                                                       \
    } while (0)

#endif
