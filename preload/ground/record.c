/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The counters of requests, in shards, each with a lock. A thread always counts in the same shard,
 * which the address of its thread-local data chooses.
 */
#include "preload/ground/record.h"

#include <stddef.h>
#include <string.h>

#include "policy/profile.h"
#include "pool/lock.h"
#include "preload/ground/clock.h"
#include "preload/ground/gate.h"
#include "trace/sites/sites.h"

#define SHARDS GATE_SHARDS

/* In a forked child requests count from zero, live blocks stay counted as live. */
static uint32_t forks;

/* Apart from the sums, so that fork writes to one page, in the parent as well as in the child. */
static struct shard {
	struct weir_lock lock;
	uint32_t forks;		  /* when its sums were begun */
	uint64_t events, asked;	  /* for record_use */
	struct record_sums *sums; /* NULL: not used yet */
} __attribute__((aligned(64))) shards[SHARDS];

static struct record_sums sums_of[SHARDS];

static _Atomic uint64_t nested[WEIR_STATS_SIZE_BUCKETS][WEIR_N_SIZE_FIELDS];
static _Atomic uint64_t nested_events;

static void
keep_live(struct record_sums *s)
{
	memset(s, 0, offsetof(struct record_sums, kinds));
	for (int kind = 0; kind < WEIR_N_KINDS; kind++)
		for (int field = 0; field < WEIR_N_KIND_FIELDS; field++)
			if (field != WEIR_KF_live && field != WEIR_KF_live_bytes)
				s->kinds[kind][field] = 0;
	memset(s->fallbacks, 0, sizeof(*s) - offsetof(struct record_sums, fallbacks));
}

/* Its sums, as this process's; the lock is held. */
static struct record_sums *
current(struct shard *s)
{
	if (s->forks != forks && s->sums != NULL)
		keep_live(s->sums);
	s->forks = forks;
	return s->sums;
}

/* Any will do, since what is asked for is the sum of all: a thread waits only if none is free. */
static struct shard *
enter_shard(void)
{
	unsigned own = gate_shard(), i = own;

	while (!weir_trylock(&shards[i].lock)) {
		i = (i + 1) % SHARDS;
		if (i == own) {
			weir_lock(&shards[i].lock);
			break;
		}
	}
	current(&shards[i]);
	shards[i].sums = &sums_of[i];
	return &shards[i];
}

static void
leave_shard(struct shard *s)
{
	s->events++;
	weir_unlock(&s->lock);
}

static unsigned
bucket_of(size_t bytes)
{
	unsigned bucket = bytes > 1 ? 64 - (unsigned)__builtin_clzll(bytes - 1) : 0;

	return bucket < WEIR_STATS_SIZE_BUCKETS ? bucket : WEIR_STATS_SIZE_BUCKETS - 1;
}

static void
request(struct shard *shard, uint32_t kind, size_t bytes)
{
	struct record_sums *s = shard->sums;
	unsigned bucket = bucket_of(bytes);

	shard->asked += bytes;
	s->requests++;
	s->requested_bytes += bytes;
	s->sizes[bucket][WEIR_Z_requests]++;
	s->sizes[bucket][WEIR_Z_bytes] += bytes;
	s->kinds[kind][WEIR_KF_requests]++;
	s->kinds[kind][WEIR_KF_bytes] += bytes;
}

static struct weir_birth
birth_of(const struct weir_span *s)
{
	/* A sealed span has freed_ns where a live one has its birth. */
	if (s->flags & WEIR_SPAN_SEALED)
		return (struct weir_birth){0};
	return (struct weir_birth){s->site, s->birth_gc, s->birth_ms};
}

/* The span still tells when its memory was freed; its birth takes the place of that. */
static void
profile_served(struct record_sums *s, const struct weir_span *span, int64_t now_ns)
{
	uint64_t *row = s->profile[weir_profile_row(span->requested)];

	row[WEIR_P_requests]++;
	row[WEIR_P_bytes] += span->requested;
	row[span->freed_ns == 0 ? WEIR_P_fresh
				: weir_profile_idle(now_ns - span->freed_ns)]++;
}

static void
profile_gone(struct record_sums *s, const struct weir_span *span, int64_t now_ns)
{
	uint64_t life_ms = weir_trace_ms_at((uint64_t)now_ns) - span->birth_ms;

	s->profile[weir_profile_row(span->requested)][weir_profile_life(life_ms)]++;
}

void
record_served(enum weir_place place, struct weir_span *span, uint32_t site)
{
	int64_t now_ns = clock_now_ns();
	struct shard *s = enter_shard();

	request(s, span->kind, span->requested);
	profile_served(s->sums, span, now_ns);
	s->sums->pool += place == WEIR_PLACE_POOL;
	s->sums->map += place == WEIR_PLACE_MAP;
	s->sums->observed += place == WEIR_PLACE_NEXT;
	s->sums->kinds[span->kind][WEIR_KF_live]++;
	s->sums->kinds[span->kind][WEIR_KF_live_bytes] += span->requested;
	struct weir_birth b =
		weir_trace_born_at((uint64_t)now_ns, site, span->requested, 1);
	leave_shard(s);
	span->site = (uint16_t)b.site;
	span->birth_gc = b.gc;
	span->birth_ms = b.ms;
}

