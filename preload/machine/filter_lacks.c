/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All calls that weir makes once a host runs, but for those that vm_calls.h is about: with what is the same
 * each time of their arguments. A call that is new to the shim belongs in this table.
 */
#include "preload/machine/filter_lacks.h"

#include <linux/audit.h>
#include <linux/futex.h>
#include <linux/prctl.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "policy/call_filter.h"
#include "pool/pages.h"

#if defined(__x86_64__)
#define MACHINE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define MACHINE AUDIT_ARCH_AARCH64
#else
#define MACHINE 0 /* no filter is for it: each lacks all */
#endif

#ifndef PR_SET_VMA
#define PR_SET_VMA 0x53564d41
#endif
#ifndef SYS_close_range
#define SYS_close_range 436
#endif
#ifndef SYS_clone3
#define SYS_clone3 435
#endif
#define USABLE (PROT_READ | PROT_WRITE)
#define ANY    -1
#define BARE(number, lack)                                                               \
	{                                                                                \
		number, ANY, 0, lack                                                     \
	}
#define SAID(number) BARE(number, FILTER_RECORD)

static const struct call {
	uint16_t number;
	int8_t argument; /* the one that is known, or ANY */
	uint32_t value;
	unsigned lack;
} calls[] = {
	{SYS_mmap, 2, PROT_NONE, WEIR_CALL_MMAP},
	{SYS_mmap, 2, USABLE, WEIR_CALL_MMAP},
	BARE(SYS_munmap, WEIR_CALL_MUNMAP),
	{SYS_mprotect, 2, USABLE, WEIR_CALL_MPROTECT},
	{SYS_mprotect, 2, PROT_READ, FILTER_LOOK},
	{SYS_madvise, 2, MADV_DONTNEED, WEIR_CALL_MADVISE},
	{SYS_madvise, 2, MADV_FREE, WEIR_CALL_MADVISE},
	{SYS_madvise, 2, 24 /* MADV_DONTNEED_LOCKED */, WEIR_CALL_MADVISE},
	{SYS_futex, 1, FUTEX_WAIT_PRIVATE, FILTER_WAIT},
	{SYS_futex, 1, FUTEX_WAKE_PRIVATE, FILTER_WAIT},
	BARE(SYS_sched_yield, FILTER_WAIT),
	BARE(SYS_membarrier, FILTER_FENCE),
	BARE(SYS_madvise, FILTER_LOOK),
	BARE(SYS_mincore, FILTER_LOOK),
	BARE(SYS_mremap, FILTER_LOOK),
	BARE(SYS_mbind, FILTER_LOOK),
	BARE(SYS_sysinfo, FILTER_LOOK),
	{SYS_prctl, 0, PR_SET_VMA, FILTER_LOOK},
	{SYS_prctl, 0, PR_SET_NAME, FILTER_RECORD},
	/* Files. */
	SAID(SYS_openat),
	SAID(SYS_close),
	SAID(SYS_read),
	SAID(SYS_pread64),
	SAID(SYS_pwrite64),
	SAID(SYS_getdents64),
	SAID(SYS_fallocate),
	SAID(SYS_ftruncate),
	SAID(SYS_fstat),
	SAID(SYS_newfstatat),
	SAID(SYS_faccessat),
	SAID(SYS_readlinkat),
	SAID(SYS_mkdirat),
	SAID(SYS_linkat),
	SAID(SYS_unlinkat),
	/* Questions, and what stacks are read by. */
	SAID(SYS_getpid),
	SAID(SYS_gettid),
	SAID(SYS_getppid),
	SAID(SYS_getuid),
	SAID(SYS_geteuid),
	SAID(SYS_getrusage),
	SAID(SYS_prlimit64),
	SAID(SYS_clock_gettime),
	BARE(SYS_rt_sigprocmask, FILTER_RECORD | FILTER_LOOK),
	/* The clock's thread, from its start to its end, and the trim of the next allocator that it asks for. */
	SAID(SYS_clone),
	SAID(SYS_clone3),
	SAID(SYS_set_robust_list),
	SAID(SYS_rseq),
	SAID(SYS_close_range),
	SAID(SYS_nanosleep),
	SAID(SYS_futex),
	SAID(SYS_mmap),
	SAID(SYS_munmap),
	SAID(SYS_mprotect),
	SAID(SYS_madvise),
	SAID(SYS_brk),
	SAID(SYS_exit),
};

unsigned
filter_lacks(const struct weir_filter_step *program, size_t n)
{
	static struct weir_filter_state room[WEIR_FILTER_MOST];
	unsigned lacks = 0;

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		const struct call *c = &calls[i];
		struct weir_filter_call call = {
			.word = {c->number, MACHINE},
			.known = 1u << WEIR_FILTER_NUMBER | 1u << WEIR_FILTER_MACHINE,
		};

		if (c->argument != ANY) {
			call.word[WEIR_FILTER_LOW(c->argument)] = c->value;
			call.known |= 3u << WEIR_FILTER_LOW(c->argument);
		}
		if (MACHINE == 0 || !weir_filter_spares(program, n, &call, room))
			lacks |= c->lack;
	}
	return lacks;
}
