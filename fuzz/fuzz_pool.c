/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The input as a sequence of takes, gives, resizes, moves and ticks on the pool, classes, extents
 * and scratch blocks, with a page source that fails when the input says so. Against a simple model:
 * each block is filled with a pattern of its own, and all sums of the pool agree at the end.
 */
#include "fuzz/fuzz.h"
#include "pool/scratch_pool.h"
#include "pool/heap.h"
#include "tests/unit/pool_model.h"

enum { BLOCKS = 24 };

static struct block {
	struct weir_span *span;
	uint32_t pattern;
	unsigned refs; /* scratch blocks: 1 or more */
} blocks[BLOCKS];

static const uint8_t *at, *end;
static int64_t now_ns = 1;

static uint32_t
take_bytes(unsigned n)
{
	uint32_t value = 0;

	while (n-- > 0 && at < end)
		value = value << 8 | *at++;
	return value;
}

static void
served(struct block *b, struct weir_taken taken, size_t bytes, size_t align)
{
	b->span = taken.span;
	if (b->span == NULL) {
		FUZZ_CHECK(taken.error != WEIR_TAKE_OK);
		return;
	}
	FUZZ_CHECK(b->span->bytes >= bytes && b->span->base % align == 0);
	FUZZ_CHECK(weir_span_at((void *)b->span->base) == b->span);
	FUZZ_CHECK(weir_span_state(b->span) == WEIR_SPAN_LIVE);
	for (size_t o = 0; taken.zero && o < b->span->bytes; o += 1024)
		FUZZ_CHECK(*(uint64_t *)(b->span->base + o) == 0);
	model_fill(b->span, b->pattern);
}

static void
take(struct block *b, uint32_t how)
{
	struct weir_ask ask = {
		.align = WEIR_PAGE_BYTES, .want_zero = how & 1, .roomy = how & 2};
	uint32_t n = take_bytes(2);

	b->pattern = take_bytes(1) * 0x01010101u + 1;
	b->refs = 0;
	if (how < 8) {
		uint32_t grade = n % MODEL_CLASSES;

		ask.requested = model_classes[grade] - n % 4096;
		served(b, weir_pool_take(grade, &ask), model_classes[grade], ask.align);
	} else if (how < 16) {
		ask.bytes = (1 + n % 1024) * WEIR_PAGE_BYTES;
		ask.requested = ask.bytes - n % 4096;
		ask.align = WEIR_PAGE_BYTES << (how < 12 ? 0 : n % 10);
		served(b, weir_extent_take(&ask), ask.bytes, ask.align);
	} else {
		struct weir_span *s = weir_scratch_take((size_t)n * (how < 20 ? 1 : 300));

		b->span = s;
		if (s == NULL)
			return;
		b->refs = 1;
		FUZZ_CHECK(weir_scratch_size((void *)s->base) == s->bytes);
		model_fill(b->span, b->pattern);
	}
}

static void
give(struct block *b, uint32_t how)
{
	FUZZ_CHECK(model_intact(b->span, b->pattern));
	if (b->refs != 0) {
		int rc = weir_scratch_drop((void *)b->span->base);

		FUZZ_CHECK(rc == (b->refs == 1));
		if (--b->refs != 0)
			return;
	} else {
		FUZZ_CHECK(weir_span_claim(b->span) && !weir_span_claim(b->span));
		if (how & 1)
			weir_pool_give_purged(b->span, now_ns);
		else
			weir_pool_give(b->span, now_ns);
	}
	b->span = NULL;
}

static void
resize(struct block *b)
{
	size_t old = b->span->bytes, bytes = (1 + take_bytes(2) % 2048) * WEIR_PAGE_BYTES;

	if (b->refs != 0) {
		FUZZ_CHECK(weir_scratch_share((void *)b->span->base) == 0);
		b->refs++;
		return;
	}
	if (b->span->grade != WEIR_SPAN_NO_GRADE) {
		weir_pool_resized(b->span, b->span->bytes - bytes % b->span->bytes);
		return;
	}
	if (weir_extent_resize(b->span, bytes, bytes - 1, now_ns) != 0) {
		FUZZ_CHECK(b->span->bytes == old);
		return;
	}
	FUZZ_CHECK(b->span->bytes == bytes);
	FUZZ_CHECK(model_words_intact(b->span, b->pattern, bytes < old ? bytes : old));
	model_fill(b->span, b->pattern);
}

/* The content of one block to another, by its pages as far as that goes. */
static void
move(struct block *from, struct block *to)
{
	if (from == to || from->span == NULL || to->span == NULL || from->refs != 0 ||
	    to->refs != 0 || from->span->bytes != to->span->bytes)
		return;
	memset((void *)to->span->base, 0, to->span->bytes);
	size_t moved;
	FUZZ_CHECK(weir_span_move(from->span, to->span, from->span->bytes, &moved));
	to->pattern = from->pattern;
	FUZZ_CHECK(model_intact(to->span, to->pattern));
	for (size_t o = 0; o < moved; o += WEIR_PAGE_BYTES)
		FUZZ_CHECK(*(uint32_t *)(from->span->base + o) == 0);
	model_fill(from->span, from->pattern);
}

static void
tick(uint32_t how)
{
	now_ns += 1 + take_bytes(1);
	struct weir_tick_result left = weir_pool_tick(&(struct weir_tick){
		.now_ns = now_ns,
		.stock_before_ns = now_ns - how % 8 * 10,
		.purge_before_ns = now_ns - how * 10,
		.cap_bytes = how & 1 ? UINT64_MAX : (uint64_t)how << 20,
		.most_bytes = weir_pool_lent_bytes() + ((uint64_t)(how % 3) << 20),
		.slack_bytes = UINT64_MAX});

	FUZZ_CHECK(left.oldest_ns == INT64_MAX || left.cached_bytes != 0);
}

static void
faults(uint32_t bits)
{
	fake.no_address_space = bits & 1;
	fake.no_commit = bits & 2;
	fake.no_purge = bits & 4;
	fake.no_meta = bits & 8;
	fake.no_move = bits & 16;
}

static void
step(void)
{
	struct block *b = &blocks[take_bytes(1) % BLOCKS];
	uint32_t what = take_bytes(1);

	if (what >= 250)
		faults(what == 250 ? take_bytes(1) : 0);
	else if (what >= 230)
		tick(what - 230);
	else if (b->span == NULL)
		take(b, what % 24);
	else if (what < 60)
		resize(b);
	else if (what < 80)
		move(b, &blocks[what % BLOCKS]);
	else
		give(b, what);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	model_init();
	heap_gather_from = size % 2 == 0 ? 128 << 10 : SIZE_MAX;
	at = data;
	end = data + (size < 4096 ? size : 4096);
	while (at < end)
		step();
	faults(0);
	for (int i = 0; i < BLOCKS; i++)
		while (blocks[i].span != NULL)
			give(&blocks[i], 0);
	model_check();
	FUZZ_CHECK(tap_failures == 0);
	return 0;
}
