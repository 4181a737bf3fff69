/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A fall begins with the first free after more came than an eighth of what had gone, or after a major
 * collection, whose garbage goes for some time: that is no end, and where V8 begins to take its heap down
 * meanwhile the fall begins anew. Threads that race for the numbers lose a block's bytes of them, which
 * only moves a bound. A program that lets go of all by itself looks like one that ends until it goes on; that
 * costs nothing, for only who looks once it has exited is shown the state before.
 *
 * What came and went is counted by the threads of the sites, in shards: a line that each malloc and free of all threads
 * writes took a fifth of their time. While one shard counts, an end of the fall is seen at once; with several, once in 4 ms.
 */
#include "trace/sites/eve.h"

#include <stdatomic.h>
#include <string.h>

#include "trace/runtimes/v8_gc.h"
#include "trace/walk/walk.h"

#define MS_NS	   UINT64_C(1000000)
#define SWEEP_NS   (300 * MS_NS)   /* a collection's garbage goes for so long */
#define GAP_NS	   (100 * MS_NS)   /* in which none of it went: it is gone */
#define PAUSE_NS   (2000 * MS_NS)  /* between the last free and the exit */
#define AT_MOST_NS (20000 * MS_NS) /* nobody takes longer to end */
#define WORTH_IT   (UINT64_C(1) << 20)

#define SHARDS 8

/* Hardly ever written, for each free and malloc reads it. */
static struct {
	_Atomic uint32_t
		number; /* of the fall; a site that knows it has kept its fields */
	_Atomic bool goes_on;
	_Atomic bool sweeps;	   /* it may be the garbage of the collection before it */
	_Atomic uint32_t counting; /* which shards do */
	_Atomic uint64_t began_ns, last_ns, summed_ns;
	_Atomic uint64_t major_ns; /* of the collection before it */
} __attribute__((aligned(64))) fall = {.number = 1};

/* Of the fall of that number. */
static struct shard {
	_Atomic uint32_t number;
	_Atomic uint64_t went_bytes, came_bytes;
} __attribute__((aligned(64))) shards[SHARDS];

/* Another thread's time may be later than the caller's, which was taken before. */
static bool
is_within(uint64_t now, uint64_t since, uint64_t ns)
{
	return (int64_t)(now - since) < (int64_t)ns;
}

/* For numbers that may be a little wrong. */
#define LOAD(of)     atomic_load_explicit(&(of), memory_order_relaxed)
#define STORE(of, n) atomic_store_explicit(&(of), n, memory_order_relaxed)
#define GET(of)	     LOAD(fall.of)
#define SET(of, is)  STORE(fall.of, is)

static void
begin(uint64_t now, uint64_t major_ns)
{
	SET(number, GET(number) + 1);
	SET(counting, 0);
	SET(began_ns, now);
	SET(major_ns, major_ns);
	SET(sweeps, major_ns != 0 && is_within(now, major_ns, SWEEP_NS));
	SET(goes_on, true);
}

static void
keep(struct ledger_site *s)
{
	if (s->fall == GET(number))
		return;
	s->fall = GET(number);
	memcpy(s->before, s->fields, sizeof(s->before));
}

static struct shard *
shard_of(const struct ledger_site *s)
{
	unsigned i = s->fields[WEIR_S_thread] % SHARDS;
	struct shard *own = &shards[i];

	if (LOAD(own->number) != GET(number)) {
		STORE(own->went_bytes, 0);
		STORE(own->came_bytes, 0);
		STORE(own->number, GET(number));
		SET(counting, GET(counting) | 1u << i);
	}
	return own;
}

/* Has more come than an eighth of what had gone? */
static bool
is_over(uint64_t now, const struct shard *own)
{
	uint64_t came = LOAD(own->came_bytes), went = LOAD(own->went_bytes);

	if (came <= went / 8)
		return false;
	uint32_t others = GET(counting) & ~(1u << (own - shards));
	if (others == 0)
		return true;
	if (GET(summed_ns) == now)
		return false;
	SET(summed_ns, now);
	for (unsigned i = 0; i < SHARDS; i++) {
		if ((others >> i & 1) == 0 || LOAD(shards[i].number) != GET(number))
			continue;
		came += LOAD(shards[i].came_bytes);
		went += LOAD(shards[i].went_bytes);
	}
	return came > went / 8;
}

void
eve_goes(struct ledger_site *s, uint64_t now, uint64_t bytes)
{
	uint64_t major_ns = v8_gc_last_major_ns();

	if (!GET(goes_on) || GET(major_ns) != major_ns ||
	    (GET(sweeps) && !is_within(now, GET(last_ns), GAP_NS)))
		begin(now, major_ns);
	if (GET(sweeps) && v8_gc_after_scripts()) {
		begin(now, major_ns);
		SET(sweeps, false);
	}
	keep(s);
	struct shard *own = shard_of(s);
	STORE(own->went_bytes, LOAD(own->went_bytes) + bytes);
	if (GET(last_ns) != now)
		SET(last_ns, now);
}

void
eve_comes(struct ledger_site *s, uint64_t now, uint64_t bytes)
{
	if (!GET(goes_on))
		return;
	struct shard *own = shard_of(s);
	STORE(own->came_bytes, LOAD(own->came_bytes) + bytes);
	if (is_over(now, own))
		SET(goes_on, false);
	else
		keep(s);
}

const uint64_t *
eve_fields(const struct ledger_site *s)
{
	return s->fall == GET(number) ? s->before : NULL;
}

/* Site 0 is left out of what decides: what nobody is blamed for is not what a view shows. */
bool
eve_of_end(uint64_t now, struct eve *e)
{
	uint64_t live = 0, before = 0;

	*e = (struct eve){0};
	e->began_ns = GET(began_ns);
	if (!GET(goes_on) || GET(sweeps) || GET(major_ns) != v8_gc_last_major_ns() ||
	    now > GET(last_ns) + PAUSE_NS || now > e->began_ns + AT_MOST_NS)
		return false;
	for (uint32_t i = 0; i < ledger_count(WEIR_PART_SITES0); i++) {
		struct ledger_site *s = ledger_site(i);

		weir_lock(&s->lock);
		const uint64_t *was = eve_fields(s), *is = s->fields;
		if (was == NULL)
			was = is;
		e->more_bytes += was[WEIR_S_live_bytes] - is[WEIR_S_live_bytes];
		e->more_count += was[WEIR_S_live_count] - is[WEIR_S_live_count];
		if (i != 0) {
			live += is[WEIR_S_live_bytes];
			before += was[WEIR_S_live_bytes];
		}
		weir_unlock(&s->lock);
	}
	return before > (live < WORTH_IT / 2 ? WORTH_IT : 2 * live);
}

void
eve_forget(void)
{
	SET(number, GET(number) + 1);
	SET(goes_on, false);
}
