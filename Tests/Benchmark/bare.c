// The floor that the sandbox is measured against: a bare libmicrohttpd server that answers fixed bytes.
// usage: bare GET-BODY-FILE POST-BODY-FILE; prints its port.
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct body { char *bytes; size_t count; } get_body, post_body;

static struct body load(const char *path)
{
    struct body body = { malloc(1 << 20), 0 };
    FILE *file = fopen(path, "rb");
    if (file == NULL) exit(1);
    body.count = fread(body.bytes, 1, 1 << 20, file);
    fclose(file);
    return body;
}

static enum MHD_Result handle(void *context, struct MHD_Connection *connection, const char *url, const char *method,
                              const char *version, const char *piece, size_t *count, void **request)
{
    if (*request == NULL) { *request = &get_body; return MHD_YES; }
    if (*count > 0) { *count = 0; return MHD_YES; }
    struct body *body = method[0] == 'P' ? &post_body : &get_body;
    struct MHD_Response *response = MHD_create_response_from_buffer(body->count, body->bytes, MHD_RESPMEM_PERSISTENT);
    MHD_add_response_header(response, "Content-Type", "application/json; charset=utf-8");
    enum MHD_Result result = MHD_queue_response(connection, 200, response);
    MHD_destroy_response(response);
    return result;
}

int main(int argc, char **argv)
{
    if (argc != 3) return 1;
    get_body = load(argv[1]);
    post_body = load(argv[2]);
    struct MHD_Daemon *daemon = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, 0, NULL, NULL, handle, NULL, MHD_OPTION_END);
    if (daemon == NULL) return 1;
    printf("%u\n", MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT)->port);
    fflush(stdout);
    pause();
}
