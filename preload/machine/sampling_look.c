/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The switch of policy/sampling.h. Where it is on the whole time, as an option of a fixed size has it,
 * nothing is looked at.
 */
#include "preload/machine/sampling_look.h"

#include <stddef.h>

#include "policy/sampling.h"
#include "preload/ground/clock.h"
#include "preload/ground/settings.h"
#include "trace/sites/sample.h"

_Atomic bool sampling_on;

static sampling_be *_Atomic be; /* sampling_clocked comes at any time */
static struct weir_sampling state;
static struct sampling_facts facts;

static bool
is_auto(void)
{
	return be != NULL && weir_config.trace_sample == WEIR_SAMPLE_AUTO;
}

uint64_t
sampling_mean(void)
{
	return weir_config.trace_sample == WEIR_SAMPLE_AUTO ? WEIR_SAMPLE_USUAL
							    : weir_config.trace_sample;
}

static bool
begin(int64_t now_ns)
{
	if (weir_sample_start(sampling_mean()) != 0)
		return false;
	facts.on_ns = now_ns;
	facts.starts++;
	atomic_store(&sampling_on, true);
	be(SAMPLING_COUNTS, 0);
	return true;
}

/* There is no memory for it. */
static void
give_up(void)
{
	be(0, SAMPLING_LOOKS);
	be = NULL;
}

void
sampling_init(sampling_be *to)
{
	be = to;
	if (is_auto())
		be(SAMPLING_LOOKS, 0);
	else if (!begin(clock_read(CLOCK_MONOTONIC)))
		give_up();
}

void
sampling_clocked(bool clocked)
{
	sampling_be *to = be;

	if (to != NULL && is_auto())
		to(clocked ? 0 : SAMPLING_LOOKS, clocked ? SAMPLING_LOOKS : 0);
}

/* Samples that are live are still to be forgotten. */
static void
end(int64_t now_ns)
{
	facts.off_ns = now_ns;
	weir_sample_halt();
	be(SAMPLING_FREES, SAMPLING_COUNTS);
	atomic_store(&sampling_on, false);
}

void
sampling_look(int64_t now_ns, uint64_t rss_bytes, uint64_t own_bytes)
{
	if (!is_auto() || rss_bytes == 0)
		return;
	if (weir_sampling_look(&state, now_ns,
			       rss_bytes > own_bytes ? rss_bytes - own_bytes : 0)) {
		facts.grown_bytes = state.grown_bytes;
		if (!state.on)
			end(now_ns);
		else if (!begin(now_ns))
			give_up();
	}
	if (!state.on && weir_sample_none())
		be(0, SAMPLING_FREES);
}

struct sampling_facts
sampling_facts(void)
{
	struct sampling_facts f = facts;

	if (be != NULL)
		f.mode = is_auto() ? 1 : 2;
	return f;
}

void
sampling_halt(void)
{
	if (be == NULL)
		return;
	if (sampling_now())
		end(clock_read(CLOCK_MONOTONIC));
	be(0, SAMPLING_COUNTS | SAMPLING_LOOKS | SAMPLING_FREES);
	be = NULL;
	state = (struct weir_sampling){0};
}

/* A child is small at first, and its one thread looks. */
void
sampling_after_fork(void)
{
	if (!is_auto())
		return;
	if (sampling_now())
		end(0);
	state = (struct weir_sampling){0};
	facts = (struct sampling_facts){0};
	be(SAMPLING_LOOKS, 0);
}
