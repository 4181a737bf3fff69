/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The input as operations of the malloc family, on the shim (under other names) and on the next
 * allocator at once: results, errno, alignment, content are equal (tests/heaps/heap_pairs.h), also
 * when the kernel refuses memory. The first bytes choose the options and what fails.
 */
#include <errno.h>

#include "fuzz/fuzz.h"
#include "pool/heap.h"
#include "preload/clock/timer.h"
#include "tests/heaps/shim_heap.h"

struct input {
	const uint8_t *at, *end;
};

static unsigned fail_every, calls; /* of the page source; 0: none fails */
static bool gathers;

static bool
fails(void)
{
	return fail_every != 0 && ++calls % fail_every == 0;
}

static void *
reserve(size_t bytes, size_t align)
{
	return fails() ? NULL : weir_pages_system.reserve(bytes, align);
}

static int
commit(void *addr, size_t bytes)
{
	return fails() ? -ENOMEM : weir_pages_system.commit(addr, bytes);
}

static int
purge(void *addr, size_t bytes)
{
	return fails() ? -EAGAIN : weir_pages_system.purge(addr, bytes);
}

static int
renew(void *addr, size_t bytes)
{
	return fails() ? -ENOMEM : weir_pages_system.renew(addr, bytes);
}

static int
move(void *from, void *to, size_t bytes)
{
	return fails() ? -ENOMEM : weir_pages_system.move(from, to, bytes);
}

static void *
meta(size_t bytes)
{
	return fails() ? NULL : weir_pages_system.meta(bytes);
}

static uint32_t
pick(void *source, uint32_t n)
{
	struct input *in = source;
	uint32_t value = 0;

	for (uint32_t range = n - 1; range != 0 && in->at < in->end; range >>= 8)
		value = value << 8 | *in->at++;
	return value % n;
}

static void
begin(const uint8_t *data)
{
	static const char *const options[] = {
		"stats=off,decay_thread=off",
		"stats=off,decay_thread=off,floor=4K,threshold=64K",
		"stats=off,decay_thread=off,floor=8K,threshold=1G,decay_ms=0",
		"stats=off,decay_thread=off,floor=4K,guard=on",
		"stats=off,decay_thread=off,floor=4K,threshold=1M,quarantine=1M",
		"stats=off,decay_thread=off,floor=4K,guard=on,quarantine=8M",
	};
	static struct weir_pages source;

	shim_options(options[data[0] % (sizeof(options) / sizeof(options[0]))]);
	shim_free(shim_malloc(weir_floor)); /* there is a pool now */
	source = weir_pages_system;
	source.reserve = reserve;
	source.commit = commit;
	source.purge = purge;
	source.renew = renew;
	source.move = move;
	source.meta = meta;
	heap_pages = &source;
	fail_every = data[1] % 16;
	calls = 0;
	shim_malloc_trim(0);
	gathers = data[1] & 16 && !suspect_on;
	heap_gather_from = gathers ? 64 << 10 : SIZE_MAX;
	heap_lent_peak = 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = {data + 2, data + size};
	struct heap theirs = next_heap();

	if (size < 3 || size > 4096)
		return 0;
	begin(data);
	struct pairs r = {.ours = &shim_heap,
			  .theirs = &theirs,
			  .pick = pick,
			  .source = &in,
			  .around = {weir_config.floor, weir_config.threshold},
			  .name = "fuzz_heap"};
	while (in.at < in.end) {
		/* With no slack beside the peak, what does not fit must be gathered. */
		if (gathers)
			heap_slack = 0;
		pairs_step(&r);
	}
	pairs_end(&r);
	return 0;
}

/* Where a sanitizer's allocator is the next one, it refuses as the C library does. */
__attribute__((visibility("default"))) const char *__asan_default_options(void);
const char *
__asan_default_options(void)
{
	return "allocator_may_return_null=1:quarantine_size_mb=1";
}
