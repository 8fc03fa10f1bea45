// libmicrohttpd's variadic functions, which Swift cannot call, each with its arguments fixed.
// Note for whoever edits this file: an incremental build does not notice a changed header here.
#ifndef MEDUSA_MICROHTTPD_SHIM_H
#define MEDUSA_MICROHTTPD_SHIM_H

#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

/// Starts a daemon that runs on the caller's own thread and epoll loop (external polling), with suspend and resume. It does not listen:
/// connections are handed to it. Returns NULL with `errno` set when it does not start.
static inline struct MHD_Daemon *
shim_start_daemon(
    unsigned int connection_limit, unsigned int idle_timeout_s, size_t connection_memory,
    MHD_AccessHandlerCallback handle, void *context, MHD_NotifyConnectionCallback connection_changed,
    void *(*target_received)(void *, const char *, struct MHD_Connection *),
    MHD_RequestCompletedCallback request_completed)
{
    return MHD_start_daemon(
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_NO_LISTEN_SOCKET, 0, NULL, NULL, handle, context,
        MHD_OPTION_CONNECTION_LIMIT, connection_limit,
        MHD_OPTION_CONNECTION_TIMEOUT, idle_timeout_s,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, connection_memory,
        MHD_OPTION_NOTIFY_CONNECTION, connection_changed, context,
        MHD_OPTION_URI_LOG_CALLBACK, target_received, context,
        MHD_OPTION_NOTIFY_COMPLETED, request_completed, context,
        MHD_OPTION_END);
}

static inline int
shim_epoll_descriptor(struct MHD_Daemon *daemon)
{
    return MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
}

static inline int
shim_connection_socket(struct MHD_Connection *connection)
{
    return MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
}

/// A connection that waits to be taken; -1 with `errno` when there is none. accept4(2) is a GNU extension, which Swift does not see.
int accept4(int, struct sockaddr *, socklen_t *, int);
static inline int
shim_accept(int listen_socket, struct sockaddr *address, socklen_t *size)
{
    return accept4(listen_socket, address, size, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

/// What `connection_changed` stored for the connection, found from one of its requests.
static inline void *
shim_connection_context(struct MHD_Connection *connection)
{
    return MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
}

/// What a content reader returns to close the connection in the middle of a body.
static const ssize_t shim_end_with_error = MHD_CONTENT_READER_END_WITH_ERROR;
static const ssize_t shim_end_of_stream = MHD_CONTENT_READER_END_OF_STREAM;
static const uint64_t shim_unknown_size = MHD_SIZE_UNKNOWN;

/// A descriptor that becomes readable when SIGTERM or SIGINT arrives, and if `for_command` is not 0, SIGCHLD or what else people and
/// terminals send to end a command or to tell it something; all of them are blocked for every other purpose. SIGPIPE is ignored, so
/// that a client that goes away is an error and not the end of the program.
static inline int
shim_signals(int for_command)
{
    static const int others[] = {SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2};
    sigset_t wanted;
    sigemptyset(&wanted);
    sigaddset(&wanted, SIGTERM);
    sigaddset(&wanted, SIGINT);
    if (for_command) {
        sigaddset(&wanted, SIGCHLD);
        for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
            // Who is started by nohup is not to hear of SIGHUP; a signal that is ignored would arrive all the same once it is blocked.
            struct sigaction action;
            if (sigaction(others[i], NULL, &action) == 0 && action.sa_handler != SIG_IGN)
                sigaddset(&wanted, others[i]);
        }
    }
    sigprocmask(SIG_BLOCK, &wanted, NULL);
    signal(SIGPIPE, SIG_IGN);
    return signalfd(-1, &wanted, SFD_NONBLOCK | SFD_CLOEXEC);
}

/// The next signal that has arrived; 0 when there is none. `from_terminal` says whether the kernel sent it, and so to every
/// process of the terminal.
static inline int
shim_next_signal(int descriptor, int *from_terminal)
{
    struct signalfd_siginfo info;
    if (read(descriptor, &info, sizeof info) != sizeof info)
        return 0;
    *from_terminal = info.ssi_code == SI_KERNEL;
    return (int)info.ssi_signo;
}

/* A descriptor that becomes readable when something is written to it. */
static inline int shim_event(void) { return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC); }

#endif
