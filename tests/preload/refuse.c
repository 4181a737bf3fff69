/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Linked into a second shim, for scripts/check-fallback: system calls fail in every process that it is
 * loaded into, by what REFUSE says.
 * kernel:NAME[,NAME...]:ERRNO: by seccomp, the host's as well; names of forbid.c.
 * shim:NAME[,NAME...]:ERRNO: those alone that the shim makes; names of the list below.
 * With REFUSE_SAY=FILE, a line for each process: how often a call of the shim's was refused.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "preload/ground/gate.h"
#include "tests/preload/forbid.h"

#define CALLS(X)                                                                         \
	X(mmap_reserve)                                                                  \
	X(mmap_fixed)                                                                    \
	X(mmap_tables)                                                                   \
	X(munmap)                                                                        \
	X(mremap)                                                                        \
	X(madvise)                                                                       \
	X(mincore)                                                                       \
	X(mprotect)                                                                      \
	X(prctl)                                                                         \
	X(open_proc)                                                                     \
	X(open_create)                                                                   \
	X(open_nameless)                                                                 \
	X(open_again)                                                                    \
	X(read)                                                                          \
	X(pread)                                                                         \
	X(pwrite)                                                                        \
	X(fstat)                                                                         \
	X(mkdir)                                                                         \
	X(unlink)                                                                        \
	X(linkat)                                                                        \
	X(readlink)                                                                      \
	X(fallocate)                                                                     \
	X(process_vm_readv)                                                              \
	X(pthread_create)                                                                \
	X(getrlimit)                                                                     \
	X(getrusage)                                                                     \
	X(membarrier)                                                                    \
	X(close_range)                                                                   \
	X(futex)                                                                         \
	X(mbind)                                                                         \
	X(get_mempolicy)                                                                 \
	X(rt_sigprocmask)

enum call {
#define X(name) CALL_##name,
	CALLS(X)
#undef X
		N_CALLS
};

static const char *const names[] = {
#define X(name) #name,
	CALLS(X)
#undef X
};

static _Atomic int errors[N_CALLS]; /* 0: works */
static _Atomic unsigned long refused;

static bool
fails(enum call call)
{
	int error = atomic_load_explicit(&errors[call], memory_order_relaxed);

	if (error == 0)
		return false;
	atomic_fetch_add_explicit(&refused, 1, memory_order_relaxed);
	errno = error;
	return true;
}

static void
stop(const char *what, const char *why)
{
	dprintf(2, "refuse: %s: %s\n", what, why);
	_exit(99);
}

static void
refuse_own(const char *list, int error)
{
	while (*list != '\0') {
		size_t len = strcspn(list, ",");
		int i = 0;

		while (i < N_CALLS &&
		       (strlen(names[i]) != len || memcmp(names[i], list, len) != 0))
			i++;
		if (i == N_CALLS)
			stop(list, "no such call");
		errors[i] = error;
		list += len + (list[len] == ',');
	}
}

