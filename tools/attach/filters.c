/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel hands a filter out to whoever may do anything, and has none. Those of a thread are asked one by one, the
 * last one installed first.
 */
#include "tools/attach/filters.h"

#include <errno.h>
#include <linux/audit.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>

#include "policy/call_filter.h"
#include "tools/read/proc.h"

#define CAP_ANYTHING_BIT 21 /* CAP_SYS_ADMIN */
#define FILTERS_MOST	 64

#if defined(__x86_64__)
#define MACHINE AUDIT_ARCH_X86_64
#else
#define MACHINE AUDIT_ARCH_AARCH64
#endif

#ifndef SYS_close_range
#define SYS_close_range 436
#endif

#define CALL(name)                                                                       \
	{                                                                                \
		SYS_##name, #name                                                        \
	}

/* Of dlopen, of the library's constructor and of its thread (preload/machine/filter_lacks.c); and the signal frame's end. */
static const struct {
	uint32_t number;
	const char *name;
} calls[] = {
	CALL(rt_sigreturn),
	CALL(openat),
	CALL(read),
	CALL(pread64),
	CALL(newfstatat),
	CALL(fstat),
	CALL(lseek),
	CALL(mmap),
	CALL(munmap),
	CALL(mprotect),
	CALL(madvise),
	CALL(brk),
	CALL(close),
	{SYS_close_range, "close_range"},
	CALL(futex),
	CALL(getpid),
	CALL(gettid),
	CALL(getppid),
	CALL(getuid),
	CALL(geteuid),
	CALL(clone),
#ifdef SYS_clone3
	CALL(clone3),
#endif
	CALL(set_robust_list),
#ifdef SYS_rseq
	CALL(rseq),
#endif
	CALL(rt_sigprocmask),
	CALL(prctl),
	CALL(sched_getaffinity),
	CALL(sched_setscheduler),
	CALL(sched_yield),
	CALL(membarrier),
	CALL(mincore),
	CALL(mremap),
	CALL(pwrite64),
	CALL(getdents64),
	CALL(fallocate),
	CALL(ftruncate),
	CALL(faccessat),
	CALL(readlinkat),
	CALL(mkdirat),
	CALL(linkat),
	CALL(unlinkat),
	CALL(getrusage),
	CALL(prlimit64),
	CALL(clock_gettime),
	CALL(nanosleep),
	CALL(clock_nanosleep),
	CALL(exit),
};

bool
filters_readable(void)
{
	char *status;
	const char *at;
	bool may = false;

	if (proc_text(0, "status", &status, NULL) != 0)
		return false;
	at = strstr(status, "\nCapEff:");
	if (at != NULL)
		may = (strtoull(at + 8, NULL, 16) >> CAP_ANYTHING_BIT & 1) != 0;
	at = strstr(status, "\nSeccomp:");
	if (at != NULL && strtoull(at + 9, NULL, 10) != 0)
		may = false;
	free(status);
	return may;
}

static int
examine(const struct weir_filter_step *program, size_t n, const char **name)
{
	static struct weir_filter_state room[WEIR_FILTER_MOST];

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		struct weir_filter_call call = {
			.word = {calls[i].number, MACHINE},
			.known = 1u << WEIR_FILTER_NUMBER | 1u << WEIR_FILTER_MACHINE,
		};

		if (!weir_filter_spares(program, n, &call, room)) {
			*name = calls[i].name;
			return -EPERM;
		}
	}
	return 0;
}

int
filters_examine(pid_t tid, const char **name)
{
	static struct weir_filter_step program[WEIR_FILTER_MOST];

	for (long i = 0; i < FILTERS_MOST; i++) {
		long n = ptrace(PTRACE_SECCOMP_GET_FILTER, tid, (void *)i, NULL);

		if (n < 0)
			return errno == ENOENT ? 0 : -errno;
		if (n > WEIR_FILTER_MOST)
			return -E2BIG;
		if (ptrace(PTRACE_SECCOMP_GET_FILTER, tid, (void *)i, program) != n)
			return -EIO;
		int rc = examine(program, (size_t)n, name);
		if (rc != 0)
			return rc;
	}
	return -E2BIG;
}
