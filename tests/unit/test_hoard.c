/* SPDX-License-Identifier: Apache-2.0 */
/* When the next allocator is trimmed under load, policy/hoard.h. Time is an argument: nothing waits here. */
#include "policy/hoard.h"
#include "tests/tap.h"

#define MS 1000000ll
#define S  (1000 * MS)
#define MB ((uint64_t)1 << 20)

/*
 * A host of an hour: what it has in use, and what is free and resident, at a time; a trim takes what is free, and the
 * host touches `again_bytes` of it in each second.
 */
struct hour {
	uint64_t used_bytes, free_bytes, again_bytes;
	int64_t burst_ns; /* what is free is so for this long in each minute; 0: always */
	int64_t ask_cost_ns, trim_cost_ns;
	uint64_t gone_bytes; /* given back and not touched since */
	unsigned asks, trims;
	int64_t first_ns, least_apart_ns, cpu_ns;
};

static uint64_t
free_at(const struct hour *h, int64_t now_ns)
{
	return h->burst_ns == 0 || now_ns % (60 * S) < h->burst_ns ? h->free_bytes : 0;
}

static void
live(struct hour *h)
{
	struct weir_hoard p = {0};
	int64_t last_ns = 0;

	h->least_apart_ns = 3600 * S;
	for (int64_t now = 20 * MS; now < 3600 * S;) {
		uint64_t free_bytes = free_at(h, now);
		uint64_t gone = h->gone_bytes < free_bytes ? h->gone_bytes : free_bytes;
		uint64_t resident = h->used_bytes + free_bytes - gone;
		int64_t next = weir_hoard_look(&p, now, resident);

		if (next == 0) {
			h->asks++;
			h->cpu_ns += h->ask_cost_ns;
			if (weir_hoard_told(&p, now, h->ask_cost_ns, free_bytes,
					    h->used_bytes)) {
				if (h->trims++ == 0)
					h->first_ns = now;
				else if (now - last_ns < h->least_apart_ns)
					h->least_apart_ns = now - last_ns;
				last_ns = now;
				h->gone_bytes = free_bytes;
				h->cpu_ns += h->trim_cost_ns;
				weir_hoard_trimmed(&p, now, h->trim_cost_ns, resident,
						   h->used_bytes);
			}
			next = 100 * MS;
		}
		now += next;
		uint64_t again = h->again_bytes * (uint64_t)next / (uint64_t)S;
		h->gone_bytes -= again < h->gone_bytes ? again : h->gone_bytes;
	}
}

TEST(what_stays_free_goes_within_ten_seconds_and_once)
{
	struct hour h = {.used_bytes = 100 * MB,
			 .free_bytes = 100 * MB,
			 .ask_cost_ns = MS,
			 .trim_cost_ns = 10 * MS};

	live(&h);
	CHECK_EQ(h.trims, 1);
	CHECK(h.first_ns <= 10 * S);
	CHECK_EQ(h.asks, 2);
}

TEST(little_is_left_alone)
{
	static const struct hour hosts[] = {
		{.used_bytes = 10 * MB, .free_bytes = 50 * MB},
		{.used_bytes = 100 * MB, .free_bytes = 60 * MB},
		{.used_bytes = 1000 * MB, .free_bytes = 200 * MB},
	};

	for (unsigned i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
		struct hour h = hosts[i];

		live(&h);
		CHECK_EQ(h.trims, 0);
	}
}

TEST(what_is_free_for_moments_is_left_alone)
{
	struct hour h = {
		.used_bytes = 100 * MB, .free_bytes = 300 * MB, .burst_ns = 4 * S};

	live(&h);
	CHECK_EQ(h.trims, 0);
}

TEST(what_is_touched_again_goes_again_and_not_too_often)
{
	struct hour h = {.used_bytes = 100 * MB,
			 .free_bytes = 100 * MB,
			 .again_bytes = 20 * MB,
			 .trim_cost_ns = 13 * MS};

	live(&h);
	CHECK(h.trims > 60 && h.trims <= 360);
	CHECK(h.least_apart_ns >= 10 * S);
	CHECK(h.cpu_ns < 3600 * S / 400);
}

/* Whatever they cost, all of it is less than half a hundredth of a processor. */
TEST(dear_ones_are_rare)
{
	for (int64_t cost = 10 * MS; cost <= 2 * S; cost *= 4) {
		struct hour h = {.used_bytes = 700 * MB,
				 .free_bytes = 700 * MB,
				 .again_bytes = 300 * MB,
				 .ask_cost_ns = cost / 5,
				 .trim_cost_ns = cost};

		live(&h);
		CHECK(h.trims > 0);
		CHECK(h.cpu_ns < 3600 * S / 200);
	}
}

TEST(in_vain_again_and_again_becomes_rare)
{
	struct weir_hoard p = {0};
	unsigned trims = 0;

	/* Something else grows, and the trims give nothing. */
	for (int64_t now = S; now < 3600 * S; now += S) {
		uint64_t resident = 300 * MB + (uint64_t)(now / S) * 20 * MB;

		if (weir_hoard_look(&p, now, resident) == 0 &&
		    weir_hoard_told(&p, now, MS, 200 * MB, 200 * MB)) {
			trims++;
			weir_hoard_trimmed(&p, now, MS, resident, resident);
		}
	}
	CHECK(trims >= 5 && trims <= 15);
}

TEST(after_a_collection_it_is_at_once)
{
	struct weir_hoard p = {0};
	int64_t now = 100 * S;

	/* Too little for a host that works. */
	CHECK_EQ(weir_hoard_look(&p, now, 80 * MB), 0);
	CHECK(!weir_hoard_told(&p, now, MS, 30 * MB, 40 * MB));
	now += 2 * S;
	CHECK(weir_hoard_look(&p, now, 80 * MB) > 0);
	weir_hoard_collected(&p);
	CHECK_EQ(weir_hoard_look(&p, now, 80 * MB), 0);
	CHECK(weir_hoard_told(&p, now, MS, 30 * MB, 40 * MB));
	weir_hoard_trimmed(&p, now, 10 * MS, 80 * MB, 50 * MB);
	/* And again only after the next. */
	now += 100 * S;
	CHECK(weir_hoard_look(&p, now, 50 * MB) > 0);
	/* There may be nothing to be had. */
	weir_hoard_collected(&p);
	CHECK(weir_hoard_look(&p, now, 10 * MB) > 0);
	CHECK_EQ(weir_hoard_look(&p, now, 50 * MB), 0);
	CHECK(!weir_hoard_told(&p, now, MS, 10 * MB, 40 * MB));
}

TEST(what_could_not_be_asked_is_asked_later)
{
	struct weir_hoard p = {0};

	CHECK_EQ(weir_hoard_look(&p, S, 300 * MB), 0);
	weir_hoard_put_off(&p, S);
	CHECK(weir_hoard_look(&p, S, 300 * MB) > 0);
	CHECK_EQ(weir_hoard_look(&p, 7 * S, 300 * MB), 0);
}

#define TAP_TESTS                                                                        \
	T(what_stays_free_goes_within_ten_seconds_and_once)                              \
	T(little_is_left_alone)                                                          \
	T(what_is_free_for_moments_is_left_alone)                                        \
	T(what_is_touched_again_goes_again_and_not_too_often)                            \
	T(dear_ones_are_rare)                                                            \
	T(in_vain_again_and_again_becomes_rare)                                          \
	T(after_a_collection_it_is_at_once)                                              \
	T(what_could_not_be_asked_is_asked_later)
TAP_MAIN()
