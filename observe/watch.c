/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The loader's lock is taken by this thread alone, with no other lock held: a host that stands in a constructor for
 * minutes keeps nobody waiting but it. Serves the sidecar as the shim's clock does (preload/clock/chores.c), without what
 * only a pool needs.
 */
#include "observe/watch.h"

#include <errno.h>
#include <linux/membarrier.h>
#include <malloc.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "observe/blocks.h"
#include "observe/loaded.h"
#include "observe/originals.h"
#include "observe/slots.h"
#include "observe/small.h"
#include "pool/lock.h"
#include "pool/sys.h"
#include "preload/clock/parts.h"
#include "preload/clock/thread.h"
#include "preload/ground/clock.h"
#include "preload/ground/gate.h"
#include "preload/ground/kind.h"
#include "preload/ground/mapped.h"
#include "preload/ground/next.h"
#include "preload/ground/own_files.h"
#include "preload/ground/settings.h"
#include "preload/ground/thread_create.h"
#include "preload/machine/bell.h"
#include "preload/machine/facts.h"
#include "preload/machine/filter_lacks.h"
#include "preload/machine/small_file.h"
#include "preload/sidecar/segment.h"
#include "preload/sidecar/segment_mail.h"
#include "preload/sidecar/snapshot.h"
#include "trace/ground/vm_calls.h"
#include "trace/sites/sites.h"
#include "weir/stats.h"

#define MS_NS	      1000000ll
#define BEAT_NS	      (10000 * MS_NS) /* rows go on while nothing happens */
#define DETACHED_NS   (10000 * MS_NS)
#define LAST_WORDS_MS 500

/* Guards the sidecar and the counts. */
static struct weir_lock work_lock;
static struct snapshot_clock counts;
static int64_t written_ns;
static _Atomic bool attached;
static uint64_t attached_unix_ns, loaded;
static _Atomic uint32_t
	always; /* the word that bell_sleep waits for besides the mailbox */

static void
write_sidecar(bool last)
{
	int64_t now_ns = clock_read(CLOCK_MONOTONIC);
	struct facts_memory m;

	facts_memory(&m);
	counts.ticks++;
	counts.rss_bytes = m.rss_bytes;
	counts.limit_bytes = m.limit_bytes;
	if (!last) {
		counts.cpu_ns = (uint64_t)clock_read(CLOCK_THREAD_CPUTIME_ID);
		parts_look(&counts.parts, now_ns, counts.rss_bytes, false);
	}
	segment_write(now_ns, last, &counts);
	written_ns = now_ns;
}

/* The header first: whoever finds the file finds it attached. */
static int64_t
attach(void)
{
	if (attached)
		return -EALREADY;
	weir_lock(&work_lock);
	/* What was seen before says nothing of now. */
	if (attached_unix_ns != 0)
		weir_trace_again();
	attached_unix_ns = (uint64_t)clock_read(CLOCK_REALTIME);
	segment_attached(attached_unix_ns, 0);
	segment_want();
	write_sidecar(false);
	weir_unlock(&work_lock);
	blocks_begin();
	small_begin();
	weir_floor = weir_config.floor;
	loaded = slots_loaded();
	int64_t changed = slots_lead_here().changed;
	attached = true;
	return changed;
}

/* What was live then stays in the file: nothing is written any more. */
static int64_t
detach(void)
{
	if (!attached)
		return -EALREADY;
	attached = false;
	weir_floor = SIZE_MAX;
	int64_t restored = slots_lead_back().changed;
	weir_lock(&work_lock);
	write_sidecar(false);
	segment_attached(attached_unix_ns, (uint64_t)clock_read(CLOCK_REALTIME));
	weir_unlock(&work_lock);
	small_end();
	blocks_end();
	weir_lock(&work_lock);
	mapped_forget();
	weir_unlock(&work_lock);
	return restored;
}

/* What the host's own allocator keeps free. */
static int64_t
purge(void)
{
	struct facts_memory before, after;

	if (originals.malloc_trim == NULL)
		return -EOPNOTSUPP;
	weir_lock(&work_lock);
	facts_memory_now(&before);
	weir_unlock(&work_lock);
	originals.malloc_trim(0);
	weir_lock(&work_lock);
	facts_memory_now(&after);
	weir_unlock(&work_lock);
	return before.rss_bytes > after.rss_bytes
		       ? (int64_t)(before.rss_bytes - after.rss_bytes)
		       : 0;
}

