// In a file of its own: <linux/tcp.h>, which knows all fields of the structure, and <netinet/tcp.h> exclude each other.
#include "csocket.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <stddef.h>
#include <sys/socket.h>

long long
socket_acknowledged(int socket)
{
    struct tcp_info info;
    socklen_t size = sizeof info;
    if (getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) != 0)
        return -1;
    if (size < offsetof(struct tcp_info, tcpi_bytes_acked) + sizeof info.tcpi_bytes_acked)
        return -1;
    return (long long)info.tcpi_bytes_acked;
}
