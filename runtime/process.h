/*
 * Runs another program, collects what it prints, and ends it when it takes too long.
 */
#ifndef HERALD_PROCESS_H
#define HERALD_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct loop;
struct process;

/* Everything is the caller's, and needed only while process_start runs. */
struct process_options {
    const char *const *arguments;   /* the program first, found on the PATH; NULL-terminated */
    const char *const *environment; /* NAME=VALUE; NULL-terminated; NULL: this process's own */
    int64_t timeout_ms;             /* killed after that; 0: never */
    size_t output_most;             /* bytes; what is printed beyond them is dropped */
};

struct process_result {
    int exit_code;
    int signal;         /* that ended it; 0: none */
    bool is_late;       /* it was killed by timeout_ms */
    bool is_cut;        /* it printed more than output_most */
    const char *output; /* of both standard outputs, in the order of printing; lives while done runs */
    size_t output_len;
};

/*
 * Starts the program with an empty standard input. done(arg, result) is called once on the loop's thread when it has
 * ended, and the process is gone with it. STATUS_NOT_FOUND when there is no such program, STATUS_UNAVAILABLE when the
 * system cannot start it; then done is not called.
 */
int process_start(struct loop *loop, const struct process_options *options,
                  void (*done)(void *arg, const struct process_result *result), void *arg, struct process **out);

/* Ends it at once; done is still called. */
void process_kill(struct process *process);

#endif
