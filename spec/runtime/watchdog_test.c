#include "runtime/watchdog.h"

#include <sys/wait.h>
#include <unistd.h>

#include "runtime/status.h"
#include "spec/runtime/check.h"

/* Starts one in a child that then hangs; the child's exit code. */
static int code_of_hanging_child(int64_t ms)
{
    struct watchdog *watchdog = NULL;
    int state = 0;
    pid_t child = fork();

    CHECK(child >= 0);
    if (child == 0) {
        if (watchdog_start(ms, NULL, "too late", &watchdog) != STATUS_OK) _exit(9);
        for (;;)
            pause();
    }
    CHECK_INT(child, waitpid(child, &state, 0));
    CHECK(WIFEXITED(state));
    return WEXITSTATUS(state);
}

int main(void)
{
    struct watchdog *watchdog = NULL;

    CHECK_INT(1, code_of_hanging_child(1));
    CHECK_INT(1, code_of_hanging_child(1100));
    CHECK_INT(STATUS_OK, watchdog_start(20, NULL, "not in time", &watchdog));
    watchdog_stop(watchdog);
    usleep(40000);
    watchdog_stop(NULL);
    return 0;
}
