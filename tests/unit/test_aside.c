/* SPDX-License-Identifier: Apache-2.0 */
/* Small requests while the next allocator is busy: preload/entries/aside.h, in front of one that counts its calls. */
#include "preload/entries/aside.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "preload/clock/trim.h"
#include "preload/entries/sampler.h"
#include "preload/ground/next.h"
#include "preload/ground/settings.h"
#include "tests/tap.h"

/* What the shim has around it. */
size_t weir_floor = 128 << 10;
struct weir_next next;
static bool (*begin)(void);
static void (*end)(void);
static struct trim_aside (*facts)(void);
static _Atomic unsigned calls; /* of the next allocator */

void
trim_init(bool (*b)(void), void (*e)(void), struct trim_aside (*f)(void))
{
	begin = b;
	end = e;
	facts = f;
}

struct weir_next *
sampler_beneath(void)
{
	return &next;
}

void
sampler_changed(void)
{
}

int
next_found(void)
{
	return 0;
}

/* Blocks hold a pointer, as every allocator's do, whatever a sanitizer's malloc says of shorter ones. */
static size_t
room(size_t bytes)
{
	return bytes < sizeof(void *) ? sizeof(void *) : bytes;
}

#define COUNTED(type, name, parameters, arguments)                                       \
	static type next_##name parameters                                               \
	{                                                                                \
		calls++;                                                                 \
		return name arguments;                                                   \
	}
COUNTED(void *, malloc, (size_t size), (room(size)))

/* A sanitizer would end the program where the C library refuses. */
static void *
next_calloc(size_t n, size_t size)
{
	size_t bytes;

	calls++;
	return __builtin_mul_overflow(n, size, &bytes) ? NULL : calloc(1, room(bytes));
}

COUNTED(void *, realloc, (void *p, size_t size), (p, room(size)))
COUNTED(void, free, (void *p), (p))
COUNTED(int, posix_memalign, (void **p, size_t align, size_t size), (p, align, size))
COUNTED(void *, aligned_alloc, (size_t align, size_t size), (align, size))
COUNTED(void *, memalign, (size_t align, size_t size), (align, size))

static void
set_up(void)
{
	if (begin != NULL)
		return;
	next = (struct weir_next){
		.malloc = next_malloc,
		.calloc = next_calloc,
		.realloc = next_realloc,
		.free = next_free,
		.posix_memalign = next_posix_memalign,
		.aligned_alloc = next_aligned_alloc,
		.memalign = next_memalign,
		.malloc_usable_size = malloc_usable_size,
	};
	aside_init();
}

TEST(meanwhile_the_next_allocator_is_not_called)
{
	void *a, *b, *c, *d, *e, *f = NULL;

	set_up();
	CHECK(begin());
	end();
	void *before = next.malloc(1000), *larger = next.malloc(1000);
	memset(larger, 7, 1000);
	CHECK(begin());
	calls = 0;
	CHECK((a = next.malloc(1)) != NULL);
	CHECK((b = next.calloc(10, 100)) != NULL);
	CHECK((c = next.realloc(NULL, 100)) != NULL);
	CHECK((d = next.memalign(4096, 5000)) != NULL && (uintptr_t)d % 4096 == 0);
	CHECK((e = next.aligned_alloc(64, 64)) != NULL && (uintptr_t)e % 64 == 0);
	CHECK_EQ(next.posix_memalign(&f, 256, 70000), 0);
	CHECK(f != NULL && (uintptr_t)f % 256 == 0);
	CHECK(next.malloc_usable_size(f) >= 70000);
	for (int i = 0; i < 1000; i++)
		CHECK_EQ(((char *)b)[i], 0);
	next.free(before);
	next.free(NULL);
	larger = next.realloc(larger, 50000);
	CHECK(larger != NULL && ((char *)larger)[999] == 7);
	CHECK_EQ(calls, 0);
	end();
	/* A block from there may go, grow and shrink at any time. */
	larger = next.realloc(larger, 60000);
	CHECK(((char *)larger)[999] == 7);
	larger = next.realloc(larger, 10);
	next.free(a);
	next.free(b);
	next.free(c);
	next.free(d);
	next.free(e);
	CHECK(next.realloc(f, 0) == NULL);
	calls = 0;
	next.free(larger);
	/* What waited is free now: `before`, and what `larger` was at first. */
	CHECK(calls >= 1);
	next.free(next.malloc(10));
	CHECK_EQ(calls >= 3, true);
}

