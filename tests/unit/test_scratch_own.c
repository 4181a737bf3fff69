/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libweir without the shim, on its own pool: many threads, forks in the middle of their work, what
 * a child may do with what it inherits, and a source that changes meanwhile. How much memory each form
 * takes is test_scratch_memory.c's.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/guard.h"
#include "tests/unit/made.h"
#include "tests/unit/races.h"
#include "tests/tap.h"

#include "encode/codec.h"
#include "weir/bytes.h"
#include "weir/encode.h"
#include "weir/scratch.h"

enum { THREADS = 6, ROUNDS = 1500, SOURCE = 150000 };
#define MB ((size_t)1 << 20)

static char source[SOURCE];

struct inbox {
	_Atomic(char *) block; /* from another thread, to be released here */
};

static struct inbox inboxes[THREADS];
static _Atomic unsigned wrong;
static _Atomic bool go_on; /* beyond ROUNDS */

/* Gets, checks, hands on to the next thread, releases what others have handed on. */
static void *
work(void *arg)
{
	size_t me = (size_t)(uintptr_t)arg;
	uint32_t seed = (uint32_t)me;

	for (int i = 0; i < ROUNDS || go_on; i++) {
		size_t n = 1 + guard_random(&seed) % SOURCE;
		struct weir_result r;
		char *text = weir_encode_scratch(WEIR_HEX, source, n, &r);

		if (text == NULL || r.written != 2 * n || !is_hex(text, 2 * n)) {
			wrong++;
			continue;
		}
		text = atomic_exchange(&inboxes[(me + 1) % THREADS].block, text);
		if (text != NULL && weir_scratch_unref(text) != 1)
			wrong++;
		text = atomic_exchange(&inboxes[me].block, NULL);
		if (text != NULL && (text[0] != '5' || weir_scratch_unref(text) != 1))
			wrong++;
	}
	return NULL;
}

static void
start(pthread_t *threads)
{
	memset(source, 0x5a, sizeof(source));
	for (size_t i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, work, (void *)(uintptr_t)i) != 0)
			abort();
}

