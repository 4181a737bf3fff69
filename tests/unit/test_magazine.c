/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Magazines under the scratch API: whose count a block's is, threads that race for the last reference,
 * what an ended thread leaves behind, the clock's visits.
 */
#include "pool/magazine.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/refuse_call.h"
#include "tests/unit/pool_model.h"

enum { RACERS = 4 };

static bool
is_named(const void *p)
{
	return weir_span_at(p)->refs >> MAGAZINE_NAME_SHIFT != 0;
}

/* A block whose count is the calling thread's alone: not the first, and not while it is shy. */
static void *
get_named(size_t bytes)
{
	for (int i = 0; i < MAGAZINE_SHY + 3; i++) {
		void *p = model_scratch(bytes);

		if (p == NULL || is_named(p))
			return p;
		weir_scratch_drop(p);
	}
	return NULL;
}

struct race {
	void *block;
	pthread_barrier_t *start;
	int released, refused;
};

static void *
drop_all(void *arg)
{
	struct race *r = arg;

	pthread_barrier_wait(r->start);
	for (int i = 0; i < 3; i++) {
		int rc = weir_scratch_drop(r->block);

		r->released += rc == 1;
		r->refused += rc == -EINVAL;
	}
	return NULL;
}

/* Twelve drops race for five references: one release, and nothing is taken anew meanwhile. */
TEST(released_exactly_once_however_many_race)
{
	int wrong = 0;

	model_init();
	for (int round = 0; round < 300; round++) {
		pthread_barrier_t start;
		pthread_t threads[RACERS];
		struct race races[RACERS];
		int released = 0, refused = 0;
		void *p = round % 2 ? model_scratch(60000) : get_named(60000);

		REQUIRE(p != NULL);
		for (int i = 0; i < 4; i++)
			weir_scratch_share(p);
		CHECK_EQ(is_named(p), round % 2 == 0);
		pthread_barrier_init(&start, NULL, RACERS);
		for (int i = 0; i < RACERS; i++) {
			races[i] = (struct race){.block = p, .start = &start};
		}
		/* The thread that got it races too. */
		for (int i = 1; i < RACERS; i++)
			REQUIRE(pthread_create(&threads[i], NULL, drop_all, &races[i]) ==
				0);
		drop_all(&races[0]);
		for (int i = 0; i < RACERS; i++) {
			if (i > 0)
				pthread_join(threads[i], NULL);
			released += races[i].released;
			refused += races[i].refused;
		}
		pthread_barrier_destroy(&start);
		wrong += released != 1 || refused != RACERS * 3 - 5;
	}
	CHECK_EQ(wrong, 0);
	model_check();
}

static void *
drop_one(void *block)
{
	return (void *)(intptr_t)weir_scratch_drop(block);
}

static void *
get_two(void *blocks)
{
	void **p = blocks;

	p[0] = get_named(5000);
	p[1] = get_named(5000);
	weir_scratch_share(p[1]);
	return NULL;
}

static intptr_t
elsewhere(void *(*what)(void *), void *arg)
{
	pthread_t thread;
	void *out = &thread;

	if (pthread_create(&thread, NULL, what, arg) == 0)
		pthread_join(thread, &out);
	return (intptr_t)out;
}

TEST(another_thread_counts_too_and_makes_the_class_shy)
{
	model_init();
	void *p = get_named(5000);
	REQUIRE(p != NULL);
	CHECK_EQ(weir_scratch_share(p), 0);
	CHECK(is_named(p));
	CHECK_EQ(elsewhere(drop_one, p), 0);
	CHECK(!is_named(p));
	CHECK_EQ(weir_scratch_drop(p), 1);
	CHECK_EQ(elsewhere(drop_one, p), -EINVAL);
	CHECK_EQ(weir_scratch_drop(p), -EINVAL);
	int shy = 0;
	for (void *q = model_scratch(5000); q != NULL && !is_named(q);
	     q = model_scratch(5000)) {
		shy++;
		CHECK_EQ(weir_scratch_drop(q), 1);
		REQUIRE(shy <= MAGAZINE_SHY);
	}
	CHECK_EQ(shy, MAGAZINE_SHY);
	p = get_named(5000);
	REQUIRE(p != NULL);
	CHECK_EQ(elsewhere(drop_one, p), 1);
	CHECK_EQ(weir_scratch_drop(p), -EINVAL);
	model_check();
}

TEST(blocks_outlive_the_thread_that_got_them)
{
	void *blocks[2] = {NULL, NULL};

	model_init();
	elsewhere(get_two, blocks);
	REQUIRE(blocks[0] != NULL && blocks[1] != NULL);
	CHECK(is_named(blocks[0]) && is_named(blocks[1]));
	CHECK_EQ(weir_scratch_drop(blocks[0]), 1);
	CHECK_EQ(weir_scratch_drop(blocks[1]), 0);
	/* Its magazine is somebody else's by now. */
	CHECK_EQ(elsewhere(drop_one, blocks[1]), 1);
	CHECK_EQ(weir_scratch_drop(blocks[0]), -EINVAL);
	CHECK_EQ(weir_scratch_drop(blocks[1]), -EINVAL);
	model_check();
}

