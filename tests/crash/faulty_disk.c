/* A disk that dies or fills up at a chosen moment: every call that changes files below one folder is counted,
 * and the chosen one kills the process, before it or in its middle, or fails with an error, as do all after it.
 * Loaded with LD_PRELOAD; it does nothing until fault_arm is called. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

enum { COUNT_ONLY, KILL_BEFORE, KILL_IN_THE_MIDDLE, FAIL_FROM_HERE };

static char folder[PATH_MAX];
static long counted, moment;
static int manner = COUNT_ONLY, reason;

void fault_arm(const char *below, long nth, int how, int error) {
    moment = nth;
    manner = how;
    reason = error;
    counted = 0;
    snprintf(folder, sizeof folder, "%s", below);
}

long fault_counted(void) { return counted; }

static int below(const char *path) {
    return folder[0] && path && strncmp(path, folder, strlen(folder)) == 0;
}

static int fd_below(int fd) {
    char link[64], path[PATH_MAX];
    if (!folder[0] || fd < 3) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return below(path);
}

/* Whether this call fails; does not return where it kills. 2: the caller does half and calls die. */
static int struck(int concerned) {
    if (!concerned) return 0;
    long now = __atomic_add_fetch(&counted, 1, __ATOMIC_SEQ_CST);
    if (manner == FAIL_FROM_HERE && now >= moment) return errno = reason, 1;
    if (now != moment) return 0;
    if (manner == KILL_BEFORE) kill(getpid(), SIGKILL);
    return manner == KILL_IN_THE_MIDDLE ? 2 : 0;
}

static void die(void) { kill(getpid(), SIGKILL); }

#define REAL(type, name, ...) \
    static type (*real)(__VA_ARGS__); \
    if (!real) real = (type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name)

ssize_t write(int fd, const void *data, size_t size) {
    REAL(ssize_t, write, int, const void *, size_t);
    int strike = struck(fd_below(fd));
    if (strike == 1) return -1;
    if (strike == 2) real(fd, data, size / 2), die();
    return real(fd, data, size);
}

#define PWRITE(name, offset_type) \
    ssize_t name(int fd, const void *data, size_t size, offset_type at) { \
        REAL(ssize_t, name, int, const void *, size_t, offset_type); \
        int strike = struck(fd_below(fd)); \
        if (strike == 1) return -1; \
        if (strike == 2) real(fd, data, size / 2, at), die(); \
        return real(fd, data, size, at); \
    }
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

#define BY_FD(name) \
    int name(int fd) { \
        REAL(int, name, int); \
        int strike = struck(fd_below(fd)); \
        if (strike == 1) return -1; \
        int done = real(fd); \
        if (strike == 2) die(); \
        return done; \
    }
BY_FD(fsync)
BY_FD(fdatasync)

#define TRUNCATE(name, offset_type) \
    int name(int fd, offset_type length) { \
        REAL(int, name, int, offset_type); \
        int strike = struck(fd_below(fd)); \
        if (strike == 1) return -1; \
        int done = real(fd, length); \
        if (strike == 2) die(); \
        return done; \
    }
TRUNCATE(ftruncate, off_t)
TRUNCATE(ftruncate64, off64_t)

/* Taking away is always possible, also on a full disk: it is counted, and never fails. */
int unlink(const char *path) {
    REAL(int, unlink, const char *);
    int strike = manner == FAIL_FROM_HERE ? 0 : struck(below(path));
    int done = real(path);
    if (strike == 2) die();
    return done;
}

#define BY_TWO_PATHS(name) \
    int name(const char *from, const char *to) { \
        REAL(int, name, const char *, const char *); \
        int strike = struck(below(to)); \
        if (strike == 1) return -1; \
        int done = real(from, to); \
        if (strike == 2) die(); \
        return done; \
    }
BY_TWO_PATHS(rename)
BY_TWO_PATHS(link)

int mkdir(const char *path, mode_t mode) {
    REAL(int, mkdir, const char *, mode_t);
    int strike = struck(below(path));
    if (strike == 1) return -1;
    int done = real(path, mode);
    if (strike == 2) die();
    return done;
}

#define OPEN(name) \
    int name(const char *path, int flags, ...) { \
        REAL(int, name, const char *, int, ...); \
        mode_t mode = 0; \
        if (flags & O_CREAT) { \
            va_list rest; \
            va_start(rest, flags); \
            mode = va_arg(rest, mode_t); \
            va_end(rest); \
        } \
        int makes = (flags & O_CREAT) && below(path) && access(path, F_OK) != 0; \
        int strike = struck(makes); \
        if (strike == 1) return -1; \
        int done = real(path, flags, mode); \
        if (strike == 2) die(); \
        return done; \
    }
OPEN(open)
OPEN(open64)
