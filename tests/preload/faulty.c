/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A library to preload behind the shim: system calls that the shim makes fail, all others work.
 * FAULTS="mmap@5,open%3,clock": mmap fails from the fifth call on, every third open fails, and
 * the clocks jump. Calls are counted from the start of the process and over all threads. With
 * FAULTS_SAY set, it says at the end what failed how often; with FAULTS_EXIT, the process ends there.
 * FAULTS_STEAL=FD: the descriptor of the file that the shim makes becomes another name of FD, as if
 * the host had closed it and opened a file of its own.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))
#define CALLER (uintptr_t) __builtin_return_address(0)

#define CALLS(X)                                                                         \
	X(mmap, ENOMEM)                                                                  \
	X(munmap, ENOMEM)                                                                \
	X(madvise, EAGAIN)                                                               \
	X(mprotect, ENOMEM)                                                              \
	X(mremap, ENOMEM)                                                                \
	X(mincore, EAGAIN)                                                               \
	X(open, EMFILE)                                                                  \
	X(read, EIO)                                                                     \
	X(pread, EIO)                                                                    \
	X(pwrite, ENOSPC)                                                                \
	X(fallocate, ENOSPC)                                                             \
	X(process_vm_readv, ENOSYS)                                                      \
	X(fstat, EIO)                                                                    \
	X(mkdir, EROFS)                                                                  \
	X(linkat, EACCES)                                                                \
	X(unlink, EROFS)                                                                 \
	X(prctl, EINVAL)                                                                 \
	X(readlink, EACCES)                                                              \
	X(pthread_create, EAGAIN)                                                        \
	X(clock, 0)

enum call {
#define X(name, error) CALL_##name,
	CALLS(X)
#undef X
		N_CALLS
};

static struct fault {
	const char *name;
	int error;
	unsigned long from, every; /* 0: never */
	_Atomic unsigned long made, failed;
} faults[N_CALLS] = {
#define X(name, error) {#name, error, 0, 0, 0, 0},
	CALLS(X)
#undef X
};

static uintptr_t shim_low, shim_high;
static int (*real_pthread_create)(pthread_t *, const pthread_attr_t *, void *(*)(void *),
				  void *);

static long
real_syscall(long number, long a, long b, long c, long d, long e, long f)
{
	static long (*real)(long, long, long, long, long, long, long);

	if (real == NULL)
		*(void **)&real = dlsym(RTLD_NEXT, "syscall");
	return real(number, a, b, c, d, e, f);
}

static int
find_shim(struct dl_phdr_info *info, size_t size, void *unused)
{
	(void)size, (void)unused;
	if (info->dlpi_name == NULL || strstr(info->dlpi_name, "libweir_preload") == NULL)
		return 0;
	shim_low = info->dlpi_addr;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		uintptr_t end = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr +
				info->dlpi_phdr[i].p_memsz;

		if (info->dlpi_phdr[i].p_type == PT_LOAD && end > shim_high)
			shim_high = end;
	}
	return 1;
}

static void
read_fault(const char *text)
{
	size_t len = strcspn(text, "@%,");
	unsigned long n = text[len] == '@' || text[len] == '%'
				  ? strtoul(text + len + 1, NULL, 10)
				  : 1;

	for (int i = 0; i < N_CALLS; i++)
		if (strlen(faults[i].name) == len &&
		    memcmp(faults[i].name, text, len) == 0) {
			*(text[len] == '%' ? &faults[i].every : &faults[i].from) = n;
			return;
		}
	fprintf(stderr, "faulty: unknown fault in %s\n", text);
	_exit(2);
}

__attribute__((constructor)) static void
begin(void)
{
	const char *text = getenv("FAULTS");

	*(void **)&real_pthread_create = dlsym(RTLD_NEXT, "pthread_create");
	while (text != NULL && *text != '\0') {
		read_fault(text);
		text += strcspn(text, ",");
		text += *text == ',';
	}
	dl_iterate_phdr(find_shim, NULL);
}

static _Atomic int stolen = -1; /* 1: done */
static int stolen_fd;

static void
made(int fd)
{
	int before = -1;

	if (atomic_compare_exchange_strong(&stolen, &before, 0))
		stolen_fd = fd;
}

/* Just before the shim looks what file it is: later, nobody could know. */
static void
steal(int looked_at)
{
	const char *fd = getenv("FAULTS_STEAL");
	int once = 0;

	if (fd != NULL && looked_at == stolen_fd &&
	    atomic_compare_exchange_strong(&stolen, &once, 1))
		dup2(atoi(fd), stolen_fd);
}

__attribute__((destructor)) static void
end(void)
{
	if (stolen == 1 && fcntl(stolen_fd, F_GETFD) < 0)
		fprintf(stderr, "faulty: the host's descriptor was closed\n");
	if (getenv("FAULTS_STEAL") != NULL && stolen != 1)
		fprintf(stderr, "faulty: nothing to steal\n");
	for (int i = 0; i < N_CALLS && getenv("FAULTS_SAY") != NULL; i++)
		if (faults[i].from != 0 || faults[i].every != 0)
			fprintf(stderr, "faulty: %s: %lu of %lu\n", faults[i].name,
				faults[i].failed, faults[i].made);
}

