#include "runtime/id.h"
#include "spec/runtime/check.h"

#define EPOCH_MS INT64_C(1577836800000)

int main(void)
{
    struct id_source source = {0, 0}, other = {0, 3};
    int64_t first, last = 0;

    first = id_next(&source, EPOCH_MS + 5, 1);
    CHECK_INT(INT64_C(5) << 22, first);
    CHECK_INT(first + 1, id_next(&source, EPOCH_MS + 5, 20));
    CHECK_INT(first + 21, id_next(&source, EPOCH_MS + 5, 1));
    /* A clock that goes back, and one before the epoch. */
    CHECK_INT(first + 22, id_next(&source, EPOCH_MS, 1));
    CHECK_INT(first + 23, id_next(&source, -5, 1));
    CHECK_INT(INT64_C(6) << 22, id_next(&source, EPOCH_MS + 6, 1));
    /* Another node's ids never meet these. */
    CHECK_INT((INT64_C(6) << 22) | (3 << 14), id_next(&other, EPOCH_MS + 6, 1));
    other.last = INT64_C(6) << 22;
    CHECK(id_next(&other, EPOCH_MS + 6, 1) > INT64_C(6) << 22);
    /* A full millisecond goes on in the next, and what is asked for at once stays together. */
    for (int i = 0; i < 100000; i++) {
        int64_t count = i % 7 == 0 ? ID_MOST_AT_ONCE : 1 + i % 20,
                id = id_next(&source, EPOCH_MS + 7 + i / 5000, count);

        CHECK(id > last);
        CHECK_INT(id >> 14, (id + count - 1) >> 14);
        CHECK_INT(0, (id >> 14) & 255);
        last = id + count - 1;
    }
    CHECK(id_next(&source, INT64_MAX, 1) > 0);
    CHECK_INT(INT64_C(5) << 22, id_least_at(EPOCH_MS + 5));
    CHECK_INT(0, id_least_at(0));
    return 0;
}
