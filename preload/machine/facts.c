/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What files of /proc say. One that is read again and again is read no more often than it is worth.
 */
#include "preload/machine/facts.h"

#include <stddef.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "policy/looks.h"
#include "pool/lock.h"
#include "preload/ground/clock.h"
#include "preload/machine/group.h"
#include "preload/machine/small_file.h"

#define RSS_NS	    100000000ll
#define PROMISES_NS 100000000ll

static int64_t rss_ns, promises_ns; /* when they were read */

static _Atomic bool strict;
static struct weir_lock status_lock;

/* The first request asks, while the clock may be at work: so not in the text that it uses. 0: it is not known. */
static uint64_t
number_in(const char *path)
{
	char text[32] = "";
	uint64_t n = 0;

	small_file_copy(path, text, sizeof(text) - 1);
	return small_file_is_number(text, &n) ? n : 0;
}

bool
facts_strict_commit(void)
{
	strict = number_in("/proc/sys/vm/overcommit_memory") == 2;
	return strict;
}

uint64_t
facts_mappings_max(void)
{
	return number_in("/proc/sys/vm/max_map_count");
}

static bool
status_says_filtered(const char *path)
{
	static char text[4096]; /* under the lock, off the host's stack */

	text[small_file_copy(path, text, sizeof(text) - 1)] = '\0';
	return small_file_named(text, "\nSeccomp:") != 0;
}

bool
facts_is_filtered(void)
{
	weir_lock(&status_lock);
	bool is = status_says_filtered("/proc/self/status") ||
		  (syscall(SYS_gettid) != getpid() &&
		   status_says_filtered("/proc/thread-self/status"));
	weir_unlock(&status_lock);
	return is;
}

uint64_t
facts_start_ticks(void)
{
	/* The name, in brackets, may hold anything: count fields from its end. */
	const char *p = strrchr(small_file_text("/proc/self/stat"), ')');

	for (int field = 2; p != NULL && field < 22; field++)
		p = strchr(p + 1, ' ');
	return p != NULL ? small_file_number(p, &p) : 0;
}

uint64_t
facts_touched(void)
{
	struct rusage usage;

	return getrusage(RUSAGE_SELF, &usage) == 0
		       ? (uint64_t)(usage.ru_minflt + usage.ru_majflt) *
				 (uint64_t)sysconf(_SC_PAGESIZE)
		       : 0;
}

uint64_t
facts_rss_peak(void)
{
	struct rusage usage;

	return getrusage(RUSAGE_SELF, &usage) == 0 ? (uint64_t)usage.ru_maxrss * 1024 : 0;
}

static void
promises(struct facts_memory *m)
{
	const char *text = small_file_text("/proc/meminfo");

	m->promise_limit_bytes = small_file_named(text, "\nCommitLimit:") * 1024;
	m->promised_bytes = small_file_named(text, "\nCommitted_AS:") * 1024;
}

uint64_t
facts_available(void)
{
	return small_file_named(small_file_text("/proc/meminfo"), "\nMemAvailable:") *
	       1024;
}

void
facts_size(struct facts_memory *m)
{
	static struct small_file kept;
	const char *p = small_file_again(&kept, "/proc/thread-self/statm");
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);

	small_file_number(p, &p);
	m->rss_bytes = small_file_number(p, &p) * page;
	uint64_t others = small_file_number(p, &p) * page;
	m->anon_bytes = m->rss_bytes > others ? m->rss_bytes - others : 0;
}

void
facts_memory(struct facts_memory *m)
{
	static struct facts_memory last;
	int64_t now_ns = clock_now_ns();

	last.fresh = weir_look_due(now_ns, rss_ns, RSS_NS);
	if (last.fresh) {
		rss_ns = now_ns;
		facts_size(&last);
	}
	if (strict && weir_look_due(now_ns, promises_ns, PROMISES_NS)) {
		promises_ns = now_ns;
		promises(&last);
	}
	last.limit_bytes = group_look(now_ns, &last.charged_bytes, &last.droppable_bytes);
	*m = last;
}

void
facts_memory_now(struct facts_memory *m)
{
	rss_ns = 0;
	facts_memory(m);
}

void
facts_after_fork(void)
{
	weir_lock_reset(&status_lock);
	rss_ns = 0;
}
