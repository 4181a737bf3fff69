/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The C library's syscall(): what the host does by a call's number is seen here as it is where it has a name.
 * Looked at is the number, no more; the call is handed on by a jump. Weir's own calls by number, made inside the
 * gate, pass through. Who makes system calls by instructions of his own is not seen.
 */
#include <errno.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "pool/region.h"
#include "pool/span.h"
#include "preload/entries/aside.h"
#include "preload/entries/filter.h"
#include "preload/entries/retry.h"
#include "preload/entries/task.h"
#include "preload/ground/altered.h"
#include "preload/ground/altered_mark.h"
#include "preload/ground/gate.h"
#include "preload/ground/jump.h"
#include "preload/ground/libc.h"
#include "preload/ground/symbol_next.h"

/* From Linux 6.10. */
#define SYS_MSEAL 462

#define EXPORT __attribute__((visibility("default")))

/* Its last argument is on the stack: whoever gave fewer has something else there, which is handed on as well. */
typedef long call_function(long number, long a, long b, long c, long d, long e, long f);

/* Not syscall, which is variadic. */
EXPORT call_function by_number __asm__("syscall");

static call_function *_Atomic real;
static _Atomic bool
	named; /* those functions are found: without, they would call this one */

/* Other constructors may come before weir's. */
static __attribute__((noinline, cold)) call_function *
found(void)
{
	atomic_store(&real, (call_function *)symbol_next("syscall"));
	return atomic_load(&real);
}

void
by_number_init(void)
{
	named = found() != NULL;
}

/* What is about to happen to all of the process. */
static __attribute__((noinline, cold)) void
note(long number, long a, long b, long c)
{
	if (number == SYS_prctl && a == PR_SET_SECCOMP)
		filter_comes((unsigned long)b, (const void *)c);
	else if (number == SYS_seccomp && a == SECCOMP_SET_MODE_FILTER)
		filter_comes(SECCOMP_MODE_FILTER, (const void *)c);
	else if (number == SYS_seccomp && a == SECCOMP_SET_MODE_STRICT)
		filter_comes(SECCOMP_MODE_STRICT, NULL);
}

/* Behind weir's function there may be one of another library's that makes its calls by number: they pass through. */
static _Thread_local bool in_by_name;

static long
same_by_name(long number, long a, long b, long c, long d, long e, long f)
{
	void *addr = (void *)a;

	switch (number) {
	case SYS_mmap:
		return (long)mmap(addr, (size_t)b, (int)c, (int)d, (int)e, (off_t)f);
	case SYS_munmap:
		return munmap(addr, (size_t)b);
	case SYS_mremap:
		return (long)mremap(addr, (size_t)b, (size_t)c, (int)d, (void *)e);
	case SYS_mprotect:
		return mprotect(addr, (size_t)b, (int)c);
	case SYS_madvise:
		return madvise(addr, (size_t)b, (int)c);
	case SYS_mlock:
		return mlock(addr, (size_t)b);
	case SYS_mlock2:
		return mlock2(addr, (size_t)b, (unsigned)c);
	case SYS_mlockall:
		return mlockall((int)a);
	case SYS_pkey_mprotect:
		return pkey_mprotect(addr, (size_t)b, (int)c, (int)d);
	case SYS_mbind:
		return mbind(addr, (unsigned long)b, (int)c, (const unsigned long *)d,
			     (unsigned long)e, (unsigned)f);
	case SYS_process_madvise:
		return process_madvise((int)a, (const struct iovec *)b, (size_t)c, (int)d,
				       (unsigned)e);
	default:
		return prlimit((pid_t)a, (limit_resource)b, (const struct rlimit *)c,
			       (struct rlimit *)d);
	}
}

/* Of memory that may be weir's: the functions of these names do the same, and see to that. */
static __attribute__((noinline, cold)) long
by_name(long number, long a, long b, long c, long d, long e, long f)
{
	in_by_name = true;
	long rc = same_by_name(number, a, b, c, d, e, f);
	in_by_name = false;
	return rc;
}

/* A child on its parent's memory returns here first: to a frame that would then be another's. */
static bool
is_copy(long number, long flags, long stack)
{
	return number != SYS_clone || ((flags & CLONE_VM) == 0 && stack == 0);
}

static __attribute__((noinline)) long
task_by_number(long number, long a, long b, long c, long d, long e, long f)
{
	int saved_errno = errno;

	aside_wait();
	long rc = real(number, a, b, c, d, e, f);
	if (rc == -1 && task_made_room(errno)) {
		rc = real(number, a, b, c, d, e, f);
		if (rc != -1)
			errno = saved_errno;
	}
	return rc;
}

JUMPS EXPORT long
by_number(long number, long a, long b, long c, long d, long e, long f)
{
	call_function *to = atomic_load_explicit(&real, memory_order_relaxed);

	if (__builtin_expect(to == NULL, 0))
		to = found();
	switch (number) {
	case SYS_prctl:
	case SYS_seccomp:
		if (gate_depth == 0)
			note(number, a, b, c);
		break;
	case SYS_mmap:
		/* Over a block; all else nobody needs to see. */
		if ((d & MAP_FIXED) != 0 && weir_hull_has((const void *)a) &&
		    gate_depth == 0 && named && !in_by_name)
			to = by_name;
		break;
	case SYS_munmap:
	case SYS_mremap:
	case SYS_mprotect:
	case SYS_madvise:
	case SYS_mlock:
	case SYS_mlock2:
	case SYS_mlockall:
	case SYS_pkey_mprotect:
	case SYS_mbind:
	case SYS_process_madvise:
	case SYS_prlimit64:
		if (gate_depth == 0 && named && !in_by_name)
			to = by_name;
		break;
	case SYS_clone:
#ifdef SYS_fork
	case SYS_fork:
#endif
		if (gate_depth == 0 && named && is_copy(number, a, b))
			to = task_by_number;
		break;
	case SYS_userfaultfd:
		altered_by_faults();
		break;
	case SYS_MSEAL:
		altered_mark((uintptr_t)a, (size_t)b, WEIR_SPAN_ALTERED);
		break;
	default:
		break;
	}
	JUMP to(number, a, b, c, d, e, f);
}
