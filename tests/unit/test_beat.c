/* SPDX-License-Identifier: Apache-2.0 */
/* When a process is looked at that asks nothing of weir, policy/beat.h. Nothing waits here. */
#include "policy/beat.h"
#include "tests/tap.h"

#define SECOND 1000000000ll
#define MB     ((uint64_t)1 << 20)

TEST(the_first_look_comes_when_the_process_has_lived_three_seconds)
{
	struct weir_beat b = {0};

	CHECK_EQ(weir_beat_wait(&b, 100 * SECOND, 100 * SECOND), 3 * SECOND);
	CHECK_EQ(weir_beat_wait(&b, 100 * SECOND, 102 * SECOND), SECOND);
	CHECK(weir_beat_wait(&b, 100 * SECOND, 108 * SECOND) <= 0);
	CHECK(!weir_beat_old_enough(100 * SECOND, 103 * SECOND - 1));
	CHECK(weir_beat_old_enough(100 * SECOND, 103 * SECOND));
}

TEST(each_second_while_its_size_changes_and_later_and_later_otherwise)
{
	struct weir_beat b = {0};
	int64_t now = 3 * SECOND;

	weir_beat_seen(&b, now, 70 * MB);
	CHECK_EQ(weir_beat_wait(&b, 0, now), SECOND);
	now += SECOND;
	/* For a second or two a heap that grows stands still: no blindness for ten. */
	for (int seconds = 2; seconds <= 8; seconds *= 2) {
		weir_beat_seen(&b, now, 71 * MB - 1);
		CHECK_EQ(weir_beat_wait(&b, 0, now), seconds * SECOND);
		now += seconds * SECOND;
	}
	for (int i = 0; i < 3; i++) {
		weir_beat_seen(&b, now, 71 * MB);
		CHECK_EQ(weir_beat_wait(&b, 0, now), 10 * SECOND);
		CHECK_EQ(weir_beat_wait(&b, 0, now + 7 * SECOND), 3 * SECOND);
		now += 10 * SECOND;
	}
	/* A trickle is looked at more often by and by, a surge at once. */
	weir_beat_seen(&b, now, 74 * MB);
	CHECK_EQ(weir_beat_wait(&b, 0, now), 4 * SECOND);
	weir_beat_seen(&b, now, 76 * MB);
	CHECK_EQ(weir_beat_wait(&b, 0, now), 2 * SECOND);
	weir_beat_seen(&b, now, 78 * MB);
	CHECK_EQ(weir_beat_wait(&b, 0, now), SECOND);
	weir_beat_seen(&b, now, 78 * MB);
	weir_beat_seen(&b, now, 78 * MB);
	weir_beat_seen(&b, now, 60 * MB);
	CHECK_EQ(weir_beat_wait(&b, 0, now), SECOND);
}

/* So that a day of slow growth costs little: looks in a day of 10 KB a second. */
TEST(slow_growth_is_looked_at_every_ten_seconds)
{
	struct weir_beat b = {0};
	int64_t now = 3 * SECOND;
	int looks = 0;

	for (uint64_t rss = 64 * MB; now < 86400 * SECOND; looks++) {
		weir_beat_seen(&b, now, rss);
		int64_t wait = weir_beat_wait(&b, 0, now);
		CHECK(wait > 0);
		now += wait;
		rss += (uint64_t)(wait / SECOND) * 10240;
	}
	CHECK_EQ(looks, 8643);
}

#define TAP_TESTS                                                                        \
	T(the_first_look_comes_when_the_process_has_lived_three_seconds)                 \
	T(each_second_while_its_size_changes_and_later_and_later_otherwise)              \
	T(slow_growth_is_looked_at_every_ten_seconds)
TAP_MAIN()
