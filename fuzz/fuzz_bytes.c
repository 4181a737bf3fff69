/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Operations on bytes against simple models, in every tier: search, compare, ranges, copies. The
 * first bytes choose the operation and its numbers; the rest is the data.
 */
#include <string.h>

#include "encode/codec.h"
#include "encode/two_way.h"
#include "fuzz/fuzz.h"
#include "tests/unit/bytes_model.h"
#include "weir/bytes.h"

#define DATA_MAX 8192

struct numbers {
	size_t a, b, c;
};

static void
check_search(const uint8_t *data, size_t n, struct numbers k)
{
	size_t m = k.a % (n + 1), from = k.b % (n + 2);
	const uint8_t *text = data + m;
	size_t want = bytes_model_find(text, n - m, data, m, from);

	FUZZ_CHECK(weir_index_of(text, n - m, data, m, from) == want);
	if (m > 0)
		FUZZ_CHECK(two_way_find(text, n - m, data, m) ==
			   bytes_model_find(text, n - m, data, m, 0));
}

static void
check_compare(const uint8_t *data, size_t n, struct numbers k)
{
	size_t a = k.a % (n + 1), b = k.b % (n - a + 1);
	const uint8_t *other = data + a;
	int want = 0;

	for (size_t i = 0; i < a && i < b && want == 0; i++)
		want = (data[i] > other[i]) - (data[i] < other[i]);
	if (want == 0)
		want = (a > b) - (a < b);
	FUZZ_CHECK(weir_compare(data, a, other, b) == want);
	FUZZ_CHECK(weir_compare(other, b, data, a) == -want);
}

static void
check_extract(const uint8_t *data, size_t n, struct numbers k)
{
	static uint8_t out[DATA_MAX + 1];
	size_t cap = k.c % (DATA_MAX + 1), got;

	memset(out, 0xa5, sizeof(out));
	got = weir_extract(out, cap, data, n, k.a, k.b);
	size_t want = 0;
	for (size_t i = k.a; i < n && i < k.b && want < cap; i++, want++)
		FUZZ_CHECK(out[want] == data[i]);
	FUZZ_CHECK(got == want);
	for (size_t i = want; i < sizeof(out); i++)
		FUZZ_CHECK(out[i] == 0xa5);
}

/* Within one buffer, so that source and destination may overlap. */
static void
check_copy(const uint8_t *data, size_t n, struct numbers k)
{
	static uint8_t bytes[DATA_MAX], want[DATA_MAX];
	size_t from = k.a % (n + 1), to = k.b % (n + 1);
	size_t most = n - (from > to ? from : to), m = k.c % (most + 1);

	memcpy(bytes, data, n);
	memcpy(want, data, n);
	memmove(want + to, want + from, m);
	weir_copy(bytes + to, bytes + from, m);
	FUZZ_CHECK(memcmp(bytes, want, n) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const checks[])(const uint8_t *, size_t, struct numbers) = {
		check_search, check_compare, check_extract, check_copy};
	struct numbers k;

	if (size < 8 || size > DATA_MAX)
		return 0;
	k.a = data[1] | (size_t)data[2] << 8;
	k.b = data[3] | (size_t)data[4] << 8;
	k.c = data[5] | (size_t)data[6] << 8;
	for (const struct codec_tier *const *t = codec_available(); *t != NULL; t++) {
		FUZZ_CHECK(codec_force((*t)->name) == 0);
		checks[data[0] % 4](data + 8, size - 8, k);
	}
	return 0;
}
