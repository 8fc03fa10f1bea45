// What Swift does not import of SQLite: macro expressions, and variadic functions with their arguments fixed.
#ifndef MEDUSA_SQLITE_SHIM_H
#define MEDUSA_SQLITE_SHIM_H

#include <sqlite3.h>

/// SQLite copies the bytes before the call returns.
static inline int
shim_bind_text(sqlite3_stmt *statement, int position, const char *text, int byte_count)
{
    return sqlite3_bind_text(statement, position, text, byte_count, SQLITE_TRANSIENT);
}

static inline int
shim_bind_blob(sqlite3_stmt *statement, int position, const void *bytes, int byte_count)
{
    return sqlite3_bind_blob(statement, position, bytes, byte_count, SQLITE_TRANSIENT);
}

#endif