static bool
is_shim(uintptr_t caller)
{
	return caller - shim_low < shim_high - shim_low;
}

static bool
fails(enum call call, uintptr_t caller)
{
	struct fault *f = &faults[call];

	if ((f->from == 0 && f->every == 0) || !is_shim(caller))
		return false;
	unsigned long n = atomic_fetch_add(&f->made, 1) + 1;
	if ((f->from == 0 || n < f->from) && (f->every == 0 || n % f->every != 0))
		return false;
	atomic_fetch_add(&f->failed, 1);
	if (getenv("FAULTS_EXIT") != NULL)
		_exit(0);
	if (f->error != 0)
		errno = f->error;
	return true;
}

#define FAIL_OR(name, otherwise) return fails(CALL_##name, CALLER) ? -1 : (otherwise)

EXPORT void *
mmap(void *addr, size_t bytes, int prot, int flags, int fd, off_t offset)
{
	if (fails(CALL_mmap, CALLER))
		return MAP_FAILED;
	return (void *)syscall(SYS_mmap, addr, bytes, prot, flags, fd, offset);
}

EXPORT int
munmap(void *addr, size_t bytes)
{
	FAIL_OR(munmap, (int)syscall(SYS_munmap, addr, bytes));
}

EXPORT int
madvise(void *addr, size_t bytes, int advice)
{
	FAIL_OR(madvise, (int)syscall(SYS_madvise, addr, bytes, advice));
}

EXPORT int
mprotect(void *addr, size_t bytes, int prot)
{
	FAIL_OR(mprotect, (int)syscall(SYS_mprotect, addr, bytes, prot));
}

EXPORT int
mincore(void *addr, size_t bytes, unsigned char *present)
{
	FAIL_OR(mincore, (int)syscall(SYS_mincore, addr, bytes, present));
}

EXPORT ssize_t
process_vm_readv(pid_t pid, const struct iovec *local, unsigned long n_local,
		 const struct iovec *remote, unsigned long n_remote, unsigned long flags)
{
	FAIL_OR(process_vm_readv, syscall(SYS_process_vm_readv, pid, local, n_local,
					  remote, n_remote, flags));
}

/* The calls of pool/sys.h. */
static enum call
call_of(long number)
{
	return number == SYS_openat	  ? CALL_open
	       : number == SYS_read	  ? CALL_read
	       : number == SYS_pread64	  ? CALL_pread
	       : number == SYS_pwrite64	  ? CALL_pwrite
	       : number == SYS_fallocate  ? CALL_fallocate
	       : number == SYS_fstat	  ? CALL_fstat
	       : number == SYS_mkdirat	  ? CALL_mkdir
	       : number == SYS_linkat	  ? CALL_linkat
	       : number == SYS_unlinkat	  ? CALL_unlink
	       : number == SYS_mremap	  ? CALL_mremap
	       : number == SYS_readlinkat ? CALL_readlink
					  : N_CALLS;
}

EXPORT long
syscall(long number, ...)
{
	va_list more;
	long a[6];
	enum call call = call_of(number);
	bool of_shim = is_shim(CALLER);

	va_start(more, number);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(more, long);
	va_end(more);
	if (of_shim && call == CALL_fstat)
		steal((int)a[0]);
	if (call != N_CALLS && fails(call, CALLER))
		return -1;
	long rc = real_syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
	if (of_shim && call == CALL_fallocate)
		made((int)a[0]);
	return rc;
}

EXPORT int
prctl(int option, ...)
{
	va_list more;
	unsigned long a[4];

	va_start(more, option);
	for (int i = 0; i < 4; i++)
		a[i] = va_arg(more, unsigned long);
	va_end(more);
	FAIL_OR(prctl, (int)syscall(SYS_prctl, option, a[0], a[1], a[2], a[3]));
}

EXPORT int
pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*run)(void *),
	       void *arg)
{
	/* The host's threads are made by way of the shim, too. */
	if (fails(CALL_pthread_create, (uintptr_t)run))
		return faults[CALL_pthread_create].error;
	return real_pthread_create(thread, attr, run, arg);
}

/* Every call that "fails" moves the clocks on or back by an hour. */
EXPORT int
clock_gettime(clockid_t clock, struct timespec *t)
{
	static _Atomic long long hours;

	if (fails(CALL_clock, CALLER)) {
		unsigned long n = atomic_load(&faults[CALL_clock].failed);

		atomic_fetch_add(&hours, n % 3 == 0 ? -1 : 1);
	}
	int rc = (int)syscall(SYS_clock_gettime, clock, t);
	if (is_shim(CALLER) && clock != CLOCK_THREAD_CPUTIME_ID)
		t->tv_sec += 3600 * atomic_load(&hours);
	return rc;
}
