// libmicrohttpd reads its sockets by recv(2), and has no way to be given another function. But a program's own `recv` comes before the C
// library's, for a library that is linked dynamically as for one that is linked statically (ELF's symbol interposition, as malloc
// replacements use it). So bytes can be looked at before the library sees them: see HTTPServer/Inflow.swift. Only the thread that has set
// a hook is concerned, and only while it has one: everybody else gets recv(2).
#include "csocket.h"

#include <errno.h>
#include <sys/socket.h>

static _Thread_local receive_hook hook;
static _Thread_local void *hook_context;

void
receive_set_hook(receive_hook new_hook, void *context)
{
    hook = new_hook;
    hook_context = context;
}

ssize_t
receive_plainly(int socket, void *buffer, size_t count)
{
    return recvfrom(socket, buffer, count, 0, NULL, NULL);
}

ssize_t
recv(int socket, void *buffer, size_t count, int flags)
{
    if (!hook || flags != 0)
        return recvfrom(socket, buffer, count, flags, NULL, NULL);
    ssize_t got = hook(hook_context, socket, buffer, count);
    if (got >= 0)
        return got;
    errno = got == -1 ? EAGAIN : ECONNRESET;
    return -1;
}
