/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From loading to readiness. The constructor only reads options and decides whether weir takes
 * part; everything that costs memory or time waits for the first large request.
 */
#include "preload/settings.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/resource.h>
#include <unistd.h>

#include "pool/lock.h"
#include "pool/pages.h"
#include "pool/pool.h"
#include "pool/region.h"
#include "preload/backing_set.h"
#include "preload/facts.h"
#include "preload/filter.h"
#include "preload/fork.h"
#include "preload/gate.h"
#include "preload/kind.h"
#include "preload/sampler.h"
#include "preload/say.h"
#include "preload/suspect.h"
#include "preload/timer.h"
#include "preload/watchers.h"
#include "trace/executable.h"
#include "trace/sites.h"

size_t weir_floor = SIZE_MAX;
struct weir_options weir_config;
_Thread_local volatile int gate_depth;

static struct weir_lock once_lock;
static _Atomic bool ready;

/* Address space of a region: joined free spans want room, a limited process wants little. */
#define REGION_USUAL  ((size_t)4 << 30)
#define REGION_STRICT ((size_t)128 << 20)

static void
warn(const struct weir_option_issue *issue)
{
	struct line l;

	line_begin(&l);
	line_text(&l, "WEIR_OPTIONS: ");
	line_bytes(&l, issue->item, issue->item_len);
	line_text(&l, ": ");
	line_text(&l, weir_option_error_text(issue->error));
	line_text(&l, "; the default is used (WEIR_OPTIONS=help lists all)");
	line_end(&l);
}

static void
say_rows(bool help)
{
	for (size_t i = 0; i < weir_n_option_rows; i++) {
		const struct weir_option_row *row = &weir_option_rows[i];
		char value[OPTIONS_TEXT_MAX];
		struct line l;

		line_begin(&l);
		line_text(&l, row->name);
		line_text(&l, "=");
		weir_option_value_text(&weir_config, i, value, sizeof(value));
		line_text(&l, help ? row->type : value);
		if (help) {
			line_text(&l, " (default ");
			line_text(&l, row->default_text);
			line_text(&l, ") ");
			line_text(&l, row->help);
		}
		line_end(&l);
	}
}

static void
read_options(void)
{
	enum { ISSUES = 8 };
	struct weir_option_issue issues[ISSUES];

	weir_options_defaults(&weir_config);
	size_t n = weir_options_parse(&weir_config, secure_getenv("WEIR_OPTIONS"), issues,
				      ISSUES);
	for (size_t i = 0; i < n && i < ISSUES; i++)
		warn(&issues[i]);
	if (weir_config.want_help || weir_config.want_print)
		say_rows(weir_config.want_help);
}

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

static bool
takes_part(void)
{
	struct line l;

	if (getauxval(AT_SECURE) || !weir_config.enabled || is_sanitized() ||
	    !named_right())
		return false;
	if ((size_t)sysconf(_SC_PAGESIZE) != WEIR_PAGE_BYTES) {
		line_begin(&l);
		line_text(&l, "inert: this kernel's pages are not of 4096 bytes");
		line_end(&l);
		return false;
	}
	return true;
}

__attribute__((constructor(101))) static void
boot(void)
{
	int saved_errno = errno;
	struct line l;

	filter_init();
	read_options();
	if (takes_part() && fork_handlers_install() == 0) {
		weir_pool_announce();
		timer_init();
		suspect_init();
		watchers_look();
		sampler_init();
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

/*
 * Under strict commit accounting, a process may be promised less the larger it is: a 32nd of its
 * address space, used or not, is left to others.
 */
static size_t
region_bytes(bool strict)
{
	struct rlimit limit;
	size_t bytes = strict ? REGION_STRICT : REGION_USUAL;

	/* A limited address space is the host's: take little of it at a time. */
	if (getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY &&
	    limit.rlim_cur / 16 < bytes)
		bytes = limit.rlim_cur / 16 & ~(WEIR_UNIT_BYTES - 1);
	return bytes < WEIR_UNIT_BYTES ? WEIR_UNIT_BYTES : bytes;
}

bool
boot_done(void)
{
	return atomic_load_explicit(&ready, memory_order_acquire);
}

/* Advice for parts of memory, and guards, are mappings of their own: not to be moved. */
static size_t
gather_from(void)
{
	bool apart = weir_config.huge != WEIR_HUGE_NEVER || weir_config.guard ||
		     weir_config.quarantine != 0;

	return weir_config.gather && !apart ? WEIR_POOL_GATHER_FROM : SIZE_MAX;
}

bool
boot_ready(void)
{
	if (boot_done())
		return true;
	weir_lock(&once_lock);
	if (!boot_done()) {
		bool strict = facts_strict_commit();

		weir_pages_strict_commit(strict);
		backing_set();
		filter_look();
		weir_pool_init(&(struct weir_pool_config){
			.pages = &weir_pages_system,
			.class_bytes = weir_config.classes.bytes,
			.n_classes = weir_config.classes.n,
			.region_bytes = region_bytes(strict),
			.gather_from = gather_from(),
			.mappings_max = facts_mappings_max(),
		});
		kind_init();
		if (weir_config.trace && strcmp(weir_config.stats, "off") != 0)
			weir_trace_start(weir_config.trace_min > weir_config.floor
						 ? weir_config.trace_min
						 : weir_config.floor,
					 weir_config.trace_sample);
		atomic_store_explicit(&ready, true, memory_order_release);
	}
	weir_unlock(&once_lock);
	return boot_done();
}

void
boot_freeze(void)
{
	weir_lock(&once_lock);
}

void
boot_thaw(void)
{
	weir_unlock(&once_lock);
}

void
boot_after_fork(void)
{
	weir_lock_reset(&once_lock);
}

/* exit() has run the host's handlers; other threads may still allocate, which is fine. */
__attribute__((destructor(101))) static void
end(void)
{
	struct gate g;

	if (!boot_done() || !gate_enter(&g))
		return;
	timer_last_words();
	gate_leave(&g);
}
