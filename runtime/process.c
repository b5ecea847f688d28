#include "runtime/process.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>
#include <uv.h>

#include "runtime/buffer.h"
#include "runtime/loop.h"
#include "runtime/memory.h"
#include "runtime/status.h"

/* How long the output is still read after the end: a child of its own may hold it open. */
#define LAST_WORDS_MS 200

#define READ_SIZE 65536

struct process {
    uv_process_t handle;
    uv_pipe_t pipe;
    uv_timer_t timer; /* the time limit, then the wait for the last words */
    unsigned open_handles;
    bool has_exited, is_closing;
    size_t output_most;
    struct buffer output;
    struct process_result result;
    void (*done)(void *arg, const struct process_result *result);
    void *arg;
    char bytes[READ_SIZE];
};

static void on_closed(uv_handle_t *handle)
{
    struct process *process = handle->data;

    if (--process->open_handles > 0) return;
    if (process->done != NULL) {
        process->result.output = process->output.len > 0 ? process->output.bytes : "";
        process->result.output_len = process->output.len;
        process->done(process->arg, &process->result);
    }
    buffer_free(&process->output);
    memory_free(process);
}

static void close_all(struct process *process)
{
    if (process->is_closing) return;
    process->is_closing = true;
    uv_close((uv_handle_t *)&process->timer, on_closed);
    uv_close((uv_handle_t *)&process->pipe, on_closed);
    uv_close((uv_handle_t *)&process->handle, on_closed);
}

static void on_timer(uv_timer_t *timer)
{
    struct process *process = timer->data;

    if (process->has_exited) {
        close_all(process);
        return;
    }
    process->result.is_late = true;
    process_kill(process);
}

static void on_exit(uv_process_t *handle, int64_t exit_code, int signal)
{
    struct process *process = handle->data;

    process->has_exited = true;
    process->result.exit_code = (int)exit_code;
    process->result.signal = signal;
    if (!uv_is_active((uv_handle_t *)&process->pipe)) {
        close_all(process);
        return;
    }
    uv_timer_start(&process->timer, on_timer, LAST_WORDS_MS, 0);
}

static void lend_bytes(uv_handle_t *handle, size_t suggested, uv_buf_t *out)
{
    struct process *process = handle->data;

    (void)suggested;
    *out = uv_buf_init(process->bytes, READ_SIZE);
}

static void on_output(uv_stream_t *stream, ssize_t count, const uv_buf_t *bytes)
{
    struct process *process = stream->data;
    size_t room = process->output_most - process->output.len, len = count > 0 ? (size_t)count : 0;

    if (count < 0) {
        uv_read_stop(stream);
        if (process->has_exited) close_all(process);
        return;
    }
    if (len > room) process->result.is_cut = true;
    buffer_add(&process->output, bytes->base, len < room ? len : room);
}

static int spawn(struct process *process, struct loop *loop, const struct process_options *options, int output)
{
    uv_stdio_container_t streams[3] = {{.flags = UV_IGNORE}};
    uv_process_options_t all = {.exit_cb = on_exit, .stdio_count = 3, .stdio = streams};

    for (int i = 1; i < 3; i++) {
        streams[i].flags = UV_INHERIT_FD;
        streams[i].data.fd = output;
    }
    all.file = options->arguments[0];
    all.args = (char **)options->arguments;
    all.env = (char **)options->environment;
    return uv_spawn(loop_uv(loop), &process->handle, &all);
}

static struct process *new_process(struct loop *loop, const struct process_options *options)
{
    struct process *process = memory_zeroed(1, sizeof(*process));

    process->output_most = options->output_most;
    process->handle.data = process->pipe.data = process->timer.data = process;
    uv_timer_init(loop_uv(loop), &process->timer);
    uv_pipe_init(loop_uv(loop), &process->pipe, 0);
    process->open_handles = 3;
    return process;
}

int process_start(struct loop *loop, const struct process_options *options,
                  void (*done)(void *arg, const struct process_result *result), void *arg, struct process **out)
{
    struct process *process;
    int ends[2], failure;

    if (pipe2(ends, O_CLOEXEC) != 0) return STATUS_UNAVAILABLE;
    process = new_process(loop, options);
    uv_pipe_open(&process->pipe, ends[0]);
    failure = spawn(process, loop, options, ends[1]);
    close(ends[1]);
    if (failure != 0) {
        close_all(process); /* without done, which is not set yet */
        return failure == UV_ENOENT ? STATUS_NOT_FOUND : STATUS_UNAVAILABLE;
    }
    process->done = done;
    process->arg = arg;
    uv_read_start((uv_stream_t *)&process->pipe, lend_bytes, on_output);
    if (options->timeout_ms > 0) uv_timer_start(&process->timer, on_timer, (uint64_t)options->timeout_ms, 0);
    *out = process;
    return STATUS_OK;
}

void process_kill(struct process *process)
{
    if (!process->has_exited) uv_process_kill(&process->handle, SIGKILL);
}
