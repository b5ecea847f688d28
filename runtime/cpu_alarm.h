/*
 * An alarm by CPU time: interrupts the thread that made it once that thread has used so much.
 * For work that nothing else can interrupt. One thread owns an alarm: it alone makes, sets and frees it.
 */
#ifndef HERALD_CPU_ALARM_H
#define HERALD_CPU_ALARM_H

#include <stdint.h>

struct cpu_alarm;

/*
 * ring is called in a signal handler of this thread, so it may do only what is safe there; arg stays the caller's.
 * STATUS_UNAVAILABLE when the system has no timer left.
 */
int cpu_alarm_open(void (*ring)(void *arg), void *arg, struct cpu_alarm **out);

/* NULL does nothing. ring is not called any more. */
void cpu_alarm_close(struct cpu_alarm *alarm);

/* The CPU time that this thread has used so far, in nanoseconds. Safe in ring. */
int64_t cpu_alarm_now_ns(void);

/* Rings when the thread's CPU time passes at_ns, and again each few milliseconds until it is set anew; 0: never. */
void cpu_alarm_set(struct cpu_alarm *alarm, int64_t at_ns);

#endif
