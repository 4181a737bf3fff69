/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A filter that was there at the start is in /proc, which the loader's own calls show to be
 * allowed. One that comes later is announced through prctl: hence that function is interposed, and
 * handed on by a jump. To ask the kernel each time would be one more call that such a filter may forbid.
 */
#include "preload/filter.h"

#include <dlfcn.h>
#include <linux/prctl.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "preload/facts.h"
#include "preload/jump.h"
#include "trace/checked.h"

typedef int prctl_function(int option, unsigned long a, unsigned long b, unsigned long c,
			   unsigned long d);

/* Not by the C library's header: the arguments that the host has not given are handed on as they are. */
prctl_function prctl;

static _Atomic bool may_kill;
static prctl_function *_Atomic real;

static __attribute__((noinline, cold)) void
expect_filter(void)
{
	checked_without_vm_calls();
	atomic_store(&may_kill, true);
}

void
filter_init(void)
{
	atomic_store(&real, (prctl_function *)dlsym(RTLD_NEXT, "prctl"));
}

void
filter_look(void)
{
	if (!filter_may_kill() && facts_is_filtered())
		expect_filter();
}

bool
filter_may_kill(void)
{
	return atomic_load_explicit(&may_kill, memory_order_relaxed);
}

/* Without the right to do otherwise, nobody installs a filter before PR_SET_NO_NEW_PRIVS. */
JUMPS __attribute__((visibility("default"))) int
prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d)
{
	prctl_function *to = atomic_load_explicit(&real, memory_order_relaxed);

	if (option == PR_SET_NO_NEW_PRIVS || option == PR_SET_SECCOMP)
		expect_filter();
	/* Before our constructor, and never a search here: a child of vfork may call. */
	if (to == NULL)
		return (int)syscall(SYS_prctl, option, a, b, c, d);
	JUMP to(option, a, b, c, d);
}
