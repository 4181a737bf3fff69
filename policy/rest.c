/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See rest.h. Called by the background thread only. Must never look at a clock.
 */
#include "policy/rest.h"

#define S_NS 1000000000ll

/* A host with a request every three seconds does not rest between them. */
#define NEED_LEAST_NS (S_NS * 7 / 2)
#define NEED_MOST_NS  (64 * S_NS)
/* A trim that takes long waits for a rest that is so many times as long. */
#define NEED_TIMES 20
/* The kernel's own work is counted as somebody's. */
#define STILL_NS 50000ll
/* A host that has worked less since the last trim has not collected what is worth another. */
#define WORTH_NS     50000000ll
#define BETWEEN_NS   (60 * S_NS)
#define AFTER_NS     (2 * S_NS)
#define BUSY_LOOK_NS (2 * WEIR_REST_LOOK_NS)

static int64_t
most(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static bool
moved(const struct weir_rest *r, struct weir_rest_seen seen)
{
	return seen.switches != r->still.switches ||
	       seen.cpu_ns - r->still.cpu_ns > STILL_NS;
}

/* The host went on right after the trim, or in it: that was no rest, and the next one has to be longer. */
static void
learn(struct weir_rest *r)
{
	int64_t need_ns = most(r->need_ns, NEED_LEAST_NS);

	r->need_ns = need_ns < NEED_MOST_NS / 2 ? 2 * need_ns : NEED_MOST_NS;
}

/* Nothing was seen of the host since a trim that is just over. */
static bool
is_after(const struct weir_rest *r, int64_t now_ns)
{
	return r->trimmed_ns != 0 && r->still_ns == r->trimmed_ns &&
	       now_ns < r->trimmed_ns + AFTER_NS;
}

int64_t
weir_rest_look(struct weir_rest *r, int64_t now_ns, struct weir_rest_seen seen)
{
	bool again = r->still_ns == 0 || moved(r, seen);

	if (again) {
		if (is_after(r, now_ns))
			learn(r);
		r->still = seen;
		r->still_ns = now_ns;
	}
	if (seen.cpu_ns - r->trimmed_cpu_ns < WORTH_NS)
		return is_after(r, now_ns) ? r->trimmed_ns + AFTER_NS - now_ns
					   : INT64_MAX;
	int64_t need_ns = most(most(r->need_ns, NEED_LEAST_NS), NEED_TIMES * r->took_ns);
	int64_t due_ns = r->still_ns + need_ns;
	if (r->trimmed_ns != 0)
		due_ns = most(due_ns, r->trimmed_ns + BETWEEN_NS);
	if (now_ns >= due_ns)
		return 0;
	if (again)
		return BUSY_LOOK_NS;
	return due_ns - now_ns < WEIR_REST_LOOK_NS ? due_ns - now_ns : WEIR_REST_LOOK_NS;
}

void
weir_rest_trimmed(struct weir_rest *r, int64_t begun_ns, int64_t now_ns,
		  struct weir_rest_seen seen)
{
	if (moved(r, seen))
		learn(r);
	r->took_ns = now_ns - begun_ns;
	r->trimmed_ns = r->still_ns = now_ns;
	r->still = seen;
	r->trimmed_cpu_ns = seen.cpu_ns;
}
