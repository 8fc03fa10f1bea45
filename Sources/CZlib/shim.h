// What Swift does not import of zlib: a macro that is a function with its last arguments filled in.
#ifndef MEDUSA_ZLIB_SHIM_H
#define MEDUSA_ZLIB_SHIM_H

#include <zlib.h>

/// `inflateInit2`.
static inline int
shim_inflate_init(z_stream *stream, int window_bits)
{
    return inflateInit2(stream, window_bits);
}

#endif