TEST(references_end_before_they_wrap)
{
	model_init();
	for (int named = 0; named < 2; named++) {
		void *p = named ? get_named(70000) : model_scratch(70000);
		REQUIRE(p != NULL);
		struct weir_span *s = weir_span_at(p);

		if (!named)
			s->refs = (uint32_t)s->refs;
		s->refs += INT32_MAX - 2;
		CHECK_EQ(weir_scratch_share(p), 0);
		CHECK_EQ(weir_scratch_share(p), -EOVERFLOW);
		CHECK_EQ(is_named(p), named);
		CHECK_EQ(weir_scratch_drop(p), 0);
		s->refs -= INT32_MAX - 2;
		CHECK_EQ(weir_scratch_drop(p), 1);
	}
	model_check();
}

static void *
use_magazine(void *unused)
{
	for (int i = 0; i < 20; i++) {
		void *p = model_scratch(5000), *q = model_scratch(5000);

		weir_scratch_drop(p);
		weir_scratch_drop(q);
	}
	return unused;
}

TEST(a_thread_leaves_its_magazine_behind)
{
	struct weir_class_stats c;
	pthread_t thread;

	model_init();
	REQUIRE(pthread_create(&thread, NULL, use_magazine, NULL) == 0);
	pthread_join(thread, NULL);
	model_check();
	weir_pool_tick(&(struct weir_tick){
		.now_ns = 1, .stock_before_ns = INT64_MAX, .purge_before_ns = INT64_MAX});
	weir_pool_freeze();
	weir_pool_class_stats(MODEL_CLASS_8K, &c);
	weir_pool_thaw();
	CHECK_EQ(c.cached, 0);
	CHECK_EQ(magazine_cached_bytes(), 0);
	CHECK_EQ(weir_pool_cached_bytes(), 0);
}

TEST(idle_magazines_are_drained_by_the_clock)
{
	model_init();
	void *p = model_scratch(5000);
	REQUIRE(p != NULL);
	weir_scratch_drop(p);
	CHECK(magazine_cached_bytes() > 0);
	for (int64_t now = 1000; now < 1003; now++)
		weir_pool_tick(&(struct weir_tick){.now_ns = now * 1000,
						   .stock_before_ns = now * 1000 - 1000,
						   .purge_before_ns = 0,
						   .cap_bytes = UINT64_MAX,
						   .most_bytes = UINT64_MAX,
						   .slack_bytes = UINT64_MAX});
	CHECK_EQ(magazine_cached_bytes(), 0);
	model_check();
}

static _Atomic int stop;

static _Atomic(unsigned char *) handed; /* with a reference, to whoever takes it */

static void
hand_over(unsigned char *p)
{
	weir_scratch_share(p);
	p = atomic_exchange(&handed, p);
	if (p != NULL)
		weir_scratch_drop(p);
}

static void *
churn_scratch(void *unused)
{
	for (unsigned i = 0; !stop; i++) {
		unsigned char *p = model_scratch(1000 + i % 7 * 12000);

		if (p == NULL || weir_scratch_share(p) != 0)
			return unused;
		p[0] = p[999] = (unsigned char)i;
		weir_scratch_drop(p);
		if (i % 50 == 0)
			hand_over(p);
		if (p[0] != (unsigned char)i || p[999] != (unsigned char)i)
			return unused;
		weir_scratch_drop(p);
	}
	return &stop;
}

TEST(the_clock_and_statistics_visit_busy_magazines)
{
	pthread_t threads[3];
	void *fine;

	model_init();
	for (int i = 0; i < 3; i++)
		REQUIRE(pthread_create(&threads[i], NULL, churn_scratch, NULL) == 0);
	while (handed == NULL) /* they are at work */
		sched_yield();
	for (int i = 0; i < 300; i++) {
		model_check();
		weir_pool_tick(
			&(struct weir_tick){.now_ns = i,
					    .stock_before_ns = i % 3 ? i : INT64_MAX,
					    .purge_before_ns = i,
					    .cap_bytes = UINT64_MAX,
					    .most_bytes = UINT64_MAX,
					    .slack_bytes = UINT64_MAX});
	}
	stop = 1;
	for (int i = 0; i < 3; i++) {
		pthread_join(threads[i], &fine);
		CHECK(fine == &stop);
	}
	CHECK_EQ(weir_scratch_drop(handed), 1);
	model_check();
}

/* A sandbox that the host enters when owners rely on the call. */
TEST(without_membarrier_from_some_moment_on_owners_fence_themselves)
{
	model_init();
	REQUIRE(weir_scratch_drop(model_scratch(8000)) == 1); /* there is a magazine */
	if (magazines_heed & MAGAZINES_FENCE)
		SKIP("no membarrier here");
	pid_t child = fork();
	int status = -1;
	if (child == 0) {
		if (!refuse_call(SYS_membarrier, EPERM))
			_exit(77);
		errno = 4242;
		weir_pool_freeze();
		weir_pool_thaw();
		_exit(errno == 4242 && (magazines_heed & MAGAZINES_FENCE) ? 0 : 1);
	}
	REQUIRE(child > 0 && waitpid(child, &status, 0) == child);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
		SKIP("no seccomp here");
	CHECK_EQ(status, 0);
}

#define TAP_TESTS                                                                        \
	T(released_exactly_once_however_many_race)                                       \
	T(another_thread_counts_too_and_makes_the_class_shy)                             \
	T(blocks_outlive_the_thread_that_got_them)                                       \
	T(references_end_before_they_wrap)                                               \
	T(a_thread_leaves_its_magazine_behind)                                           \
	T(idle_magazines_are_drained_by_the_clock)                                       \
	T(the_clock_and_statistics_visit_busy_magazines)                                 \
	T(without_membarrier_from_some_moment_on_owners_fence_themselves)
TAP_MAIN()