TEST(what_does_not_fit_is_passed_on_and_counted)
{
	set_up();
	CHECK(begin());
	uint64_t refused = facts().refused;
	calls = 0;
	void *p = next.malloc(200 << 10);
	CHECK_EQ(calls, 1);
	CHECK_EQ(facts().refused, refused + 1);
	CHECK(next.calloc(SIZE_MAX, 3) == NULL);
	end();
	next.free(p);
}

TEST(full_trays_are_not_opened_and_emptied_ones_are_filled_again)
{
	enum { MANY = 400 };
	void *held[MANY];

	set_up();
	for (int round = 0; round < 3; round++) {
		size_t n = 0;

		CHECK(begin());
		for (size_t i = 0; i < MANY; i++)
			held[i] = next.malloc(100 << 10);
		CHECK(facts().refused > 0);
		end();
		CHECK(!begin());
		for (size_t i = 0; i < MANY; i++, n++)
			next.free(held[i]);
	}
	/* Within one opening as well. */
	uint64_t refused = facts().refused;
	CHECK(begin());
	for (int i = 0; i < 100000; i++) {
		void *p = next.malloc(1 + i % 60000), *q = next.malloc(10);

		next.free(p);
		next.free(q);
	}
	CHECK_EQ(facts().refused, refused);
	end();
}

static _Atomic bool stop;
static _Atomic unsigned wrong;

static void
mark(unsigned char *p, size_t n, unsigned char with)
{
	p[0] = p[n - 1] = p[n / 2] = with;
}

static void *
use(void *arg)
{
	uint64_t state = (uintptr_t)arg;
	struct {
		unsigned char *p;
		size_t n;
	} own[64] = {{NULL, 0}};

	while (!stop) {
		state = state * 6364136223846793005u + 1442695040888963407u;
		size_t i = state >> 33 & 63, n = 1 + (state >> 40) % 9000;
		unsigned char with = (unsigned char)(i + 1);

		if (own[i].p != NULL &&
		    (own[i].p[0] != with || own[i].p[own[i].n - 1] != with))
			wrong++;
		if (own[i].p != NULL && state >> 60 < 8) {
			unsigned char *q = next.realloc(own[i].p, n);
			wrong += q[0] != with;
			own[i].p = q;
		} else {
			next.free(own[i].p);
			own[i].p = state >> 60 & 1 ? next.malloc(n) : next.calloc(1, n);
			wrong += (state >> 60 & 1) == 0 && own[i].p[n - 1] != 0;
		}
		own[i].n = n;
		mark(own[i].p, n, with);
	}
	for (size_t i = 0; i < 64; i++)
		next.free(own[i].p);
	return NULL;
}

/* What was open in the parent is not in the child, which uses and frees what it has. */
static void
fork_once(void)
{
	aside_freeze();
	void *p = next.malloc(100);
	pid_t child = fork();
	if (child == 0) {
		aside_forked();
		aside_after_fork();
		calls = 0;
		next.free(next.malloc(100));
		next.free(p);
		_exit(calls >= 2 && begin() ? 0 : 1);
	}
	aside_thaw();
	next.free(p);
	int status = -1;
	CHECK_EQ(waitpid(child, &status, 0), child);
	CHECK_EQ(status, 0);
}

TEST(threads_and_forks_while_it_opens_and_closes)
{
	pthread_t threads[3];

	set_up();
	for (size_t i = 0; i < 3; i++)
		CHECK_EQ(pthread_create(&threads[i], NULL, use, (void *)(i + 3)), 0);
	uint64_t served = facts().served;
	for (int i = 0; i < 200; i++) {
		CHECK(begin());
		usleep(500);
		end();
		if (i % 20 == 0)
			fork_once();
	}
	stop = true;
	for (size_t i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	CHECK_EQ(wrong, 0);
	CHECK(facts().served > served + 1000);
	/* All is back: as many trays are empty as at first. */
	CHECK(begin());
	end();
}

TEST(nothing_is_lent_where_weir_lends_nothing)
{
	set_up();
	weir_floor = SIZE_MAX;
	CHECK(!begin());
	weir_floor = 128 << 10;
}

#define TAP_TESTS                                                                        \
	T(meanwhile_the_next_allocator_is_not_called)                                    \
	T(what_does_not_fit_is_passed_on_and_counted)                                    \
	T(full_trays_are_not_opened_and_emptied_ones_are_filled_again)                   \
	T(threads_and_forks_while_it_opens_and_closes)                                   \
	T(nothing_is_lent_where_weir_lends_nothing)
TAP_MAIN()
