/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The area of weir/trace.h: what is new of the parts that grow, the sites that changed, rows, and
 * last the head that makes it all count.
 */
#include "trace/sites/publish.h"

#include <stddef.h>
#include <string.h>

#include "trace/ground/intern.h"
#include "trace/ground/ledger.h"
#include "trace/runtimes/v8_isolates.h"
#include "trace/sites/capture.h"
#include "trace/sites/cost.h"
#include "trace/sites/eve.h"
#include "trace/sites/rows.h"
#include "trace/sites/sample.h"
#include "trace/walk/walk.h"

#define PART_ALIGN 4096u

static const struct {
	uint32_t record_bytes, capacity;
} parts[WEIR_N_TRACE_PARTS] = {
#define X(id, bytes, capacity, meaning) {(uint32_t)(bytes), (uint32_t)(capacity)},
	WEIR_TRACE_PARTS(X)
#undef X
};

static struct {
	uint64_t seq;			      /* of the head in force */
	uint32_t written[WEIR_N_TRACE_PARTS]; /* records of the parts that grow */
	uint32_t sites;			      /* in the image */
	uint32_t gc; /* of all isolates, that the image is up to */
	struct walk_runtime runtime;
	uint32_t runtime_name, runtime_version, tier_reason;
} state;

/* Sites that changed since the copy of a parity was written: two heads take turns. */
static uint64_t stale[2][SITES_WORDS];

static void
offsets_of(uint64_t offsets[WEIR_N_TRACE_PARTS + 1])
{
	uint64_t at = 2 * WEIR_TRACE_HEAD_BYTES;

	for (int i = 0; i <= WEIR_N_TRACE_PARTS; i++) {
		at = (at + PART_ALIGN - 1) & ~(uint64_t)(PART_ALIGN - 1);
		offsets[i] = at;
		if (i < WEIR_N_TRACE_PARTS)
			at += (uint64_t)parts[i].record_bytes * parts[i].capacity;
	}
}

bool
weir_trace_on(void)
{
	return ledger != NULL;
}

uint64_t
weir_trace_area_bytes(void)
{
	uint64_t offsets[WEIR_N_TRACE_PARTS + 1];

	offsets_of(offsets);
	return ledger != NULL ? offsets[WEIR_N_TRACE_PARTS] : 0;
}

static void
copy_site(uint32_t i)
{
	struct ledger_site *s = ledger_site(i);

	/* Samples are counted outside the shim's own locks. */
	weir_lock(&s->lock);
	sites_age(s);
	memcpy(ledger_image(i), s->fields, sizeof(s->fields));
	weir_unlock(&s->lock);
	stale[0][i / 64] |= (uint64_t)1 << (i % 64);
	stale[1][i / 64] |= (uint64_t)1 << (i % 64);
}

void
weir_trace_still(void)
{
	struct walk_gcs gcs;

	if (ledger == NULL)
		return;
	isolates_forget_ended();
	walk_gcs(&gcs);
	uint32_t gc = (uint32_t)gcs.major;
	for (uint32_t w = 0; w < SITES_WORDS; w++) {
		uint64_t bits = 0;

		if (atomic_load_explicit(&sites_changed[w], memory_order_relaxed) != 0)
			bits = atomic_exchange_explicit(&sites_changed[w], 0,
							memory_order_acquire);
		for (; bits != 0; bits &= bits - 1)
			copy_site(w * 64 + (uint32_t)__builtin_ctzll(bits));
	}
	state.sites = ledger_count(WEIR_PART_SITES0);
	/* With a GC sites that hold anything have aged. */
	for (uint32_t i = 0; gc != state.gc && i < state.sites; i++)
		if (ledger_site(i)->gc != sites_majors(ledger_site(i)))
			copy_site(i);
	state.gc = gc;
}

static int
put(const struct weir_trace_sink *sink, uint64_t offset, const void *from, size_t bytes)
{
	return bytes != 0 ? sink->write(sink->context, offset, from, bytes) : 0;
}

/* A part that grows: its chunks, and the records of each as a power of two. */
struct growing {
	void *const *chunks;
	unsigned shift;
};

/* Threads that have a row of before are put down again. */
static void
put_threads_again(void)
{
	uint32_t changed = atomic_exchange(&ledger->threads_changed, 0);

	if (changed != 0 && changed < state.written[WEIR_PART_THREADS])
		state.written[WEIR_PART_THREADS] = changed;
}

/* The records that are not in the file yet. */
static int
put_new(const struct weir_trace_sink *sink, uint64_t offset, enum weir_trace_part_id part,
	struct growing from)
{
	uint32_t used = ledger_count(part), *at = &state.written[part];
	size_t size = parts[part].record_bytes;
	int rc = 0;

