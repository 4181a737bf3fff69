/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See hoard.h. Called by the background thread only. Must never look at a clock.
 */
#include "policy/hoard.h"

#define S_NS 1000000000ll

/* A thousandth of a processor for asking, a four-hundredth for trims. */
#define ASK_TIMES  1000
#define TRIM_TIMES 400
#define ASK_EVERY  (5 * S_NS)
#define TRIM_EVERY (10 * S_NS)
#define COLLECTED  (S_NS) /* what was let go of is freed a little later */
/* What was kept long ago says nothing of now. */
#define LOOKS_APART (60 * S_NS)
/* So much more has to be resident than the last trim left, as much was given back as this. */
#define MORE_LEAST  (WEIR_HOARD_LEAST / 2)
#define VAIN_BYTES  (WEIR_HOARD_LEAST / 8)
#define VAIN_MOST   6
#define AFTER_LEAST (WEIR_HOARD_LEAST / 4)

static int64_t
most(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* There was no trim yet, or so much has become resident since that another may be worth it. */
static bool
may_be_more(const struct weir_hoard *h, uint64_t other_bytes)
{
	uint64_t more = h->left_bytes / 8;

	if (h->trimmed_ns == 0)
		return true;
	if (more < MORE_LEAST)
		more = MORE_LEAST;
	return other_bytes >= h->left_bytes + more;
}

static int64_t
due_ns(const struct weir_hoard *h)
{
	int64_t every_ns = h->collected ? COLLECTED : ASK_EVERY;
	int64_t asked_ns = 0, trimmed_ns = 0;

	if (h->asked_ns != 0)
		asked_ns = h->asked_ns + most(every_ns, h->ask_cost_ns * ASK_TIMES);
	every_ns = h->collected ? COLLECTED : TRIM_EVERY << h->vain;
	if (h->trimmed_ns != 0)
		trimmed_ns = h->trimmed_ns + most(every_ns, h->trim_cost_ns * TRIM_TIMES);
	return most(asked_ns, trimmed_ns);
}

int64_t
weir_hoard_look(const struct weir_hoard *h, int64_t now_ns, uint64_t other_bytes)
{
	int64_t due = due_ns(h);

	if (now_ns < due)
		return due - now_ns;
	if (h->collected)
		return other_bytes >= AFTER_LEAST ? 0 : ASK_EVERY;
	return other_bytes >= WEIR_HOARD_LEAST && may_be_more(h, other_bytes) ? 0
									      : ASK_EVERY;
}

bool
weir_hoard_told(struct weir_hoard *h, int64_t now_ns, int64_t cost_ns,
		uint64_t free_bytes, uint64_t used_bytes)
{
	bool was_much = h->much &&
			now_ns - h->asked_ns <= LOOKS_APART + h->ask_cost_ns * ASK_TIMES;
	bool after =
		h->collected && free_bytes >= AFTER_LEAST && free_bytes > used_bytes / 8;

	h->asked_ns = now_ns;
	h->ask_cost_ns = cost_ns;
	h->much = free_bytes >= WEIR_HOARD_LEAST && free_bytes > used_bytes / 4;
	h->collected = false;
	return after || (h->much && was_much);
}

void
weir_hoard_put_off(struct weir_hoard *h, int64_t now_ns)
{
	h->asked_ns = now_ns;
	h->ask_cost_ns = 0;
	h->much = false;
}

void
weir_hoard_trimmed(struct weir_hoard *h, int64_t now_ns, int64_t cost_ns,
		   uint64_t before_bytes, uint64_t after_bytes)
{
	bool little = before_bytes < after_bytes + VAIN_BYTES;

	if (!little)
		h->vain = 0;
	else if (h->vain < VAIN_MOST)
		h->vain++;
	h->trimmed_ns = now_ns;
	h->trim_cost_ns = cost_ns;
	h->left_bytes = after_bytes;
	h->much = false;
}

void
weir_hoard_collected(struct weir_hoard *h)
{
	h->collected = true;
}
