/* CPU alarms: POSIX timers on a thread's CPU clock, which signal that same thread. */
#include "runtime/cpu_alarm.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "runtime/memory.h"
#include "runtime/status.h"

#define AGAIN_NS 5000000
#define SECOND_NS 1000000000

#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

struct cpu_alarm {
    timer_t timer;
    void (*ring)(void *arg);
    void *arg;
};

static void on_signal(int number, siginfo_t *info, void *context)
{
    struct cpu_alarm *alarm = info->si_value.sival_ptr;
    int kept = errno;

    (void)number;
    (void)context;
    if (info->si_code == SI_TIMER) alarm->ring(alarm->arg);
    errno = kept;
}

/* libuv and libcurl use no real-time signals. */
static int alarm_signal(void)
{
    return SIGRTMIN + 4;
}

static void install_handler(void)
{
    struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_RESTART};

    sigfillset(&action.sa_mask);
    sigaction(alarm_signal(), &action, NULL);
}

static void accept_signal(void)
{
    sigset_t signals;

    sigemptyset(&signals);
    sigaddset(&signals, alarm_signal());
    pthread_sigmask(SIG_UNBLOCK, &signals, NULL);
}

int cpu_alarm_open(void (*ring)(void *arg), void *arg, struct cpu_alarm **out)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct cpu_alarm *alarm = memory_zeroed(1, sizeof(*alarm));
    struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID};

    pthread_once(&once, install_handler);
    accept_signal();
    alarm->ring = ring;
    alarm->arg = arg;
    event.sigev_signo = alarm_signal();
    event.sigev_value.sival_ptr = alarm;
    event.sigev_notify_thread_id = (pid_t)syscall(SYS_gettid);
    if (timer_create(CLOCK_THREAD_CPUTIME_ID, &event, &alarm->timer) != 0) {
        memory_free(alarm);
        return STATUS_UNAVAILABLE;
    }
    *out = alarm;
    return STATUS_OK;
}

void cpu_alarm_close(struct cpu_alarm *alarm)
{
    if (alarm == NULL) return;
    timer_delete(alarm->timer);
    memory_free(alarm);
}

int64_t cpu_alarm_now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * SECOND_NS + now.tv_nsec;
}

void cpu_alarm_set(struct cpu_alarm *alarm, int64_t at_ns)
{
    struct itimerspec when = {.it_value = {.tv_sec = at_ns / SECOND_NS, .tv_nsec = at_ns % SECOND_NS}};

    if (at_ns != 0) when.it_interval.tv_nsec = AGAIN_NS;
    timer_settime(alarm->timer, TIMER_ABSTIME, &when, NULL);
}
