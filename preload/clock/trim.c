/* SPDX-License-Identifier: Apache-2.0 */
/*
 * glibc's malloc_trim and mallinfo2 hold each arena's lock while they walk what is free there: 0.03 to 17 ms for
 * the one, 10 to 120 ms for the other, of processor time, with 100 to 700 MB free. So under load neither is called
 * but while somebody else serves the host (aside.c); at rest they are called all the same.
 */
#include "preload/clock/trim.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <sys/resource.h>

#include "policy/hoard.h"
#include "pool/pages.h"
#include "pool/sys.h"
#include "preload/ground/clock.h"
#include "preload/ground/gate.h"
#include "preload/ground/next_told.h"
#include "preload/ground/own_files.h"
#include "preload/ground/peers.h"
#include "preload/ground/settings.h"
#include "preload/machine/scarce.h"
#include "preload/machine/small_file.h"

#define PEERS_NS INT64_C(10000000000)

static bool (*begin_aside)(void);
static void (*end_aside)(void);
static struct trim_aside (*aside_facts)(void);

static struct weir_hoard hoard;
static uint64_t collected_times;
static _Atomic uint64_t told_bytes;
static _Atomic int64_t told_ns; /* 0: it has not told yet */
static _Atomic uint64_t trims, under_load, put_off, bytes_given, spent_ns, longest_ns;

void
trim_init(bool (*begin)(void), void (*end)(void), struct trim_aside (*facts)(void))
{
	begin_aside = begin;
	end_aside = end;
	aside_facts = facts;
}

/* What is resident now, 0: unknown. Not by facts.c, nor the text of small_file.c: the lock for those is not held here. */
static uint64_t
resident_bytes(void)
{
	char text[64] = "";
	int fd;

	if (!own_files_here() ||
	    (fd = weir_sys_open("/proc/thread-self/statm", O_RDONLY | O_CLOEXEC, 0)) < 0)
		return 0;
	weir_sys_read(fd, text, sizeof(text) - 1);
	weir_sys_close(fd);
	const char *p = text;
	small_file_number(p, &p);
	return small_file_number(p, &p) * weir_machine_page;
}

/* Under a limit of address space the trays would be the host's loss. */
static bool
begin(void)
{
	return begin_aside != NULL && scarce_most() == RLIM_INFINITY && begin_aside();
}

/* The processor time that it took, or -1. */
static int64_t
ask(struct next_told *told)
{
	int64_t from_ns = clock_read(CLOCK_THREAD_CPUTIME_ID);

	if (!next_told(told) && !peers_told(told))
		return -1;
	atomic_store(&told_bytes, told->used_bytes);
	atomic_store(&told_ns, clock_read(CLOCK_MONOTONIC));
	return clock_read(CLOCK_THREAD_CPUTIME_ID) - from_ns;
}

/* How much smaller the process is; *cost_ns: the processor time. */
static uint64_t
trim(int64_t *cost_ns)
{
	uint64_t before = resident_bytes();
	int64_t from_ns = clock_read(CLOCK_MONOTONIC);

	*cost_ns = clock_read(CLOCK_THREAD_CPUTIME_ID);
	next_malloc_trim(0);
	*cost_ns = clock_read(CLOCK_THREAD_CPUTIME_ID) - *cost_ns;
	uint64_t took_ns = (uint64_t)(clock_read(CLOCK_MONOTONIC) - from_ns);
	uint64_t after = resident_bytes();
	uint64_t given = before > after ? before - after : 0;

	atomic_fetch_add(&trims, 1);
	atomic_fetch_add(&bytes_given, given);
	atomic_fetch_add(&spent_ns, took_ns);
	if (took_ns > atomic_load(&longest_ns))
		atomic_store(&longest_ns, took_ns);
	return given;
}

void
trim_at_rest(void)
{
	struct next_told told;
	/* Another allocator's locks are not glibc's, and a fork that has them would wait for the end of this. */
	bool aside = next_tells() && begin();
	int64_t cost_ns;

	trim(&cost_ns);
	ask(&told);
	if (aside)
		end_aside();
}

/* Somebody serves the host. */
static void
look_within(uint64_t other_bytes)
{
	struct next_told told;
	int64_t cost_ns = ask(&told);
	uint64_t refused = aside_facts().refused;

	if (!weir_hoard_told(&hoard, clock_read(CLOCK_MONOTONIC), cost_ns,
			     told.free_bytes, told.used_bytes))
		return;
	/* The trim takes longer than the question: what was too much for that would wait. */
	if (aside_facts().refused != refused) {
		atomic_fetch_add(&put_off, 1);
		return;
	}
	uint64_t given = trim(&cost_ns);
	weir_hoard_trimmed(&hoard, clock_read(CLOCK_MONOTONIC), cost_ns, other_bytes,
			   other_bytes > given ? other_bytes - given : 0);
	atomic_fetch_add(&under_load, 1);
}

/* Nothing of theirs is trimmed; whoever wakes the clock has them asked as well. */
static void
ask_peers(int64_t now_ns)
{
	static int64_t asked_ns;
	struct next_told told;

	if (asked_ns != 0 && now_ns - asked_ns < PEERS_NS)
		return;
	asked_ns = now_ns;
	ask(&told);
}

uint64_t
trim_look(uint64_t other_bytes)
{
	int64_t now_ns = clock_read(CLOCK_MONOTONIC);

	if (!weir_config.trim_next || gate_silent())
		return UINT64_MAX;
	if (!next_tells()) {
		ask_peers(now_ns);
		return UINT64_MAX;
	}
	int64_t wait_ns = weir_hoard_look(&hoard, now_ns, other_bytes);
	if (wait_ns > 0)
		return (uint64_t)wait_ns;
	if (begin()) {
		look_within(other_bytes);
		end_aside();
	} else {
		weir_hoard_put_off(&hoard, now_ns);
		atomic_fetch_add(&put_off, 1);
	}
	return (uint64_t)weir_hoard_look(&hoard, now_ns, 0);
}

void
trim_collected(uint64_t times)
{
	if (times > collected_times)
		weir_hoard_collected(&hoard);
	collected_times = times;
}

int64_t
trim_next_used(uint64_t *bytes)
{
	int64_t ns = atomic_load(&told_ns);

	/* Told after the bytes, so asked before: else the first time would come with no bytes. */
	*bytes = atomic_load(&told_bytes);
	return ns;
}

void
trim_still_so(int64_t now_ns)
{
	if (told_ns != 0)
		told_ns = now_ns;
}

struct snapshot_trims
trim_counts(void)
{
	struct trim_aside aside = {0, 0};

	if (aside_facts != NULL)
		aside = aside_facts();
	return (struct snapshot_trims){
		.trims = atomic_load(&trims),
		.under_load = atomic_load(&under_load),
		.put_off = atomic_load(&put_off),
		.bytes = atomic_load(&bytes_given),
		.ns = atomic_load(&spent_ns),
		.longest_ns = atomic_load(&longest_ns),
		.aside_served = aside.served,
		.aside_refused = aside.refused,
	};
}

void
trim_after_fork(void)
{
	hoard = (struct weir_hoard){0};
	collected_times = 0;
	told_ns = 0;
	trims = under_load = put_off = bytes_given = spent_ns = longest_ns = 0;
}