/* Before the shim's own constructor would be best; it makes none of these calls in there. */
__attribute__((constructor(101))) static void
begin(void)
{
	const char *text = getenv("REFUSE");
	char list[512];
	int error = 0;

	if (text == NULL)
		return;
	if (strlen(text) >= sizeof(list))
		stop(text, "too long");
	strcpy(list, text);
	char *first = strchr(list, ':');
	char *last = strrchr(list, ':');
	if (first == NULL || first == last)
		stop(text, "not HOW:NAMES:ERRNO");
	*first++ = *last++ = '\0';
	error = strcmp(last, "EPERM") == 0    ? EPERM
		: strcmp(last, "ENOSYS") == 0 ? ENOSYS
					      : atoi(last);
	if (strcmp(list, "shim") == 0) {
		refuse_own(first, error);
		return;
	}
	/* What a process under a filter has started is under it as well, and may be unable to make its own. */
	if (syscall(SYS_prctl, PR_GET_DUMPABLE, 0, 0, 0, 0) < 0)
		return;
	/* A privileged process needs no promise, and without it setuid programs stay what they are. */
	int rc = forbid(first, error);
	if (rc == -EACCES && syscall(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0)
		rc = forbid(first, error);
	if (rc != 0)
		stop(text, strerror(-rc));
}

__attribute__((destructor)) static void
end(void)
{
	const char *file = getenv("REFUSE_SAY");
	int fd = file != NULL && refused != 0
			 ? (int)syscall(SYS_openat, AT_FDCWD, file,
					O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666)
			 : -1;

	if (fd >= 0) {
		dprintf(fd, "%s %lu\n", getenv("REFUSE"), refused);
		close(fd);
	}
}

/* The linker's --wrap: what the shim calls NAME is __wrap_NAME here, and __real_NAME is the other. */
#define WRAP(type, name, parameters, arguments)                                          \
	type __real_##name parameters;                                                   \
	type __wrap_##name parameters;                                                   \
	type __wrap_##name parameters                                                    \
	{                                                                                \
		return fails(CALL_##name) ? (type)-1 : __real_##name arguments;          \
	}

WRAP(int, munmap, (void *addr, size_t bytes), (addr, bytes))
WRAP(int, madvise, (void *addr, size_t bytes, int advice), (addr, bytes, advice))
WRAP(int, mincore, (void *addr, size_t bytes, unsigned char *to), (addr, bytes, to))
WRAP(int, mprotect, (void *addr, size_t bytes, int protection), (addr, bytes, protection))
WRAP(int, prctl,
     (int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d),
     (option, a, b, c, d))
WRAP(ssize_t, process_vm_readv,
     (pid_t pid, const struct iovec *local, unsigned long n, const struct iovec *remote,
      unsigned long n_remote, unsigned long flags),
     (pid, local, n, remote, n_remote, flags))
WRAP(int, getrlimit, (int resource, struct rlimit *limit), (resource, limit))
WRAP(int, getrusage, (int who, struct rusage *usage), (who, usage))

typedef void *thread_function(void *argument);
int __real_thread_create(pthread_t *made, const pthread_attr_t *attr,
			 thread_function *run, void *with);
int __wrap_thread_create(pthread_t *made, const pthread_attr_t *attr,
			 thread_function *run, void *with);
int
__wrap_thread_create(pthread_t *made, const pthread_attr_t *attr, thread_function *run,
		     void *with)
{
	/* The clock's thread is made inside the gate; the host's pass through here as well. */
	return gate_depth != 0 && fails(CALL_pthread_create)
		       ? EAGAIN
		       : __real_thread_create(made, attr, run, with);
}

static enum call
sort_of_mapping(int protection, int flags)
{
	return (flags & MAP_FIXED) != 0	       ? CALL_mmap_fixed
	       : (protection & PROT_READ) == 0 ? CALL_mmap_reserve
					       : CALL_mmap_tables;
}

void *__real_mmap(void *addr, size_t bytes, int protection, int flags, int fd, off_t at);
void *__wrap_mmap(void *addr, size_t bytes, int protection, int flags, int fd, off_t at);
void *
__wrap_mmap(void *addr, size_t bytes, int protection, int flags, int fd, off_t at)
{
	return fails(sort_of_mapping(protection, flags))
		       ? MAP_FAILED
		       : __real_mmap(addr, bytes, protection, flags, fd, at);
}

static enum call
sort_of_open(const char *path, int flags)
{
	return (flags & O_TMPFILE) == O_TMPFILE	 ? CALL_open_nameless
	       : (flags & O_CREAT) != 0		 ? CALL_open_create
	       : strncmp(path, "/proc/", 6) == 0 ? CALL_open_proc
						 : CALL_open_again;
}

static enum call
sort_of_syscall(long number, long b, long c)
{
	static const struct {
		long number;
		enum call call;
	} known[] = {
		{SYS_membarrier, CALL_membarrier},
		{436 /* close_range */, CALL_close_range},
		{SYS_futex, CALL_futex},
		{449 /* futex_waitv */, CALL_futex},
		{SYS_mbind, CALL_mbind},
		{SYS_mremap, CALL_mremap},
		{SYS_get_mempolicy, CALL_get_mempolicy},
		{SYS_rt_sigprocmask, CALL_rt_sigprocmask},
		{SYS_read, CALL_read},
		{SYS_pread64, CALL_pread},
		{SYS_pwrite64, CALL_pwrite},
		{SYS_fstat, CALL_fstat},
		{SYS_mkdirat, CALL_mkdir},
		{SYS_unlinkat, CALL_unlink},
		{SYS_linkat, CALL_linkat},
		{SYS_readlinkat, CALL_readlink},
		{SYS_fallocate, CALL_fallocate},
	};

	if (number == SYS_openat)
		return sort_of_open((const char *)b, (int)c);
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (known[i].number == number)
			return known[i].call;
	return N_CALLS;
}

long __real_syscall(long number, long a, long b, long c, long d, long e, long f);
long __wrap_syscall(long number, long a, long b, long c, long d, long e, long f);
long
__wrap_syscall(long number, long a, long b, long c, long d, long e, long f)
{
	enum call call = sort_of_syscall(number, b, c);

	return call != N_CALLS && fails(call) ? -1
					      : __real_syscall(number, a, b, c, d, e, f);
}
