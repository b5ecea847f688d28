/*
 * Fuzzes dates and durations: what is read can be written, and is read again as the same instant.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/window.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char text[WINDOW_TEXT_SIZE];
    const char *why = NULL;
    int64_t ms, again;

    if (window_parse((const char *)data, size, "Europe/Paris", &ms, &why) == 0) {
        if (window_format(ms, NULL, text) == 0 && (window_parse(text, strlen(text), NULL, &again, &why) != 0 || again != ms)) abort();
    } else if (why == NULL) {
        abort();
    }
    why = NULL;
    if (window_parse_duration((const char *)data, size, &ms, &why) != 0 && why == NULL) abort();
    return 0;
}