void
record_gone(const struct weir_span *span, int64_t now_ns)
{
	const struct weir_birth b = birth_of(span);
	struct shard *s = enter_shard();

	s->sums->kinds[span->kind][WEIR_KF_live]--;
	s->sums->kinds[span->kind][WEIR_KF_live_bytes] -= span->requested;
	if (!(span->flags & WEIR_SPAN_SEALED))
		profile_gone(s->sums, span, now_ns);
	weir_trace_gone_at((uint64_t)now_ns, &b, span->requested, 1);
	leave_shard(s);
}

void
record_sealed(struct weir_span *span)
{
	const struct weir_birth b = birth_of(span);
	struct shard *s = enter_shard();

	weir_trace_disowned(&b, span->requested, 1);
	leave_shard(s);
}

void
record_passed(enum weir_fallback reason, uint32_t kind, size_t bytes)
{
	struct shard *s = enter_shard();

	/* An absurd size, refused by everybody, must not overflow the sums. */
	if (bytes > WEIR_MAP_MAX)
		bytes = WEIR_MAP_MAX;
	request(s, kind, bytes);
	s->sums->passed++;
	s->sums->passed_bytes += bytes;
	s->sums->fallbacks[reason]++;
	leave_shard(s);
}

void
record_nested(size_t bytes)
{
	unsigned bucket = bucket_of(bytes);

	atomic_fetch_add_explicit(&nested_events, 1, memory_order_relaxed);
	atomic_fetch_add_explicit(&nested[bucket][WEIR_Z_requests], 1,
				  memory_order_relaxed);
	atomic_fetch_add_explicit(&nested[bucket][WEIR_Z_bytes], bytes,
				  memory_order_relaxed);
}

/* Each figure is read once and added to all sums it is part of, so that these agree. */
static void
add_nested(struct record_sums *s)
{
	for (int i = 0; i < WEIR_STATS_SIZE_BUCKETS; i++) {
		uint64_t n = atomic_load_explicit(&nested[i][WEIR_Z_requests],
						  memory_order_relaxed);
		uint64_t bytes = atomic_load_explicit(&nested[i][WEIR_Z_bytes],
						      memory_order_relaxed);

		s->sizes[i][WEIR_Z_requests] += n;
		s->sizes[i][WEIR_Z_bytes] += bytes;
		s->kinds[WEIR_KIND_OTHER][WEIR_KF_requests] += n;
		s->kinds[WEIR_KIND_OTHER][WEIR_KF_bytes] += bytes;
		s->requests += n;
		s->requested_bytes += bytes;
		s->passed += n;
		s->passed_bytes += bytes;
		s->fallbacks[WEIR_F_NESTED] += n;
	}
}

void
record_resized(const struct weir_span *span, size_t old_bytes)
{
	const struct weir_birth b = birth_of(span);
	struct shard *s = enter_shard();

	s->sums->kinds[span->kind][WEIR_KF_live_bytes] += span->requested - old_bytes;
	weir_trace_resized(&b, old_bytes, span->requested);
	leave_shard(s);
}

void
record_event(enum record_event event, uint64_t amount)
{
	struct shard *s = enter_shard();

	switch (event) {
	case RECORD_ZEROED:
		s->sums->zeroed_bytes += amount;
		break;
	case RECORD_ZERO_SKIPPED:
		s->sums->zero_skipped_bytes += amount;
		break;
	case RECORD_REALLOC_IN_PLACE:
		s->sums->realloc_in_place += amount;
		break;
	case RECORD_REALLOC_REMAPPED:
		s->sums->realloc_remapped += amount;
		break;
	case RECORD_REALLOC_COPIED:
		s->sums->realloc_copied += amount;
		break;
	case RECORD_DEFERRED_FREE:
		s->sums->deferred_frees += amount;
		break;
	case RECORD_MISUSE:
		s->sums->misuse += amount;
		break;
	case RECORD_TRIM:
		s->sums->trims += amount;
		break;
	}
	leave_shard(s);
}

void
record_freeze(void)
{
	for (int i = 0; i < SHARDS; i++)
		weir_lock(&shards[i].lock);
}

void
record_thaw(void)
{
	for (int i = SHARDS; i-- > 0;)
		weir_unlock(&shards[i].lock);
}

void
record_sum(struct record_sums *sums)
{
	_Static_assert(sizeof(*sums) % sizeof(uint64_t) == 0, "all words are counts");
	uint64_t *into = (uint64_t *)sums;

	memset(sums, 0, sizeof(*sums));
	for (int i = 0; i < SHARDS; i++) {
		const uint64_t *from = (const uint64_t *)current(&shards[i]);

		for (size_t w = 0; from != NULL && w < sizeof(*sums) / sizeof(uint64_t);
		     w++)
			into[w] += from[w];
	}
	add_nested(sums);
}

/*
 * Under the locks: the clock says that it sleeps and then looks here for news once more. Who counts in a shard after
 * that look has had its lock after the clock had, sees that it sleeps, and wakes it (timer_nudge).
 */
struct record_use
record_use(void)
{
	struct record_use use = {0};

	use.events = atomic_load_explicit(&nested_events, memory_order_relaxed);
	for (int i = 0; i < SHARDS; i++) {
		weir_lock(&shards[i].lock);
		use.events += shards[i].events;
		use.asked_bytes += shards[i].asked;
		weir_unlock(&shards[i].lock);
	}
	return use;
}

void
record_after_fork(void)
{
	forks++;
	for (int i = 0; i < SHARDS; i++) {
		weir_lock_reset(&shards[i].lock);
		shards[i].events = shards[i].asked = 0;
	}
	if (atomic_exchange(&nested_events, 0) != 0)
		memset((void *)nested, 0, sizeof(nested));
}