static void
finish(pthread_t *threads)
{
	for (size_t i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	for (size_t i = 0; i < THREADS; i++) {
		char *left = atomic_exchange(&inboxes[i].block, NULL);

		if (left != NULL)
			CHECK_EQ(weir_scratch_unref(left), 1);
	}
	CHECK_EQ(wrong, 0);
}

TEST(threads)
{
	pthread_t threads[THREADS];

	start(threads);
	finish(threads);
}

/* In a child whose other threads are gone, wherever in the pool they were. */
static int
child_can_go_on(char *inherited)
{
	struct weir_result r;

	if (memcmp(inherited, "5a5a", 4) != 0)
		return 1;
	if (weir_scratch_ref(inherited) == NULL || weir_scratch_unref(inherited) != 0 ||
	    weir_scratch_unref(inherited) != 1)
		return 2;
	for (size_t n = 1; n < SOURCE; n += 9001) {
		char *text = weir_encode_scratch(WEIR_HEX, source, n, &r);

		if (text == NULL || r.written != 2 * n || !is_hex(text, 2 * n) ||
		    weir_scratch_unref(text) != 1)
			return 3;
	}
	return 0;
}

TEST(fork_among_threads)
{
	pthread_t threads[THREADS];
	struct weir_result r;

	go_on = true;
	start(threads);
	for (int i = 0; i < 60; i++) {
		char *text = weir_encode_scratch(WEIR_HEX, source, 40000, &r);
		int status = -1;

		REQUIRE(text != NULL);
		pid_t child = fork();
		if (child == 0) {
			alarm(60); /* a lock that nobody will give back */
			_exit(child_can_go_on(text));
		}
		CHECK(waitpid(child, &status, 0) == child && status == 0);
		CHECK(is_hex(text, r.written));
		CHECK_EQ(weir_scratch_unref(text), 1);
	}
	go_on = false;
	finish(threads);
}

/* However many let go at once, one of them is the last. */
static _Atomic unsigned last_ones;

static void *
let_go(void *block)
{
	if (weir_scratch_unref(block) == 1)
		last_ones++;
	return NULL;
}

TEST(one_is_the_last)
{
	for (int i = 0; i < 60; i++) {
		pthread_t threads[THREADS];
		char *block = weir_scratch_get(100000);

		REQUIRE(block != NULL);
		last_ones = 0;
		for (int j = 1; j < THREADS; j++)
			CHECK(weir_scratch_ref(block) == block);
		for (int j = 0; j < THREADS; j++)
			if (pthread_create(&threads[j], NULL, let_go, block) != 0)
				abort();
		for (int j = 0; j < THREADS; j++)
			pthread_join(threads[j], NULL);
		CHECK_EQ(last_ones, 1);
		CHECK_EQ(weir_scratch_unref(block), -EINVAL);
	}
}

static _Atomic bool ended;

static void *
keep_changing(void *bytes)
{
	static const uint8_t values[] = {'A', 0xf0, 0x80, '=', '\n', 0xff, 0xe2, 'f'};
	volatile uint8_t *p = bytes;
	uint32_t seed = 5;

	while (!ended)
		p[guard_random(&seed) % GUARD_PAGE] = values[guard_random(&seed) % 8];
	return NULL;
}

/* The forms that look at their source twice, or through something else. */
static void
other_forms(enum weir_codec c, enum weir_dialect d, const struct guard *in, uint8_t *dst,
	    size_t cap)
{
	const struct weir_lines mime = WEIR_LINES_MIME;
	size_t units = in->bytes / 2, total = 0, n;
	struct weir_result r;
	void *block;

	r = weir_encode_utf16(c, (uint16_t *)((uintptr_t)dst & ~(uintptr_t)1),
			      cap / 2 / 2, in->first, in->bytes);
	CHECK(r.written <= cap / 2);
	r = weir_decode_utf16(c, d, dst, cap, (uint16_t *)in->first, units);
	CHECK(r.written <= cap && r.read <= units);
	if (c <= WEIR_BASE64URL) {
		r = weir_encode_lines(c, &mime, (char *)dst, cap, in->first, in->bytes);
		CHECK(r.written <= cap);
	}
	block = weir_encode_scratch(c, in->first, in->bytes, &r);
	CHECK(block != NULL && r.written <= weir_scratch_capacity(block));
	weir_scratch_unref(block);
	block = weir_decode_scratch(c, d, (char *)in->first, in->bytes, &r);
	CHECK(block != NULL && r.written <= weir_scratch_capacity(block));
	weir_scratch_unref(block);
	weir_encode_chunked(c, in->first, in->bytes, 1000, count, &total, NULL);
	block = weir_extract_scratch(in->first, in->bytes, 5, SIZE_MAX, &n);
	CHECK(block != NULL && n == in->bytes - 5);
	weir_scratch_unref(block);
	weir_compare(in->first, in->bytes, in->first + 1, in->bytes - 1);
	weir_copy(dst, in->first, cap < in->bytes ? cap : in->bytes);
}

/* What comes out is anything, but nothing is read or written beside what was given. */
TEST(source_that_changes_meanwhile)
{
	struct guard in = guard_new(GUARD_PAGE), out = guard_new(3 * GUARD_PAGE);
	pthread_t thread;

	if (REPORTS_RACES)
		SKIP("a data race is what this is about");
	ended = false;
	memset(in.first, 'A', in.bytes);
	if (pthread_create(&thread, NULL, keep_changing, in.first) != 0)
		abort();
	for (const struct codec_tier *const *t = codec_available(); *t != NULL; t++)
		for (int codec = WEIR_HEX; codec <= WEIR_UTF16LE; codec++)
			for (size_t i = 0; i < 300; i++) {
				enum weir_codec c = (enum weir_codec)codec;
				enum weir_dialect d = (enum weir_dialect)(i % 4);
				size_t cap = i % 3 ? 3 * GUARD_PAGE : 1 + i * 13;
				uint8_t *dst = guard_at(&out, cap, i & 1);
				struct weir_result r;

				codec_force((*t)->name);
				r = weir_encode(c, (char *)dst, cap, in.first, in.bytes);
				CHECK(r.written <= cap && r.read <= in.bytes);
				r = weir_decode(c, d, dst, cap, (char *)in.first,
						in.bytes);
				CHECK(r.written <= cap && r.read <= in.bytes);
				weir_index_of(in.first, in.bytes, "A=", 2, i);
				if (i % 10 == 0)
					other_forms(c, d, &in, dst, cap);
			}
	ended = true;
	pthread_join(thread, NULL);
}

/* Handlers that are older than libweir's run while it is frozen. */
static struct {
	bool on;
	void *kept[3];
	unsigned released;
} handlers;

static void
release_in(int step)
{
	if (!handlers.on)
		return;
	void *more = weir_scratch_get(100000);

	if (more != NULL)
		weir_scratch_unref(more);
	handlers.released += weir_scratch_ref(handlers.kept[step]) != NULL &&
			     weir_scratch_unref(handlers.kept[step]) == 0 &&
			     weir_scratch_unref(handlers.kept[step]) == 1;
}

static void
in_prepare(void)
{
	release_in(0);
}

static void
in_parent(void)
{
	release_in(1);
}

static void
in_child(void)
{
	release_in(2);
}

__attribute__((constructor)) static void
register_early(void)
{
	pthread_atfork(in_prepare, in_parent, in_child);
}

TEST(older_handlers_of_fork_may_release)
{
	for (int round = 0; round < 2; round++) {
		int status = -1;

		for (int i = 0; i < 3; i++)
			REQUIRE((handlers.kept[i] = weir_scratch_get(100000)) != NULL);
		handlers.released = 0;
		handlers.on = true;
		pid_t pid = fork();
		handlers.on = false;
		if (pid == 0) {
			void *p = weir_scratch_get(50000);

			_exit(p != NULL && weir_scratch_unref(p) == 1 &&
					      handlers.released == 2
				      ? 0
				      : 1);
		}
		CHECK_EQ(waitpid(pid, &status, 0), pid);
		CHECK_EQ(status, 0);
		CHECK_EQ(handlers.released, 2);
		weir_scratch_unref(handlers.kept[2]);
	}
}

#define TAP_TESTS                                                                        \
	T(threads)                                                                       \
	T(fork_among_threads)                                                            \
	T(one_is_the_last)                                                               \
	T(source_that_changes_meanwhile)                                                 \
	T(older_handlers_of_fork_may_release)
TAP_MAIN()
