/*
 * For LD_PRELOAD: a file system with a fault. Environment variables say which, by the number of the error:
 * - LOCK_ERRNO: it does not lock files. ENOSYS or EOPNOTSUPP (Lustre without the mount option flock), ENOLCK (NFS without
 *   a lock service).
 * - WRITE_ERRNO: it takes no more bytes in files with "results.sqlite" in their names, as soon as the file named by
 *   WRITE_FAULT_FROM exists. EDQUOT (a quota that is used up).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int fails(const char *variable) {
  const char *number = getenv(variable);
  if (number == NULL) return 0;
  errno = atoi(number);
  return 1;
}

static int controlled(int fd, int command, void *argument) {
  int is_lock = command == F_SETLK || command == F_SETLKW || command == F_GETLK;
  return is_lock && fails("LOCK_ERRNO") ? -1 : (int)syscall(SYS_fcntl, fd, command, argument);
}

int fcntl(int fd, int command, ...) {
  va_list rest;
  va_start(rest, command);
  void *argument = va_arg(rest, void *);
  va_end(rest);
  return controlled(fd, command, argument);
}

int fcntl64(int fd, int command, ...) {
  va_list rest;
  va_start(rest, command);
  void *argument = va_arg(rest, void *);
  va_end(rest);
  return controlled(fd, command, argument);
}

static int write_fails(int fd) {
  char link[64], name[4096];
  const char *from = getenv("WRITE_FAULT_FROM");
  if (from == NULL || access(from, F_OK) != 0) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, name, sizeof name - 1);
  if (length < 0) return 0;
  name[length] = 0;
  return strstr(name, "results.sqlite") != NULL && fails("WRITE_ERRNO");
}

ssize_t write(int fd, const void *bytes, size_t count) {
  return write_fails(fd) ? -1 : syscall(SYS_write, fd, bytes, count);
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t offset) {
  return write_fails(fd) ? -1 : syscall(SYS_pwrite64, fd, bytes, count, offset);
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset) {
  return pwrite64(fd, bytes, count, offset);
}
