/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See sampling.h. Called by preload/machine/sampling_look.c. Must never look at a clock.
 */
#include "policy/sampling.h"

#define S_NS 1000000000ll

/* By so much, and a tenth, it grows. */
#define GROWS_BYTES ((uint64_t)32 << 20)
/* By less, or a 64th, it has not risen while it is sampled. */
#define RISES_BYTES ((uint64_t)4 << 20)

/*
 * It is flat when it has not risen for as long as it has grown: what grew within a second at the start
 * soon, a leak over days late. A level comes down with what was the most for so long.
 */
#define FLAT_LEAST_NS (30 * S_NS)
#define FLAT_MOST_NS  (1800 * S_NS)
#define LATELY_NS     (60 * S_NS)

static uint64_t
larger(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static int64_t
flat_after(const struct weir_sampling *s)
{
	int64_t grew_ns = s->high_ns - s->level_ns;

	if (grew_ns < FLAT_LEAST_NS)
		return FLAT_LEAST_NS;
	return grew_ns < FLAT_MOST_NS ? grew_ns : FLAT_MOST_NS;
}

static void
look_lately(struct weir_sampling *s, int64_t now_ns, uint64_t bytes)
{
	s->lately_bytes = larger(s->lately_bytes, bytes);
	if (now_ns - s->lately_ns < LATELY_NS)
		return;
	if (!s->on && s->lately_bytes < s->level_bytes)
		s->level_bytes = s->lately_bytes;
	s->lately_bytes = bytes;
	s->lately_ns = now_ns;
}

static bool
begin(struct weir_sampling *s, int64_t now_ns, uint64_t bytes)
{
	if (bytes <= s->level_bytes) {
		s->level_ns = now_ns;
		return false;
	}
	s->grown_bytes = bytes - s->level_bytes;
	if (s->grown_bytes < larger(GROWS_BYTES, s->level_bytes / 10))
		return false;
	s->on = true;
	s->high_ns = now_ns;
	s->high_bytes = bytes;
	return true;
}

static bool
end(struct weir_sampling *s, int64_t now_ns, uint64_t bytes)
{
	if (bytes >= s->high_bytes + larger(RISES_BYTES, s->high_bytes / 64)) {
		s->high_ns = now_ns;
		s->high_bytes = bytes;
	}
	if (now_ns - s->high_ns < flat_after(s))
		return false;
	s->on = false;
	s->level_ns = now_ns;
	s->level_bytes = s->lately_bytes;
	return true;
}

bool
weir_sampling_look(struct weir_sampling *s, int64_t now_ns, uint64_t bytes)
{
	if (s->level_ns == 0) {
		s->level_ns = s->lately_ns = now_ns;
		s->level_bytes = s->lately_bytes = bytes;
		return false;
	}
	look_lately(s, now_ns, bytes);
	return s->on ? end(s, now_ns, bytes) : begin(s, now_ns, bytes);
}
