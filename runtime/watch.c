#include "runtime/watch.h"

#include <uv.h>

#include "runtime/loop.h"
#include "runtime/memory.h"
#include "runtime/status.h"

struct watch {
    uv_timer_t calm;
    int64_t calm_ms;
    void (*changed)(void *arg);
    void *arg;
    unsigned open_handles;
    size_t folder_count;
    uv_fs_event_t folders[];
};

static void on_calm(uv_timer_t *timer)
{
    struct watch *watch = timer->data;

    watch->changed(watch->arg);
}

static void on_change(uv_fs_event_t *handle, const char *name, int events, int status)
{
    struct watch *watch = handle->data;

    (void)name;
    (void)events;
    if (status != 0) return;
    uv_timer_start(&watch->calm, on_calm, (uint64_t)watch->calm_ms, 0);
    uv_unref((uv_handle_t *)&watch->calm);
}

static void on_closed(uv_handle_t *handle)
{
    struct watch *watch = handle->data;

    if (--watch->open_handles == 0) memory_free(watch);
}

int watch_open(struct loop *loop, const char *const *folders, size_t count, int64_t calm_ms, void (*changed)(void *arg),
               void *arg, struct watch **out)
{
    struct watch *watch = memory_zeroed(1, sizeof(*watch) + count * sizeof(watch->folders[0]));

    watch->calm_ms = calm_ms;
    watch->changed = changed;
    watch->arg = arg;
    uv_timer_init(loop_uv(loop), &watch->calm);
    watch->calm.data = watch;
    watch->open_handles = 1;
    for (size_t i = 0; i < count; i++) {
        uv_fs_event_t *handle = &watch->folders[i];

        uv_fs_event_init(loop_uv(loop), handle);
        handle->data = watch;
        watch->folder_count++;
        watch->open_handles++;
        if (uv_fs_event_start(handle, on_change, folders[i], 0) != 0) {
            watch_close(watch);
            return STATUS_NOT_FOUND;
        }
        uv_unref((uv_handle_t *)handle);
    }
    *out = watch;
    return STATUS_OK;
}

void watch_close(struct watch *watch)
{
    if (watch == NULL) return;
    for (size_t i = 0; i < watch->folder_count; i++)
        uv_close((uv_handle_t *)&watch->folders[i], on_closed);
    uv_close((uv_handle_t *)&watch->calm, on_closed);
}
