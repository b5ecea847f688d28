#include "bindings/give_way.h"

#include "bindings/bindings.h"
#include "bindings/host.h"
#include "runtime/loop.h"
#include "runtime/memory.h"

#define TURN_MS 1 /* not 0: a timer that is due is run before the loop looks at its sockets */

struct turn {
    struct loop_timer *timer;
    struct wait *wait;
};

static void on_turn(void *arg)
{
    struct turn *turn = arg;
    struct wait *wait = turn->wait;

    memory_free(turn);
    wait_finish(wait, NULL, NULL);
}

static void cancel_turn(void *arg)
{
    struct turn *turn = arg;

    loop_timer_cancel(turn->timer);
    on_turn(turn);
}

void give_way(lua_State *L)
{
    struct turn *turn;

    if (!host_can_yield(L)) return;
    turn = memory_zeroed(1, sizeof(*turn));
    turn->wait = wait_new(L, cancel_turn, turn);
    turn->timer = loop_timer_start(host_loop(host_of(L)), TURN_MS, on_turn, turn);
    lua_yield(L, 0);
}
