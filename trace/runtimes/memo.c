/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/runtimes/memo.h"

#include <stddef.h>
#include <string.h>

#define REMEMBERED 1024 /* even */
#define INDEXED	   4096

static struct memo remembered[REMEMBERED];
static uint16_t indexed[INDEXED]; /* by spot: where it may be remembered */

static uint16_t *
index_of(const struct memo_spot *s)
{
	return &indexed[((s->code ^ s->offset) * 0x9e3779b97f4a7c15 >> 32) % INDEXED];
}

struct memo *
memo_at(const struct memo_spot *s)
{
	struct memo *r = &remembered[*index_of(s)];

	return r->spot.code == s->code && r->spot.offset == s->offset &&
			       r->spot.generation == s->generation &&
			       r->spot.isolate == s->isolate
		       ? r
		       : NULL;
}

void
memo_keep_at(struct memo *r, const struct memo_spot *s)
{
	r->spot = *s;
	*index_of(s) = (uint16_t)(r - remembered);
}

bool
memo_matches(const struct memo *r, const uint64_t *identity, uint64_t place)
{
	return r->place == place &&
	       memcmp(r->identity, identity, sizeof(r->identity)) == 0;
}

/* Two places, so that two frames of a stack can be alike. */
struct memo *
memo_of(const uint64_t *identity, uint64_t place)
{
	uint64_t h = (identity[0] ^ place * 31) * 0x9e3779b97f4a7c15;
	struct memo *r = &remembered[(h >> 32) % REMEMBERED & ~1u];

	if (memo_matches(r, identity, place) || memo_matches(r + 1, identity, place))
		return memo_matches(r, identity, place) ? r : r + 1;
	return r->used <= r[1].used ? r : r + 1;
}

void
memo_forget_spots(void)
{
	for (size_t i = 0; i < REMEMBERED; i++)
		remembered[i].spot.code = 0;
}
