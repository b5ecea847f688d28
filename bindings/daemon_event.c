/* Events of the daemon: signals and the workers' questions, one after the other, for the main coroutine. */
#include <lauxlib.h>
#include <string.h>

#include "bindings/bindings.h"
#include "bindings/daemon.h"
#include "runtime/memory.h"
#include "runtime/worker.h"

/* What the main thread waits for: a signal, or a worker's question. */
struct event {
    struct event *next;
    char *text; /* the question, or the signal's name; owned */
    struct question *question;
};

/* A worker's coroutine that waits for the main thread's answer. */
struct question {
    struct loop_task task;
    struct daemon *daemon;
    struct loop *loop; /* the worker's */
    struct wait *wait;
    char *text;
    char *answer;
    size_t answer_len;
};

static int push_event(lua_State *L, void *result)
{
    struct event *event = result;

    if (L == NULL) return 0;
    lua_pushstring(L, event->text);
    if (event->question != NULL) {
        lua_pushlightuserdata(L, event->question);
    } else {
        lua_pushnil(L);
    }
    memory_free(event->text);
    memory_free(event);
    return 2;
}

static void deliver_event(struct daemon *daemon)
{
    struct wait *wait = daemon->waiting;
    struct event *event = daemon->first;

    if (wait == NULL || event == NULL) return;
    daemon->waiting = NULL;
    daemon->first = event->next;
    if (daemon->first == NULL) daemon->last = &daemon->first;
    wait_finish(wait, push_event, event);
}

static void add_event(struct daemon *daemon, const char *text, struct question *question)
{
    struct event *event = memory_zeroed(1, sizeof(*event));

    event->text = memory_copy_string(text);
    event->question = question;
    *daemon->last = event;
    daemon->last = &event->next;
    deliver_event(daemon);
}

static void later_deliver(void *arg)
{
    deliver_event(arg);
}

/* daemon:next() -> text, question | nil  (a signal: "reload" or "terminate"; else what a worker asks; waits) */
int daemon_next(lua_State *L)
{
    struct daemon *daemon = check_daemon(L);

    if (daemon->waiting != NULL) return luaL_error(L, "someone waits for the next event already");
    daemon->waiting = wait_new(L, NULL, NULL);
    /* Never before the wait is suspended. */
    if (daemon->first != NULL) loop_timer_start(daemon->loop, 0, later_deliver, daemon);
    return wait_suspend(L, daemon->waiting);
}

static int push_answer(lua_State *L, void *result)
{
    struct question *question = result;

    if (L != NULL) lua_pushlstring(L, question->answer, question->answer_len);
    memory_free(question->text);
    memory_free(question->answer);
    memory_free(question);
    return L != NULL ? 1 : 0;
}

static void run_answer(struct loop_task *task)
{
    struct question *question = (struct question *)task;

    wait_finish(question->wait, push_answer, question);
}

static void run_question(struct loop_task *task)
{
    struct question *question = (struct question *)task;

    add_event(question->daemon, question->text, question);
}

/* daemon:answer(question, text)  (once for each question) */
int daemon_answer(lua_State *L)
{
    struct question *question;
    const char *text;
    size_t len;

    check_daemon(L);
    luaL_checktype(L, 2, LUA_TLIGHTUSERDATA);
    text = luaL_checklstring(L, 3, &len);
    question = lua_touserdata(L, 2);
    question->answer = memory_copy(text, len);
    question->answer_len = len;
    question->task.run = run_answer;
    loop_post(question->loop, &question->task);
    return 0;
}

/* context.ask(text) -> text  (in a worker; waits) */
int daemon_ask(lua_State *L)
{
    struct worker_data *worker = lua_touserdata(L, lua_upvalueindex(1));
    const char *text = luaL_checkstring(L, 1);
    struct wait *wait = wait_new(L, NULL, NULL);
    struct question *question = memory_zeroed(1, sizeof(*question));

    question->daemon = worker->daemon;
    question->loop = worker_loop(worker->worker);
    question->wait = wait;
    question->text = memory_copy_string(text);
    question->task.run = run_question;
    loop_post(worker->daemon->loop, &question->task);
    return wait_suspend(L, wait);
}

/* Once is enough for a signal that came again before the first was heard of. */
void daemon_add_event(struct daemon *daemon, const char *text)
{
    for (const struct event *event = daemon->first; event != NULL; event = event->next) {
        if (event->question == NULL && strcmp(event->text, text) == 0) return;
    }
    add_event(daemon, text, NULL);
}

void daemon_add_report(struct daemon *daemon, const char *text)
{
    add_event(daemon, text, NULL);
}

void daemon_free_events(struct daemon *daemon)
{
    struct event *event;

    while ((event = daemon->first) != NULL) {
        daemon->first = event->next;
        memory_free(event->text);
        memory_free(event);
    }
}
