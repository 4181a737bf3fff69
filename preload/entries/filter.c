/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a filter is noticed, and what weir is from then on. One that was there at the start is told by
 * /proc/self/status: opening a file is safe, since the loader did. One that comes later is installed by the C
 * library's prctl or its syscall, so those are interposed (by_number.c), and handed on by a jump: what the filter
 * does is read in its program. One that comes without either is found at the next look, before each write of the
 * sidecar: where that opens files anyway.
 */
#include "preload/entries/filter.h"
#include "preload/machine/filter_lacks.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/prctl.h>
#include <linux/seccomp.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "policy/call_filter.h"
#include "pool/lock.h"
#include "pool/pages.h"
#include "pool/pool.h"
#include "preload/clock/timer.h"
#include "preload/ground/gate.h"
#include "preload/ground/jump.h"
#include "preload/ground/symbol_next.h"
#include "preload/machine/bell.h"
#include "trace/ground/checked.h"
#include "trace/ground/vm_calls.h"

_Static_assert(sizeof(struct sock_filter) == sizeof(struct weir_filter_step), "the same");

typedef int prctl_function(int option, unsigned long a, unsigned long b, unsigned long c,
			   unsigned long d);

/* Not <sys/prctl.h>, whose prctl is variadic: all five registers are handed on as they are. */
prctl_function prctl;

static prctl_function *_Atomic real;

void
filter_init(void)
{
	atomic_store(&real, (prctl_function *)symbol_next("prctl"));
}

/* False: the kernel will not have it either. Programs ask by a NULL whether there are filters. */
static bool
read_program(const void *program, unsigned *lacks)
{
	static struct weir_filter_step steps[WEIR_FILTER_MOST];
	struct sock_fprog p;

	if (program == NULL || !checked_peek((uintptr_t)program, &p, sizeof(p)) ||
	    p.len == 0 || p.len > WEIR_FILTER_MOST ||
	    !checked_peek((uintptr_t)p.filter, steps, p.len * sizeof(*steps)))
		return false;
	*lacks = filter_lacks(steps, p.len);
	return true;
}

static bool
is_to_come(unsigned long mode, const void *program, unsigned *lacks)
{
	static struct weir_lock lock;

	*lacks = FILTER_ALL;
	/* Under an earlier one nothing may be asked of the kernel; another thread's is unusual enough. */
	if (mode != SECCOMP_MODE_FILTER || gate_silent() || !weir_trylock(&lock))
		return true;
	bool comes = read_program(program, lacks);
	weir_unlock(&lock);
	return comes;
}

void
filter_comes(unsigned long mode, const void *program)
{
	int saved_errno = errno;
	unsigned lacks;

	if (is_to_come(mode, program, &lacks)) {
		vm_calls_forbid();
		bell_use_common_calls();
		if (lacks & FILTER_LOOK)
			weir_pages_spare_calls();
		if (lacks & FILTER_FENCE)
			weir_pool_spare_calls();
		if (lacks & FILTER_RECORD)
			timer_fall_silent();
		if (lacks & FILTER_WAIT)
			weir_lock_spare_calls();
		weir_pages_forbid(lacks);
	}
	errno = saved_errno;
}

static __attribute__((noinline, cold)) void
noticed(int option, unsigned long a, unsigned long b)
{
	if (option == PR_SET_SECCOMP) {
		filter_comes(a, (const void *)b);
		return;
	}
	/* Without CAP_SYS_ADMIN, a filter can only be installed after this. */
	vm_calls_forbid();
	bell_use_common_calls();
}

JUMPS __attribute__((visibility("default"))) int
prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d)
{
	prctl_function *to = atomic_load_explicit(&real, memory_order_relaxed);

	if (option == PR_SET_NO_NEW_PRIVS || option == PR_SET_SECCOMP)
		noticed(option, a, b);
	/* Called before filter_init. No dlsym here: a child of vfork shares our memory. */
	if (to == NULL)
		return (int)syscall(SYS_prctl, option, a, b, c, d);
	JUMP to(option, a, b, c, d);
}
