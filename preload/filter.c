/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a filter is noticed. One that was there at the start is told by /proc/self/status: opening a file
 * is safe, since the loader did. One that comes later is announced by a call of prctl, so that function
 * is interposed, and handed on by a jump. One that comes without it, as a privileged process may have it,
 * is found at the next look, before each write of the sidecar: where that opens files anyway.
 */
#include "preload/filter.h"

#include <linux/prctl.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "pool/pages.h"
#include "preload/bell.h"
#include "preload/jump.h"
#include "preload/symbol_next.h"
#include "trace/vm_calls.h"

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

/* Without CAP_SYS_ADMIN, a filter can only be installed after PR_SET_NO_NEW_PRIVS. */
JUMPS __attribute__((visibility("default"))) int
prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d)
{
	prctl_function *to = atomic_load_explicit(&real, memory_order_relaxed);

	if (option == PR_SET_NO_NEW_PRIVS || option == PR_SET_SECCOMP) {
		vm_calls_forbid();
		bell_use_common_calls();
	}
	if (option == PR_SET_SECCOMP)
		weir_pages_spare_calls();
	/* Called before filter_init. No dlsym here: a child of vfork shares our memory. */
	if (to == NULL)
		return (int)syscall(SYS_prctl, option, a, b, c, d);
	JUMP to(option, a, b, c, d);
}
