#ifndef MEDUSA_CSOCKET_H
#define MEDUSA_CSOCKET_H

#include <stddef.h>
#include <sys/types.h>

/// What reads a connection's bytes in the place of recv(2), on this thread.
///
/// Returns what recv(2) returns, and -1 when there is nothing yet, -2 when the connection is broken.
typedef ssize_t (*receive_hook)(void *_Nullable context, int socket, void *_Nonnull buffer, size_t count);

/// Sets the hook of this thread; NULL takes it away.
void receive_set_hook(receive_hook _Nullable hook, void *_Nullable context);

/// recv(2) itself.
ssize_t receive_plainly(int socket, void *_Nonnull buffer, size_t count);

/// How many bytes of what was sent the client has acknowledged; -1 when the kernel does not say.
long long socket_acknowledged(int socket);

#endif
