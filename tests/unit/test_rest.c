/* SPDX-License-Identifier: Apache-2.0 */
/* Whether the host rests, policy/rest.h. Time is an argument: nothing waits here. */
#include "policy/rest.h"
#include "tests/tap.h"

#define MS 1000000ll
#define S  (1000 * MS)

/*
 * A host that works for `work` of every `period` up to `end`, looked at whenever the last look says;
 * how often it was trimmed, and how often a request came into a trim of `took`.
 */
struct day {
	int64_t period, work, took, end;
	unsigned trims, hits, looks;
};

static struct weir_rest_seen
seen_at(const struct day *d, int64_t now_ns)
{
	int64_t n = now_ns / d->period + 1;

	return (struct weir_rest_seen){.cpu_ns = S + n * d->work,
				       .switches = (uint64_t)n};
}

static void
live(struct day *d)
{
	struct weir_rest r = {0};

	for (int64_t now = 123 * MS; now < d->end;) {
		int64_t next = weir_rest_look(&r, now, seen_at(d, now));

		d->looks++;
		if (next == 0) {
			int64_t end = now + d->took;

			d->trims++;
			d->hits += now / d->period != end / d->period;
			weir_rest_trimmed(&r, now, end, seen_at(d, end));
			now = end;
			next = WEIR_REST_LOOK_NS;
		}
		now += next == INT64_MAX ? 60 * S : next;
	}
}

TEST(a_host_with_requests_does_not_rest)
{
	static const int64_t periods[] = {50 * MS, 100 * MS, S, 2 * S, 3333 * MS};

	for (unsigned i = 0; i < sizeof(periods) / sizeof(periods[0]); i++)
		for (int64_t work = 1000; work < 50 * MS; work *= 7) {
			struct day d = {periods[i], work, 100 * MS, 600 * S, 0, 0, 0};

			live(&d);
			CHECK_EQ(d.trims, 0);
		}
}

TEST(a_host_that_rests_is_trimmed_once_within_five_seconds)
{
	struct weir_rest r = {0};
	struct weir_rest_seen seen = {.cpu_ns = S, .switches = 10};
	int64_t now = 77 * S;

	for (int64_t next; (next = weir_rest_look(&r, now, seen)) != 0; now += next)
		CHECK(next > 0 && next <= 2 * WEIR_REST_LOOK_NS);
	CHECK(now >= 77 * S + 3500 * MS && now <= 77 * S + 4500 * MS);
	weir_rest_trimmed(&r, now, now + MS, seen);
	/* One more look, whether it was a rest; then there is nothing to wait for. */
	now += MS;
	int64_t next = weir_rest_look(&r, now, seen);
	CHECK(next > 0 && next <= 2 * S);
	CHECK(weir_rest_look(&r, now + next, seen) == INT64_MAX);
	CHECK(weir_rest_look(&r, now + 1000 * S, seen) == INT64_MAX);
}

TEST(whoever_has_done_nothing_is_not_looked_at)
{
	struct weir_rest r = {0};

	CHECK(weir_rest_look(&r, S, (struct weir_rest_seen){.cpu_ns = 40 * MS}) ==
	      INT64_MAX);
}

TEST(at_most_once_a_minute)
{
	struct day d = {40 * S, 100 * MS, MS, 3600 * S, 0, 0, 0};

	live(&d);
	CHECK(d.trims >= 20 && d.trims <= 60);
	CHECK_EQ(d.hits, 0);
}

/* Whatever the gap between requests, few of them meet a trim: the rest that is asked for gets longer. */
TEST(it_learns_from_a_rest_that_was_none)
{
	for (int64_t period = 3500 * MS; period < 40 * S; period += 97 * MS) {
		struct day d = {period, 60 * MS, 500 * MS, 7200 * S, 0, 0, 0};

		live(&d);
		CHECK(d.hits <= 4);
	}
}

TEST(a_trim_that_takes_long_waits_for_a_long_rest)
{
	struct weir_rest r = {0};
	struct weir_rest_seen seen = {.cpu_ns = S};
	int64_t now = S;

	weir_rest_trimmed(&r, now, now + 800 * MS, seen);
	seen.cpu_ns += S;
	seen.switches = 5;
	now += 100 * S;
	int64_t began = now;
	for (int64_t next; (next = weir_rest_look(&r, now, seen)) != 0; now += next)
		;
	CHECK(now - began >= 16 * S);
}

#define TAP_TESTS                                                                        \
	T(a_host_with_requests_does_not_rest)                                            \
	T(a_host_that_rests_is_trimmed_once_within_five_seconds)                         \
	T(whoever_has_done_nothing_is_not_looked_at)                                     \
	T(at_most_once_a_minute)                                                         \
	T(it_learns_from_a_rest_that_was_none)                                           \
	T(a_trim_that_takes_long_waits_for_a_long_rest)
TAP_MAIN()