	while (*at < used && rc == 0) {
		uint32_t rest = LEDGER_REST(from.shift, *at);
		uint32_t n = (1u << from.shift) - rest;

		n = n < used - *at ? n : used - *at;
		rc = put(sink, offset + *at * size,
			 (const char *)from.chunks[*at >> from.shift] + rest * size,
			 n * size);
		*at += rc == 0 ? n : 0;
	}
	return rc;
}

static bool
is_stale(int parity, uint32_t site)
{
	return stale[parity][site / 64] >> (site % 64) & 1;
}

/* Runs of sites that this copy does not have as they are; small gaps are cheaper written. */
static int
put_sites(const struct weir_trace_sink *sink, uint64_t offset, int parity)
{
	enum { GAP = 8 };
	const size_t size = WEIR_N_SITE_FIELDS * sizeof(uint64_t);

	for (uint32_t from = 0; from < state.sites;) {
		if (!is_stale(parity, from)) {
			from++;
			continue;
		}
		uint32_t end = from + 1;
		uint32_t last = (from | ((1u << SITES_SHIFT) - 1)) + 1; /* of the chunk */
		if (last > state.sites)
			last = state.sites;
		for (uint32_t i = end; i < last && i < end + GAP; i++)
			if (is_stale(parity, i))
				end = i + 1;
		int rc = put(sink, offset + from * size, ledger_image(from),
			     (end - from) * size);
		if (rc != 0)
			return rc;
		from = end;
	}
	memset(stale[parity], 0, sizeof(stale[parity]));
	return 0;
}

/* What the runtime is may be known better now than at the first capture. */
static void
know_runtime(void)
{
	struct walk_runtime r;

	walk_runtime(&r);
	if (memcmp(&r, &state.runtime, sizeof(r)) == 0 || !weir_trylock(&ledger_lock))
		return;
	state.runtime = r;
	state.runtime_name = intern_string(r.name, strlen(r.name));
	state.runtime_version = intern_string(r.version, strlen(r.version));
	state.tier_reason = intern_string(r.reason, strlen(r.reason));
	weir_unlock(&ledger_lock);
}

static uint64_t
used_of(enum weir_trace_part_id part)
{
	if (part == WEIR_PART_SITES0 || part == WEIR_PART_SITES1)
		return state.sites;
	if (part == WEIR_PART_COSTS0 || part == WEIR_PART_COSTS1)
		return WEIR_TRACE_COSTS;
	return rows_are_in(part) ? rows_written(part) : state.written[part];
}

static void
fill_head(struct weir_trace_head *h, const struct weir_trace_facts *facts,
	  const uint64_t *offsets, uint64_t seq)
{
	struct capture_counts captured;
	struct walk_gcs gcs;

	walk_gcs(&gcs);
	capture_counts(&captured);
	*h = (struct weir_trace_head){
		.seq_begin = seq,
		.version = WEIR_TRACE_VERSION,
		.n_parts = WEIR_N_TRACE_PARTS,
		.tier = state.runtime.tier,
		.runtime = state.runtime_name,
		.runtime_version = state.runtime_version,
		.tier_reason = state.tier_reason,
		.monotonic_ns = facts->monotonic_ns,
		.unix_ns = facts->unix_ns,
		.started_ns = sites_settings.started_ns,
		.major_gcs = gcs.major,
		.minor_gcs = gcs.minor,
		.gc_known = gcs.known,
		.n_drops = WEIR_N_TRACE_DROPS,
		.sample_bytes = weir_sample_mean(),
		.exact_bytes = sites_settings.exact_bytes,
		.capture_ns = captured.ns,
		.captures = captured.captures,
		.capture_hits = captured.hits,
		.memory_bytes = ledger_bytes(),
		.seq_end = seq,
		.row_bytes = sizeof(struct weir_trace_row),
		.main_major_gcs = gcs.main_major,
		.cycles_known = gcs.cycles_known,
	};
	memcpy(h->magic, WEIR_TRACE_MAGIC, sizeof(h->magic));
	for (int i = 0; i < WEIR_N_TRACE_DROPS; i++)
		h->drops[i] = intern_dropped((enum weir_trace_drop)i);
	for (int i = 0; i < WEIR_N_TRACE_PARTS; i++)
		h->parts[i] = (struct weir_trace_part){
			.offset = offsets[i],
			.record_bytes = parts[i].record_bytes,
			.capacity = parts[i].capacity,
			.used = used_of((enum weir_trace_part_id)i),
		};
}

