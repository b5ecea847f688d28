/*
 * Fuzzes the JSON reader: any bytes give a document whose every node can be visited, or an error with a sentence.
 */
#include <stdint.h>
#include <stdlib.h>

#include "runtime/buffer.h"
#include "runtime/payload.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct payload payload = PAYLOAD_EMPTY;
    struct buffer text = BUFFER_EMPTY;
    char failure[256] = "";

    if (payload_parse(&payload, (const char *)data, size, failure, sizeof(failure)) == 0) {
        for (uint32_t node = 1; node < payload.node_count; node++) {
            const struct payload_node *at = &payload.nodes[node];

            if (at->start > at->end || at->end > size || at->next <= node) abort();
            payload_add_text(&payload, node, &text);
            if (payload_child(&payload, node, at->count) != 0) abort();
            if (at->is_member) payload_find(&payload, 1, (const char *)data + at->key_start, at->key_end - at->key_start);
        }
    } else if (failure[0] == '\0') {
        abort();
    }
    buffer_free(&text);
    payload_free(&payload);
    return 0;
}
