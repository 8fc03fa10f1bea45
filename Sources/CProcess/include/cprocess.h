#ifndef MEDUSA_CPROCESS_H
#define MEDUSA_CPROCESS_H

#include <sys/types.h>

/// A program that runs as long as this one at most.
struct companion {
    /// 0 where it does not run.
    pid_t process;
    /// Whether it and what it starts are a process group of their own, which its process leads.
    int has_group;
    /// Why it does not run: an `errno`.
    int failure;
    /// When this closes without `companion_release`, the guard ends it.
    int lifeline;
};

/// Starts a program, which is looked for in PATH.
///
/// It gets a process group of its own unless this program has the terminal: there, Ctrl-C has to reach both. However this program
/// ends, SIGKILL too, the kernel ends the command (PR_SET_PDEATHSIG), and a guard, which waits for nothing else, ends the group.
/// To be called from the main thread: the kernel means the thread by "parent".
///
/// What this program blocks is not blocked there; SIGPIPE and SIGXFSZ, which it ignores for itself, are not ignored there.
struct companion companion_start(char *_Nullable const *_Nonnull arguments, char *_Nullable const *_Nonnull environment);

/// Whether it has ended. It stays a zombie until `companion_take_status`, so that its number is nobody else's.
int companion_has_ended(const struct companion *_Nonnull companion);

/// Sends a signal: to the group, or where it has none, to the command.
void companion_signal(const struct companion *_Nonnull companion, int signal);

/// Takes the status of the command, as waitpid(2) has it; waits for its end.
int companion_take_status(struct companion *_Nonnull companion);

/// Whether anything of its group runs on, once its status is taken.
int companion_has_rest(const struct companion *_Nonnull companion);

/// Lets the guard go: from now on nobody ends what still runs.
void companion_release(struct companion *_Nonnull companion);

#endif