/*
 * From the back to the front, each piece by a call of its own, within which nothing is in order: who reads meanwhile sees
 * two numbers that differ, or not the same in a second read (tests/unit/test_weak_order.c).
 */
static int
put_head(const struct weir_trace_sink *sink, uint64_t at, const struct weir_trace_head *h)
{
	const size_t word = sizeof(h->seq_begin);
	int rc = put(sink, at + offsetof(struct weir_trace_head, seq_end), &h->seq_end,
		     word);

	if (rc == 0)
		rc = put(sink, at + word, (const char *)h + word, sizeof(*h) - word);
	return rc == 0 ? put(sink, at, h, word) : rc;
}

static int
publish(const struct weir_trace_facts *facts, const struct weir_trace_sink *sink,
	bool is_eve)
{
	void *const modules = ledger->modules, *const threads = ledger->threads;
	const struct growing growing[] = {
		[WEIR_PART_STRINGS] = {ledger->strings, STRINGS_SHIFT},
		[WEIR_PART_MODULES] = {&modules, 31},
		[WEIR_PART_THREADS] = {&threads, 31},
		[WEIR_PART_FRAMES] = {ledger->frames, FRAMES_SHIFT},
		[WEIR_PART_NODES] = {ledger->nodes, NODES_SHIFT},
	};
	uint64_t offsets[WEIR_N_TRACE_PARTS + 1];
	static struct weir_trace_head
		head; /* one at a time publishes, perhaps on a small stack */
	uint64_t seq = state.seq + 1;
	int rc = 0, parity = (int)(seq % 2);

	offsets_of(offsets);
	know_runtime();
	put_threads_again();
	/* What is pointed at comes after what points to it was counted, so it is all there. */
	for (int i = WEIR_PART_NODES; i >= WEIR_PART_STRINGS && rc == 0; i--)
		rc = put_new(sink, offsets[i], (enum weir_trace_part_id)i, growing[i]);
	if (rc == 0)
		rc = put_sites(sink, offsets[WEIR_PART_SITES0 + parity], parity);
	if (rc == 0)
		rc = cost_write(sink, offsets[WEIR_PART_COSTS0 + parity], parity);
	if (rc != 0) {
		intern_drop(WEIR_DROP_rows);
		return rc;
	}
	rows_write(facts, sink, offsets);
	fill_head(&head, facts, offsets, seq);
	head.is_eve = is_eve;
	rc = put_head(sink, (uint64_t)parity * WEIR_TRACE_HEAD_BYTES, &head);
	if (rc == 0)
		state.seq = seq;
	return rc;
}

/* As the site is, or as it was on the eve. */
static void
show_sites(bool eve)
{
	for (uint32_t i = 0; i < state.sites; i++) {
		struct ledger_site *s = ledger_site(i);

		weir_lock(&s->lock);
		const uint64_t *before = eve_fields(s);
		if (before != NULL) {
			memcpy(ledger_image(i), eve ? before : s->fields,
			       sizeof(s->fields));
			stale[0][i / 64] |= (uint64_t)1 << (i % 64);
			stale[1][i / 64] |= (uint64_t)1 << (i % 64);
		}
		weir_unlock(&s->lock);
	}
}

static int
publish_eve(const struct weir_trace_facts *facts, const struct weir_trace_sink *sink,
	    const struct eve *eve)
{
	struct weir_trace_facts then = *facts;

	then.unix_ns -= then.monotonic_ns - eve->began_ns;
	then.monotonic_ns = eve->began_ns;
	then.live_bytes += eve->more_bytes;
	then.live_count += eve->more_count;
	show_sites(true);
	int rc = publish(&then, sink, true);
	show_sites(false);
	return rc;
}

int
weir_trace_publish(const struct weir_trace_facts *facts,
		   const struct weir_trace_sink *sink)
{
	struct eve eve;
	int rc = 0;

	if (facts->last && eve_of_end(facts->monotonic_ns, &eve))
		rc = publish_eve(facts, sink, &eve);
	return rc == 0 ? publish(facts, sink, false) : rc;
}

bool
weir_trace_due(void)
{
	return ledger != NULL && rows_due();
}

uint64_t
weir_trace_mark(uint64_t request, const char *label, size_t label_bytes)
{
	return rows_mark(request, label, label_bytes);
}

bool
weir_trace_marked(uint64_t id)
{
	return rows_written(WEIR_PART_MARKS) >= id;
}

void
publish_after_fork(void)
{
	memset(&state, 0, sizeof(state));
	memset(stale, 0, sizeof(stale));
	rows_forget();
}
