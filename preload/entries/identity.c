/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The C library has all threads change their user and group, and ends the process where one may and another may
 * not. What the host's threads gave up, or a filter of theirs forbids, the clock's may still have: it ends first,
 * and the one that comes after has what its maker has. Each call is handed on; what it says is the host's.
 */
#include <errno.h>
#include <grp.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/types.h>
#include <unistd.h>

#include "preload/clock/timer.h"
#include "preload/entries/task.h"
#include "preload/ground/gate.h"
#include "preload/ground/symbol_next.h"

#define EXPORT __attribute__((visibility("default")))

/* In a child on its parent's memory the clock stays the parent's. */
static void
let_the_clock_end(void)
{
	int saved_errno = errno;

	if (gate_depth == 0)
		timer_make_way();
	errno = saved_errno;
}

/* A handler of signals may call them, and must not search libraries then. */
#define HANDED_ON(name, parameters, arguments)                                           \
	static void *_Atomic real_##name;                                                \
                                                                                         \
	EXPORT int name parameters                                                       \
	{                                                                                \
		typedef int function parameters;                                         \
		function *to = (function *)symbol_kept(&real_##name, #name);             \
                                                                                         \
		if (to == NULL) {                                                        \
			errno = ENOSYS;                                                  \
			return -1;                                                       \
		}                                                                        \
		let_the_clock_end();                                                     \
		return to arguments;                                                     \
	}

HANDED_ON(setuid, (uid_t user), (user))
HANDED_ON(seteuid, (uid_t user), (user))
HANDED_ON(setreuid, (uid_t real_user, uid_t user), (real_user, user))
HANDED_ON(setresuid, (uid_t real_user, uid_t user, uid_t saved), (real_user, user, saved))
HANDED_ON(setgid, (gid_t group), (group))
HANDED_ON(setegid, (gid_t group), (group))
HANDED_ON(setregid, (gid_t real_group, gid_t group), (real_group, group))
HANDED_ON(setresgid, (gid_t real_group, gid_t group, gid_t saved),
	  (real_group, group, saved))
HANDED_ON(setgroups, (size_t n, const gid_t *groups), (n, groups))
HANDED_ON(initgroups, (const char *user, gid_t group), (user, group))

void
identity_init(void)
{
#define FIND(name) symbol_kept(&real_##name, #name)
	FIND(setuid);
	FIND(seteuid);
	FIND(setreuid);
	FIND(setresuid);
	FIND(setgid);
	FIND(setegid);
	FIND(setregid);
	FIND(setresgid);
	FIND(setgroups);
	FIND(initgroups);
#undef FIND
}
