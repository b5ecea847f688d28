/* Folders by readdir, files by read. */
#include "runtime/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/buffer.h"
#include "runtime/status.h"

static int status_of(int error)
{
    return error == ENOENT || error == ENOTDIR ? STATUS_NOT_FOUND : STATUS_UNAVAILABLE;
}

int files_list(const char *folder, void (*visit)(void *arg, const char *name, bool is_folder), void *arg)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;
    struct stat about;

    if (dir == NULL) return status_of(errno);
    while ((entry = readdir(dir)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        if (fstatat(dirfd(dir), entry->d_name, &about, 0) != 0) continue;
        if (S_ISDIR(about.st_mode) || S_ISREG(about.st_mode)) visit(arg, entry->d_name, S_ISDIR(about.st_mode));
    }
    closedir(dir);
    return STATUS_OK;
}

static int read_all(int fd, int64_t most, struct buffer *out)
{
    char bytes[16384];
    ssize_t count;
    int64_t total = 0;

    for (;;) {
        count = read(fd, bytes, sizeof(bytes));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return STATUS_UNAVAILABLE;
        if (count == 0) return STATUS_OK;
        total += count;
        if (total > most) return STATUS_TOO_LARGE;
        buffer_add(out, bytes, (size_t)count);
    }
}

int files_read(const char *path, int64_t most, struct buffer *out)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    int status;

    if (fd < 0) return status_of(errno);
    status = read_all(fd, most, out);
    close(fd);
    return status;
}
