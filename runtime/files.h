/*
 * Folders and whole files, as the loader of a project reads them. Every call blocks; none is made on a path of a
 * request.
 */
#ifndef HERALD_FILES_H
#define HERALD_FILES_H

#include <stdbool.h>
#include <stdint.h>

struct buffer;

/*
 * Calls visit for each file and folder in the folder, in no order; "." and ".." are left out, and what is neither a
 * file nor a folder (links are followed). STATUS_NOT_FOUND where there is no such folder, STATUS_UNAVAILABLE else.
 */
int files_list(const char *folder, void (*visit)(void *arg, const char *name, bool is_folder), void *arg);

/* Adds a file's bytes. STATUS_NOT_FOUND, STATUS_TOO_LARGE beyond most bytes, STATUS_UNAVAILABLE. */
int files_read(const char *path, int64_t most, struct buffer *out);

#endif
