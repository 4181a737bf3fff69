/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The constructor and the destructor. The constructor only reads options and decides whether weir takes
 * part; everything that costs memory or time waits for the first large request (ready.c). Called by
 * nobody, so that it may call all.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "policy/beat.h"
#include "pool/pages.h"
#include "pool/pool.h"
#include "pool/sys.h"
#include "preload/clock/thread.h"
#include "preload/clock/timer.h"
#include "preload/entries/aside.h"
#include "preload/entries/filter.h"
#include "preload/entries/fork.h"
#include "preload/entries/observe.h"
#include "preload/entries/retry.h"
#include "preload/entries/sampler.h"
#include "preload/entries/task.h"
#include "preload/ground/altered.h"
#include "preload/ground/gate.h"
#include "preload/ground/next_told.h"
#include "preload/ground/peers.h"
#include "preload/ground/say.h"
#include "preload/ground/settings.h"
#include "preload/ground/symbol_next.h"
#include "preload/ground/thread_create.h"
#include "preload/loader/hook.h"
#include "preload/loader/reach.h"
#include "preload/loader/watchers.h"
#include "preload/machine/ready.h"
#include "preload/misuse/suspect.h"
#include "trace/ground/executable.h"

/* Whether `only` lets this process take part. */
static bool
named_right(void)
{
	char path[4096];

	if (weir_config.only[0] == '\0')
		return true;
	executable_path(path, sizeof(path));
	return strcmp(executable_name(path), weir_config.only) == 0;
}

/* Of every sanitizer that watches the heap; a preload of ours does not bring one along. */
extern size_t __sanitizer_get_heap_size(void) __attribute__((weak));

/*
 * A sanitizer sees what its own allocator serves: a block of weir's that passes from thread to
 * thread looks like a race to it, and what only such a block points to like a leak.
 */
static bool
is_sanitized(void)
{
	return __sanitizer_get_heap_size != NULL;
}

static void
say_inert(const char *why)
{
	struct line l;

	line_begin(&l);
	line_text(&l, "inert: ");
	line_text(&l, why);
	line_end(&l);
}

static const char *
obstacle(void)
{
	if (symbol_libc_is_other())
		return "a program of musl, and this library is for glibc";
	if (fork_is_second())
		return "another copy of weir comes first in this process";
	return reach_all()
		       ? NULL
		       : "another malloc, realloc or free comes first in this process";
}

static bool
takes_part(void)
{
	if (getauxval(AT_SECURE) || !weir_config.enabled || is_sanitized() ||
	    !named_right())
		return false;
	if (getauxval(AT_PAGESZ) != weir_machine_page) {
		say_inert("this kernel's pages are larger than 64 KB");
		return false;
	}
	const char *why = obstacle();
	if (why != NULL && weir_config.verbose)
		say_inert(why);
	return why == NULL;
}

__attribute__((constructor(101))) static void
boot(void)
{
	int saved_errno = errno;
	struct line l;

	filter_init();
	next_told_init();
	peers_init();
	altered_init();
	observe_init();
	thread_create_init();
	retry_init();
	identity_init();
	task_init();
	second_thread_init();
	by_number_init();
	settings_read();
	if (takes_part() && fork_handlers_install() == 0) {
		weir_pool_announce();
		timer_init();
		suspect_init();
		watchers_look();
		sampler_init();
		aside_init();
		hook_init();
		weir_floor = weir_config.floor;
		if (weir_config.verbose) {
			line_begin(&l);
			line_text(&l, "at work: requests of ");
			line_number(&l, weir_floor);
			line_text(&l, " bytes or more are served by weir");
			line_end(&l);
		}
	}
	errno = saved_errno;
}

/* exit() has run the host's handlers; other threads may still allocate, which is fine. */
__attribute__((destructor(101))) static void
end(void)
{
	struct gate g;

	if (gate_silent())
		return;
	/* A process that has not used weir, or a child, has something to say only if it is large. */
	bool unused = !ready_done() || gate_first != NULL;
	if ((unused && (!weir_beat_old_enough(gate_born_ns, weir_sys_monotonic_ns()) ||
			!timer_worth_a_record())) ||
	    !gate_enter(&g))
		return;
	if (ready_make())
		timer_last_words();
	gate_leave(&g);
}
