#include "runtime/cpu_alarm.h"

#include <signal.h>
#include <unistd.h>

#include "runtime/status.h"
#include "spec/runtime/check.h"

#define PATIENCE_NS INT64_C(5000000000)

static volatile sig_atomic_t rings;

static void ring(void *arg)
{
    (void)arg;
    rings++;
}

/* Works without a call into the system's sleep, until enough rings came or patience is over. */
static void work(int wanted)
{
    int64_t until = cpu_alarm_now_ns() + PATIENCE_NS;

    while (rings < wanted && cpu_alarm_now_ns() < until)
        continue;
}

int main(void)
{
    struct cpu_alarm *alarm = NULL;
    int64_t start;

    CHECK_INT(STATUS_OK, cpu_alarm_open(ring, NULL, &alarm));
    start = cpu_alarm_now_ns();
    cpu_alarm_set(alarm, start + 20000000);
    work(1);
    CHECK(rings >= 1);
    CHECK(cpu_alarm_now_ns() - start >= 20000000);
    /* It repeats, until it is set anew. */
    work(3);
    CHECK(rings >= 3);
    cpu_alarm_set(alarm, 0);
    rings = 0;
    start = cpu_alarm_now_ns();
    while (cpu_alarm_now_ns() - start < 30000000)
        continue;
    CHECK_INT(0, rings);
    /* One that is closed while it is set does not ring. */
    cpu_alarm_set(alarm, cpu_alarm_now_ns() + 1000000);
    cpu_alarm_close(alarm);
    start = cpu_alarm_now_ns();
    while (cpu_alarm_now_ns() - start < 30000000)
        continue;
    CHECK_INT(0, rings);
    cpu_alarm_close(NULL);
    return 0;
}