static int64_t
obey(const struct weir_stats_mailbox *m)
{
	int64_t result = -EINVAL;

	switch (m->command) {
	case WEIR_COMMAND_ATTACH:
		return attach();
	case WEIR_COMMAND_DETACH:
		return detach();
	case WEIR_COMMAND_PURGE:
		return purge();
	case WEIR_COMMAND_MARK:
		weir_lock(&work_lock);
		result = segment_mark(m, clock_read(CLOCK_MONOTONIC), &counts);
		weir_unlock(&work_lock);
		return result;
	default:
		return result;
	}
}

static void
read_mail(void)
{
	struct weir_stats_mailbox m;

	weir_lock(&work_lock);
	bool mail = segment_mail(&m);
	weir_unlock(&work_lock);
	if (!mail)
		return;
	int64_t result = obey(&m);
	weir_lock(&work_lock);
	segment_answer(&m, result);
	weir_unlock(&work_lock);
}

/* Nanoseconds until it is to be done again. */
static uint64_t
keep_posted(void)
{
	if (!attached)
		return DETACHED_NS;
	uint64_t now = slots_loaded();
	if (now != loaded) {
		loaded = now;
		weir_trace_unloaded(); /* what was in its place may be gone */
		slots_lead_here();
	}
	weir_lock(&work_lock);
	small_look();
	int64_t age_ns = clock_read(CLOCK_MONOTONIC) - written_ns;
	int64_t period_ns = (int64_t)weir_config.stats_ms * MS_NS;
	if (age_ns >= BEAT_NS || (segment_news() && age_ns >= period_ns))
		write_sidecar(false);
	weir_unlock(&work_lock);
	return (uint64_t)period_ns;
}

/*
 * All threads of the host's have ended, its first one last or as a zombie: the C library lets the process go on for
 * as long as there is one. This one goes as well, and the process exits as it would have.
 */
static bool
is_left(void)
{
	if (thread_count() > 2)
		return false;
	weir_lock(&work_lock);
	const char *p = strrchr(small_file_text("/proc/self/stat"), ')');
	bool ended = p != NULL && p[1] == ' ' && p[2] == 'Z';
	weir_unlock(&work_lock);
	return ended;
}

static void
sleep_for(uint64_t ns)
{
	weir_lock(&work_lock);
	struct bell_mail mail = segment_bell();
	weir_unlock(&work_lock);
	bell_sleep(&always, 0, mail, ns);
}

/*
 * A slot of the host's is loaded by code that knows nothing of us, and what the hook loads then a processor of weak order
 * may have loaded before: so every running thread passes a barrier between the writing of that and of the first
 * slot; what is written later is loaded by acquire. x86-64 keeps loads in order by itself. This barrier needs no
 * registration, and takes a grace period of the kernel's, once. Where it is forbidden, the milliseconds since then have to do.
 */
static void
let_all_see(void)
{
#if !defined(__x86_64__)
	if (vm_calls_allowed())
		syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
#endif
}

static void *
run(void *unused)
{
	gate_depth = 1; /* what this thread allocates is not the host's */
	own_files_take();
	/* Before any call of which tools/attach/filters.c does not know. */
	filter_look();
	loaded_watch_forks();
	if (vm_calls_allowed())
		thread_note_process();
	thread_be_ordinary();
	prctl(PR_SET_NAME, "weir-attach");
	if (originals_find() != 0)
		return unused;
	kind_init();
	if (weir_config.trace)
		weir_trace_start(weir_config.trace_min > weir_config.floor
					 ? weir_config.trace_min
					 : weir_config.floor);
	next_found();
	let_all_see();
	attach();
	while (!is_left()) {
		read_mail();
		sleep_for(keep_posted());
	}
	return unused;
}

int
watch_start(void)
{
	gate_process = getpid();
	gate_born_ns = clock_read(CLOCK_MONOTONIC);
	thread_create_init();
	return thread_start(run);
}

void
watch_last_words(void)
{
	struct gate g;

	if (gate_guest() || !gate_enter(&g))
		return;
	for (int tries = 0; !weir_trylock(&work_lock); tries++) {
		if (tries == LAST_WORDS_MS) {
			gate_leave(&g);
			return;
		}
		weir_sys_sleep(MS_NS);
	}
	if (attached && segment_exists())
		write_sidecar(true);
	weir_unlock(&work_lock);
	gate_leave(&g);
}
