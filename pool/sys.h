/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The system calls of the shim on files, and its sleep, by number: the C library's functions of these
 * names are cancellation points, and malloc is none. A host's thread that was cancelled in there would
 * leave locks held for ever. Each returns what the kernel says: 0 or more, or -errno. They change errno,
 * as the C library's do: the gate keeps the host's.
 */
#ifndef POOL_SYS_H
#define POOL_SYS_H

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static inline long
weir_sys_answer(long rc)
{
	return rc < 0 ? -errno : rc;
}

static inline int
weir_sys_open(const char *path, int flags, mode_t mode)
{
	return (int)weir_sys_answer(syscall(SYS_openat, AT_FDCWD, path, flags, mode));
}

static inline int
weir_sys_close(int fd)
{
	return (int)weir_sys_answer(syscall(SYS_close, fd));
}

static inline ssize_t
weir_sys_read(int fd, void *to, size_t bytes)
{
	return weir_sys_answer(syscall(SYS_read, fd, to, bytes));
}

static inline ssize_t
weir_sys_write(int fd, const void *from, size_t bytes)
{
	return weir_sys_answer(syscall(SYS_write, fd, from, bytes));
}

static inline ssize_t
weir_sys_pread(int fd, void *to, size_t bytes, uint64_t at)
{
	return weir_sys_answer(syscall(SYS_pread64, fd, to, bytes, at));
}

static inline ssize_t
weir_sys_pwrite(int fd, const void *from, size_t bytes, uint64_t at)
{
	return weir_sys_answer(syscall(SYS_pwrite64, fd, from, bytes, at));
}

static inline int
weir_sys_allocate(int fd, uint64_t bytes)
{
	return (int)weir_sys_answer(syscall(SYS_fallocate, fd, 0l, 0l, bytes));
}

static inline int
weir_sys_truncate(int fd, uint64_t bytes)
{
	return (int)weir_sys_answer(syscall(SYS_ftruncate, fd, bytes));
}

static inline int
weir_sys_fstat(int fd, struct stat *st)
{
	return (int)weir_sys_answer(syscall(SYS_fstat, fd, st));
}

static inline int
weir_sys_lstat(const char *path, struct stat *st)
{
	return (int)weir_sys_answer(
		syscall(SYS_newfstatat, AT_FDCWD, path, st, AT_SYMLINK_NOFOLLOW));
}

static inline int
weir_sys_exists(const char *path)
{
	return (int)weir_sys_answer(syscall(SYS_faccessat, AT_FDCWD, path, F_OK));
}

/* Of a file system that nobody may write to, whoever he is. */
static inline int
weir_sys_read_only(const char *path)
{
	return weir_sys_answer(syscall(SYS_faccessat, AT_FDCWD, path, W_OK)) == -EROFS;
}

static inline int
weir_sys_mkdir(const char *path, mode_t mode)
{
	return (int)weir_sys_answer(syscall(SYS_mkdirat, AT_FDCWD, path, mode));
}

static inline int
weir_sys_unlink(const char *path)
{
	return (int)weir_sys_answer(syscall(SYS_unlinkat, AT_FDCWD, path, 0));
}

/* Names of a folder, as getdents64(2) has them. */
static inline ssize_t
weir_sys_names(int fd, void *to, size_t bytes)
{
	return weir_sys_answer(syscall(SYS_getdents64, fd, to, bytes));
}

static inline int
weir_sys_link(const char *old, const char *new)
{
	return (int)weir_sys_answer(
		syscall(SYS_linkat, AT_FDCWD, old, AT_FDCWD, new, AT_SYMLINK_FOLLOW));
}

static inline ssize_t
weir_sys_readlink(const char *path, char *to, size_t size)
{
	return weir_sys_answer(syscall(SYS_readlinkat, AT_FDCWD, path, to, size));
}

/*
 * CLOCK_MONOTONIC in nanoseconds, for a child that ends at once: the C library's ways to it lie in pages that
 * such a child has not touched.
 */
static inline int64_t
weir_sys_monotonic_ns(void)
{
	struct timespec t = {0};
#if defined(__x86_64__)
	long rc = SYS_clock_gettime;

	__asm__ volatile("syscall"
			 : "+a"(rc)
			 : "D"((long)CLOCK_MONOTONIC), "S"(&t)
			 : "rcx", "r11", "memory");
#elif defined(__aarch64__)
	register long call __asm__("x8") = SYS_clock_gettime;
	register long clock __asm__("x0") = CLOCK_MONOTONIC;
	register struct timespec *to __asm__("x1") = &t;

	__asm__ volatile("svc 0" : "+r"(clock) : "r"(call), "r"(to) : "memory");
#else
	syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &t);
#endif
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static inline void
weir_sys_sleep(int64_t ns)
{
	const struct timespec t = {.tv_sec = (time_t)(ns / 1000000000),
				   .tv_nsec = (long)(ns % 1000000000)};

	syscall(SYS_nanosleep, &t, NULL);
}

#endif
