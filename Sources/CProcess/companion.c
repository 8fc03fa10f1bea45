#define _GNU_SOURCE
#include "cprocess.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/// Whether this program may read the terminal now.
static int has_terminal(void)
{
    int terminal = open("/dev/tty", O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (terminal < 0)
        return 0;
    int is_ours = tcgetpgrp(terminal) == getpgrp();
    close(terminal);
    return is_ours;
}

static void become_command(
    char *const *arguments, char *const *environment, pid_t parent, int has_group, int report, int gate)
{
    if (has_group)
        setpgid(0, 0);
    // Nothing begins before its guard is there. The end of the parent opens no gate.
    char byte;
    ssize_t count;
    do
        count = read(gate, &byte, 1);
    while (count < 0 && errno == EINTR);
    if (count != 1)
        _exit(127);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    // It may have ended in between.
    if (getppid() != parent)
        _exit(127);
    signal(SIGPIPE, SIG_DFL);
    signal(SIGXFSZ, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execvpe(arguments[0], arguments, environment);
    int failure = errno;
    (void)!write(report, &failure, sizeof failure);
    _exit(127);
}

/// Waits until nobody holds the other end of the lifeline. A byte says that all is well.
static void become_guard(pid_t target, int lifeline)
{
    // In a session of its own no terminal's signal and no group's reaches it, and all descriptors but one are others' business:
    // whoever reads the command's output waits for their end.
    setsid();
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    dup2(lifeline, 0);
    if (close_range(1, ~0U, 0) != 0)
        for (int descriptor = 1; descriptor < 65536; descriptor++)
            close(descriptor);
    char byte;
    ssize_t count;
    do
        count = read(0, &byte, 1);
    while (count < 0 && errno == EINTR);
    if (count == 0)
        kill(target, SIGKILL);
    _exit(0);
}

struct companion companion_start(char *const *arguments, char *const *environment)
{
    struct companion companion = {0, !has_terminal(), 0, -1};
    // What became of the start, the guard's lifeline, and the gate before which the command waits for its guard.
    int pipes[3][2];
    for (int index = 0; index < 3; index++) {
        if (pipe2(pipes[index], O_CLOEXEC) == 0)
            continue;
        companion.failure = errno;
        while (index-- > 0) {
            close(pipes[index][0]);
            close(pipes[index][1]);
        }
        return companion;
    }
    int *report = pipes[0], *lifeline = pipes[1], *gate = pipes[2];
    pid_t parent = getpid();
    pid_t child = fork();
    if (child == 0) {
        close(gate[1]);
        close(lifeline[1]);
        become_command(arguments, environment, parent, companion.has_group, report[1], gate[0]);
    }
    int failure = child < 0 ? errno : 0;
    close(report[1]);
    close(gate[0]);
    if (child > 0) {
        // Both sides do it, so that it is done whoever comes first; once the command has begun it is refused.
        if (companion.has_group)
            setpgid(child, child);
        pid_t guard = fork();
        if (guard == 0) {
            close(lifeline[1]);
            close(gate[1]);
            become_guard(companion.has_group ? -child : child, lifeline[0]);
        }
        if (guard < 0) {
            // Without a guard it does not begin.
            failure = errno;
            close(gate[1]);
            gate[1] = -1;
        } else {
            char byte = 1;
            (void)!write(gate[1], &byte, 1);
        }
        // Nothing at all is written where it has begun: the descriptor closes then.
        while (read(report[0], &failure, sizeof failure) < 0 && errno == EINTR) {}
    }
    close(report[0]);
    close(lifeline[0]);
    if (gate[1] >= 0)
        close(gate[1]);
    companion.lifeline = lifeline[1];
    companion.process = child;
    if (failure != 0) {
        companion_release(&companion);
        if (child > 0)
            companion_take_status(&companion);
        companion.process = 0;
        companion.failure = failure;
    }
    return companion;
}

int companion_has_ended(const struct companion *companion)
{
    siginfo_t info = {0};
    return waitid(P_PID, (id_t)companion->process, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid != 0;
}

void companion_signal(const struct companion *companion, int signal)
{
    if (companion->process > 0)
        kill(companion->has_group ? -companion->process : companion->process, signal);
}

int companion_take_status(struct companion *companion)
{
    int status = 0;
    while (waitpid(companion->process, &status, 0) < 0 && errno == EINTR) {}
    return status;
}

int companion_has_rest(const struct companion *companion)
{
    // The number stays the group's as long as anybody is in it.
    return companion->has_group && companion->process > 0 && kill(-companion->process, 0) == 0;
}

void companion_release(struct companion *companion)
{
    char byte = 1;
    (void)!write(companion->lifeline, &byte, 1);
    close(companion->lifeline);
    companion->lifeline = -1;
}
