/*
 * For LD_PRELOAD: fcntl(2) as on a file system without file locks. The environment variable LOCK_ERRNO has the number of
 * the error: ENOSYS or EOPNOTSUPP (Lustre without the mount option flock), ENOLCK (NFS without a lock service).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static int fcntl_without_locks(int fd, int command, void *argument) {
  if (command == F_SETLK || command == F_SETLKW || command == F_GETLK) {
    errno = atoi(getenv("LOCK_ERRNO"));
    return -1;
  }
  return (int)syscall(SYS_fcntl, fd, command, argument);
}

int fcntl(int fd, int command, ...) {
  va_list rest;
  va_start(rest, command);
  void *argument = va_arg(rest, void *);
  va_end(rest);
  return fcntl_without_locks(fd, command, argument);
}

int fcntl64(int fd, int command, ...) {
  va_list rest;
  va_start(rest, command);
  void *argument = va_arg(rest, void *);
  va_end(rest);
  return fcntl_without_locks(fd, command, argument);
}
