/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel is asked by a signal that is none. A thread that came later may have the number of one
 * that ended: then it passes for that, and the row is used again a thread later.
 */
#include "trace/ground/alive.h"

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "trace/ground/vm_calls.h"

bool
alive_has_ended(pid_t process, pid_t tid)
{
	int saved_errno = errno;
	bool ended = vm_calls_allowed() && syscall(SYS_tgkill, process, tid, 0) != 0 &&
		     errno == ESRCH;

	errno = saved_errno;
	return ended;
}
