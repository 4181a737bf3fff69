/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One call makes the table and empties it, from Linux 5.9 on. Before that the thread has a copy, in which
 * it closes everything itself: as long as a copy is open, whoever reads the other end of a pipe
 * that the host has closed is not told so.
 */
#include "preload/ground/own_files.h"

#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "pool/sys.h"
#include "trace/ground/vm_calls.h"

#ifndef SYS_close_range
#define SYS_close_range 436
#endif
#ifndef CLOSE_RANGE_UNSHARE
#define CLOSE_RANGE_UNSHARE 2
#endif

/* As the kernel writes it. */
struct entry {
	uint64_t inode;
	int64_t next;
	uint16_t bytes;
	uint8_t type;
	char name[];
};

static _Atomic pid_t own_tid; /* of the one thread that has a table of its own */
static _Atomic unsigned tables;

static int
number_of(const char *name)
{
	int n = 0;

	if (*name < '0' || *name > '9')
		return -1; /* "." and ".." */
	for (; *name >= '0' && *name <= '9'; name++)
		n = n * 10 + *name - '0';
	return n;
}

/* False: they could not be listed to their end. */
static bool
close_listed(int list)
{
	_Alignas(struct entry) char buf[4096];
	long bytes;

	while ((bytes = syscall(SYS_getdents64, list, buf, sizeof(buf))) > 0)
		for (long at = 0; at < bytes;) {
			const struct entry *e = (const struct entry *)(buf + at);
			int fd = number_of(e->name);

			if (fd >= 0 && fd != list)
				weir_sys_close(fd);
			at += e->bytes;
		}
	return bytes == 0;
}

static void
close_all(void)
{
	struct rlimit limit = {.rlim_cur = 1024};

	weir_sys_close(0); /* in case the table is full */
	int list = weir_sys_open("/proc/thread-self/fd",
				 O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	bool listed = list >= 0 && close_listed(list);
	if (list >= 0)
		weir_sys_close(list);
	if (listed)
		return;
	getrlimit(RLIMIT_NOFILE, &limit);
	for (rlim_t fd = 0; fd < limit.rlim_cur && fd < 1 << 20; fd++)
		weir_sys_close((int)fd);
}

static bool
copy_closed(void)
{
	/* A filter may kill for it. */
	if (!vm_calls_allowed() || syscall(SYS_unshare, CLONE_FILES) != 0)
		return false;
	close_all();
	return true;
}

void
own_files_take(void)
{
	if (syscall(SYS_close_range, 0, ~0u, CLOSE_RANGE_UNSHARE) == 0 || copy_closed()) {
		tables++;
		own_tid = (pid_t)syscall(SYS_gettid);
	}
}

unsigned
own_files_here(void)
{
	return own_tid != 0 && own_tid == (pid_t)syscall(SYS_gettid) ? tables : 0;
}

void
own_files_after_fork(void)
{
	own_tid = 0;
}
