/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The scratch API (weir/scratch.h) of a process without the shim: a pool of libweir's own, made
 * on first use. Under the preload the shim's functions of the same names come first, and none of
 * this runs. There is no background thread: weir_scratch_unref now and then gives old free memory back.
 */
#include "weir/scratch.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/auxv.h>
#include <time.h>

#include "encode/state.h"
#include "policy/grades.h"
#include "pool/old_libc.h"
#include "pool/pool.h"
#include "pool/region.h"
#include "pool/scratch_pool.h"
#include "pool/scratch_quick.h"

/* Free memory goes back after so long; a thread looks at the clock once in so many releases. */
#define DECAY_NS   1000000000
#define TICK_NS	   250000000
#define LOOK_EVERY 64

static pthread_once_t once = PTHREAD_ONCE_INIT;
static _Atomic bool ready;
static pthread_mutex_t tick_lock = PTHREAD_MUTEX_INITIALIZER;
static _Thread_local uint32_t returns __attribute__((tls_model("initial-exec")));
static int64_t last_tick_ns;

/* In the handlers of others between ours, this thread has all locks: it gets nothing, and releases later. */
static _Thread_local uint8_t forks __attribute__((tls_model("initial-exec")));
static _Thread_local bool is_child __attribute__((tls_model("initial-exec")));
static struct weir_span *put_off;

static void
before_fork(void)
{
	if (forks++ != 0)
		return; /* another library's handler forks */
	pthread_mutex_lock(&tick_lock);
	weir_pool_freeze();
}

static void
after_fork(bool child)
{
	is_child |= child;
	if (forks == 0 || --forks != 0)
		return;
	if (is_child)
		weir_pool_after_fork();
	else
		weir_pool_thaw();
	pthread_mutex_unlock(&tick_lock);
	is_child = false;
	for (struct weir_span *s = put_off, *next; s != NULL; s = next) {
		next = s->next;
		weir_scratch_give_shared(s);
	}
	put_off = NULL;
}

static void
in_parent(void)
{
	after_fork(false);
}

static void
in_child(void)
{
	after_fork(true);
}

static int
release_later(void *block)
{
	struct weir_span *s;
	int rc = weir_scratch_release(block, &s);

	if (s != NULL) {
		s->next = put_off;
		put_off = s;
	}
	return rc;
}

static void
make_pool(void)
{
	struct weir_grades grades;

	weir_machine_page_is(getauxval(AT_PAGESZ)); /* with others, no block can be had */
	weir_grades_graded(&grades);
	weir_grades_fit(&grades, weir_machine_page);
	weir_pool_init(&(struct weir_pool_config){
		.pages = &weir_pages_system,
		.class_bytes = grades.bytes,
		.n_classes = grades.n,
		.region_bytes = 16 * WEIR_UNIT_BYTES,
		.gather_from = WEIR_POOL_GATHER_FROM,
	});
	pthread_atfork(before_fork, in_parent, in_child);
	atomic_store_explicit(&ready, true, memory_order_release);
}

static bool
is_ready(void)
{
	return atomic_load_explicit(&ready, memory_order_acquire);
}

/* Gives back what has been free for long, unless another thread is doing so. */
static void
age(void)
{
	struct timespec t;

	if (pthread_mutex_trylock(&tick_lock) != 0)
		return;
	clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
	int64_t now = (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
	if (now - last_tick_ns >= TICK_NS) {
		last_tick_ns = now;
		weir_pool_tick(&(struct weir_tick){
			.now_ns = now,
			.stock_before_ns = now - DECAY_NS,
			.purge_before_ns = now - DECAY_NS,
			.cap_bytes = UINT64_MAX,
			.most_bytes = UINT64_MAX,
			.slack_bytes = UINT64_MAX,
		});
	}
	pthread_mutex_unlock(&tick_lock);
}

static __attribute__((noinline)) void *
take(size_t bytes)
{
	struct weir_span *s;

	if (!is_ready())
		pthread_once(&once, make_pool);
	s = forks != 0 ? NULL : weir_scratch_take(bytes);
	if (s == NULL)
		errno = ENOMEM;
	return s != NULL ? (void *)s->base : NULL;
}

/* In a thread that forks, and before there is a pool, no magazine can be entered. */
EXPORT void *
weir_scratch_get(size_t bytes)
{
	struct weir_span *s = scratch_take_quick(bytes);

	return __builtin_expect(s != NULL, 1) ? (void *)s->base : take(bytes);
}

EXPORT void *
weir_scratch_ref(void *block)
{
	int rc = is_ready() ? weir_scratch_share(block) : -EINVAL;

	if (rc != 0)
		errno = -rc;
	return rc == 0 ? block : NULL;
}

static __attribute__((noinline)) int
release(void *block)
{
	int rc = !is_ready()  ? -EINVAL
		 : forks != 0 ? release_later(block)
			      : weir_scratch_drop(block);

	if (rc == 1 && forks == 0 && returns++ % LOOK_EVERY == 0)
		age();
	return rc;
}

static __attribute__((noinline)) int
look_at_clock(void)
{
	age();
	return 1;
}

EXPORT int
weir_scratch_unref(void *block)
{
	if (__builtin_expect(!scratch_release_last(block), 0))
		return release(block);
	return __builtin_expect(returns++ % LOOK_EVERY != 0, 1) ? 1 : look_at_clock();
}

EXPORT size_t
weir_scratch_capacity(const void *block)
{
	return is_ready() ? weir_scratch_size(block) : 0;
}
