/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rule of the safe point, on stacks as they were recorded of real processes: Node's threads, a C program's. One case
 * for each thing that speaks against a thread, and those that may be used.
 */
#include "tools/attach/safe_point.h"

#include <string.h>

#include "tests/tap.h"

#define P                                                                                \
	{                                                                                \
		SAFE_PROGRAM, NULL                                                       \
	}
#define C(f)                                                                             \
	{                                                                                \
		SAFE_LIBC, f                                                             \
	}
#define L                                                                                \
	{                                                                                \
		SAFE_LOADER, NULL                                                        \
	}
#define A                                                                                \
	{                                                                                \
		SAFE_ALLOCATOR, NULL                                                     \
	}

/* What threads begin with: start_thread, which no C library exports, and clone3; what main is called by. */
#define THREAD C(NULL), C("clone3")
#define MAIN   C(NULL), C("__libc_start_main"), P

#define OK ""

static const struct row {
	const char *what, *against;
	bool in_call, cut;
	size_t n;
	struct safe_frame frames[12];
} rows[] = {
	{"a loop waits for events",
	 OK,
	 true,
	 false,
	 7,
	 {C("epoll_pwait"), P, P, P, MAIN}},
	{"a pool's thread waits for work",
	 OK,
	 true,
	 false,
	 6,
	 {C(NULL), C("pthread_cond_wait"), P, P, THREAD}},
	{"a thread of nothing but the C library waits",
	 OK,
	 true,
	 false,
	 3,
	 {C("sigwaitinfo"), THREAD}},
	{"code of the program or of a JIT runs", OK, false, false, 6, {P, P, P, MAIN}},
	{"the program makes a system call itself", OK, true, false, 4, {P, P, THREAD}},
	{"another name of a wait", OK, true, false, 4, {C("__libc_recv"), P, THREAD}},
	{"about to wait",
	 "in the C library",
	 false,
	 false,
	 5,
	 {C("pthread_cond_wait"), P, P, THREAD}},
	{"in malloc",
	 "in the C library",
	 false,
	 false,
	 5,
	 {C(NULL), C("malloc"), P, THREAD}},
	{"in malloc, which waits for its lock",
	 "in the C library, which does not only wait",
	 true,
	 false,
	 6,
	 {C("__lll_lock_wait_private"), C(NULL), C("malloc"), P, THREAD}},
	{"reads a line",
	 OK,
	 true,
	 false,
	 7,
	 {C("read"), C("_IO_file_underflow"), C("_IO_fgets"), P, MAIN}},
	{"reads a letter, as compiled into it",
	 OK,
	 true,
	 false,
	 6,
	 {C("read"), C("_IO_file_underflow"), C("_IO_default_uflow"), P, MAIN}},
	{"reads with its bounds checked", OK, true, false, 4, {C("__read_chk"), P, MAIN}},
	{"a line, likewise",
	 OK,
	 true,
	 false,
	 6,
	 {C("read"), C("_IO_file_underflow"), C("__fgets_chk"), P, MAIN}},
	{"a name that only begins so",
	 "in the C library, which does not only wait",
	 true,
	 false,
	 4,
	 {C("__rea_chk"), P, MAIN}},
	{"makes a buffer for lines",
	 "in the C library, which does not only wait",
	 true,
	 false,
	 8,
	 {C("__lll_lock_wait_private"), C("malloc"), C("_IO_file_doallocate"), C("fgets"),
	  P, MAIN}},
	{"waits for a child, within a function that makes one",
	 OK,
	 true,
	 false,
	 6,
	 {C("__wait4"), C("system"), P, P, THREAD}},
	{"makes a child",
	 "in the C library, which does not only wait",
	 true,
	 false,
	 7,
	 {C("__clone"), C(NULL), C("system"), P, P, THREAD}},
	{"ends a stream that is a file",
	 "in the C library, which does not only wait",
	 true,
	 false,
	 5,
	 {C("__close"), C("fclose"), P, MAIN}},
	{"waits for others of its kind",
	 OK,
	 true,
	 false,
	 5,
	 {C("pthread_barrier_wait"), P, P, THREAD}},
	{"waits for a lock of a file", OK, true, false, 5, {C("flock"), P, MAIN}},
	{"likewise, of a part", OK, true, false, 5, {C("__fcntl64"), P, MAIN}},
	{"waits for the other end", OK, true, false, 5, {C("__open64"), P, MAIN}},
	{"is asked for a connection", OK, true, false, 5, {C("__connect"), P, MAIN}},
	{"opens a stream",
	 "in the C library, which does not only wait",
	 true,
	 false,
	 6,
	 {C("open64"), C("fopen64"), P, MAIN}},
	{"waits for a mutex, may hold another",
	 "in the C library, which does not only wait",
	 true,
	 false,
	 6,
	 {C(NULL), C("pthread_mutex_lock"), P, THREAD}},
	{"may have written a part",
	 "in the C library, which does not only wait",
	 true,
	 false,
	 5,
	 {C("write"), P, MAIN}},
	{"looks up a host",
	 "in the C library, which does not only wait",
	 true,
	 false,
	 7,
	 {C("poll"), C(NULL), C("getaddrinfo"), P, MAIN}},
	{"code that nobody exports waits",
	 "in the C library, which does not only wait",
	 true,
	 false,
	 4,
	 {C(NULL), P, THREAD}},
	{"called back by the C library",
	 "called by the C library",
	 false,
	 false,
	 8,
	 {P, P, C("qsort"), P, P, MAIN}},
	{"waits, called back by the C library",
	 "called by the C library",
	 true,
	 false,
	 9,
	 {C("poll"), P, C("pthread_once"), P, P, P, MAIN}},
	{"a constructor of a library",
	 "in the loader",
	 false,
	 false,
	 9,
	 {P, L, L, C("dlopen"), P, P, MAIN}},
	{"binds a symbol", "in the loader", false, false, 5, {L, L, P, THREAD}},
	{"in an allocator of its own",
	 "in its allocator",
	 false,
	 false,
	 5,
	 {A, A, P, THREAD}},
	{"in an allocator that waits",
	 "in its allocator",
	 true,
	 false,
	 5,
	 {C("pthread_cond_wait"), A, P, THREAD}},
	{"asks for the time",
	 "reading a clock",
	 false,
	 false,
	 4,
	 {{SAFE_VDSO, NULL}, P, THREAD}},
	{"in a handler of signals",
	 "in a signal handler",
	 true,
	 false,
	 6,
	 {C("pause"), P, {SAFE_SIGNAL, NULL}, P, THREAD}},
	{"the stack breaks off",
	 "its stack cannot be read to its end",
	 true,
	 true,
	 3,
	 {C("read"), P, P}},
	{"the stack ends nowhere",
	 "its stack does not end where a thread begins",
	 true,
	 false,
	 4,
	 {C("read"), P, P, P}},
	{"no stack at all", "its stack cannot be read to its end", true, false, 0, {P}},
};

static struct safe_stack
stack_of(const struct row *r)
{
	return (struct safe_stack){.frames = r->frames,
				   .n = r->n,
				   .whole = !r->cut,
				   .in_call = r->in_call,
				   .room_bytes = SAFE_POINT_ROOM};
}

TEST(each_kind_of_stack)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct safe_stack s = stack_of(&rows[i]);
		const char *against = safe_point_against(&s);

		if (against == NULL)
			against = OK;
		if (strcmp(against, rows[i].against) != 0) {
			tap_failures++;
			printf("# %s: \"%s\", want \"%s\"\n", rows[i].what, against,
			       rows[i].against);
		}
	}
}

TEST(what_a_good_stack_lacks)
{
	struct safe_stack s = stack_of(&rows[0]);

	CHECK(safe_point_against(&s) == NULL);
	s.room_bytes--;
	CHECK_STR(safe_point_against(&s), "its stack has little room");
	s = stack_of(&rows[0]);
	s.amx = true;
	CHECK_STR(safe_point_against(&s), "it uses AMX");
	s = stack_of(&rows[0]);
	s.shadow_stack = true;
	CHECK_STR(safe_point_against(&s), "it has a shadow stack");
}

TEST(who_is_asked_first)
{
#if defined(__x86_64__)
	int worker =
		safe_point_rank("202 0x7f80 0x189 0x0 0x0 0x0 0xffffffff 0x7f7f 0x7f81");
	int reader = safe_point_rank("0 0x0 0x7ffc 0x1000 0x0 0x0 0x0 0x7ffc 0x7f81");
	int loop =
		safe_point_rank("281 0xd 0x7ffc 0x400 0xffffffff 0x0 0x8 0x7ffc 0x7f81");
	int runs = safe_point_rank("running\n");
	int sleeps = safe_point_rank("35 0x7ffc 0x0 0x0 0x0 0x0 0x0 0x1 0x2");
	int bounded = safe_point_rank("281 0xd 0x7ffc 0x400 0x64 0x0 0x8 0x7ffc 0x7f81");

	CHECK(worker < reader && reader < loop && loop < sleeps && sleeps < runs);
	CHECK(runs < bounded);
	CHECK(bounded < SAFE_POINT_NEVER);
	/* To a point in time, and for a duration. */
	CHECK_EQ(safe_point_rank("202 0x1 0x189 0x0 0x7f70 0x0 0xffffffff 0x1 0x2"),
		 reader);
	CHECK_EQ(safe_point_rank("202 0x1 0x80 0x0 0x7f70 0x0 0x0 0x1 0x2"), sleeps);
	CHECK_EQ(safe_point_rank("230 0x1 0x1 0x7f70 0x0 0x0 0x0 0x1 0x2"), reader);
	CHECK_EQ(safe_point_rank("230 0x1 0x0 0x7f70 0x0 0x0 0x0 0x1 0x2"), sleeps);
	/* flock; fcntl that waits, and that does not. */
	CHECK_EQ(safe_point_rank("73 0x3 0x2 0x0 0x0 0x0 0x0 0x1 0x2"), reader);
	CHECK_EQ(safe_point_rank("72 0x3 0x7 0x7ffc 0x0 0x0 0x0 0x1 0x2"), reader);
	CHECK_EQ(safe_point_rank("72 0x3 0x26 0x7ffc 0x0 0x0 0x0 0x1 0x2"), reader);
	CHECK_EQ(safe_point_rank("72 0x3 0x6 0x7ffc 0x0 0x0 0x0 0x1 0x2"), bounded);
	CHECK_EQ(safe_point_rank("7 0x1 0x1 0xffffffff 0x0 0x0 0x0 0x1 0x2"), loop);
	CHECK_EQ(safe_point_rank("426 0x4 0x0 0x1 0x1 0x0 0x0 0x1 0x2"), loop);
	CHECK_EQ(safe_point_rank("426 0x4 0x1 0x1 0x1 0x0 0x0 0x1 0x2"), bounded);
	CHECK_EQ(safe_point_rank("426 0x4 0x0 0x1 0x9 0x7f 0x18 0x1 0x2"), bounded);
	CHECK_EQ(safe_point_rank("7 0x1 0x1 0x64 0x0 0x0 0x0 0x1 0x2"), sleeps);
	/* Where no call may be changed, and where a socket has a time limit. */
	CHECK_EQ(safe_point_rank_filtered(sleeps), bounded);
	CHECK_EQ(safe_point_rank_filtered(reader), reader);
	CHECK_EQ(safe_point_rank_bounded(reader), bounded);
	CHECK_EQ(safe_point_rank_bounded(SAFE_POINT_NEVER), SAFE_POINT_NEVER);
#endif
	CHECK(safe_point_rank("running\n") < SAFE_POINT_NEVER);
	CHECK_EQ(safe_point_rank(""), SAFE_POINT_NEVER);
	CHECK_EQ(safe_point_rank("no number"), SAFE_POINT_NEVER);
}

TEST(who_must_not_be_stopped)
{
#if defined(__x86_64__)
	/* write, sendto, sendmsg, writev, sendfile; vfork, and clone as that. */
	static const char *const never[] = {
		"1 0x1 0x7ffc 0x30d40 0x0 0x0 0x0 0x1 0x2",
		"44 0x3 0x7ffc 0x30d40 0x0 0x0 0x0 0x1 0x2",
		"46 0x3 0x7ffc 0x0 0x0 0x0 0x0 0x1 0x2",
		"20 0x3 0x7ffc 0x2 0x0 0x0 0x0 0x1 0x2",
		"40 0x3 0x4 0x0 0x1000 0x0 0x0 0x1 0x2",
		"58 0x0 0x0 0x0 0x0 0x0 0x0 0x1 0x2",
		"56 0x4111 0x7ffc 0x0 0x0 0x0 0x0 0x1 0x2",
		/* recvfrom, recvmsg that want all, recvmmsg that wants several. */
		"45 0x3 0x7ffc 0x4 0x100 0x0 0x0 0x1 0x2",
		"47 0x3 0x7ffc 0x100 0x0 0x0 0x0 0x1 0x2",
		"299 0x3 0x7ffc 0x8 0x0 0x0 0x0 0x1 0x2"};

	for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++)
		CHECK_EQ(safe_point_rank(never[i]), SAFE_POINT_NEVER);
	CHECK(safe_point_rank("299 0x3 0x7ffc 0x8 0x10000 0x0 0x0 0x1 0x2") <
	      SAFE_POINT_NEVER);
	CHECK(safe_point_rank("45 0x3 0x7ffc 0x4 0x0 0x0 0x0 0x1 0x2") <
	      SAFE_POINT_NEVER);
	CHECK_EQ(safe_point_file("45 0x3 0x7ffc 0x4 0x0 0x0 0x0 0x1 0x2"), 3);
	CHECK_EQ(safe_point_file("0 0x11 0x7ffc 0x4 0x0 0x0 0x0 0x1 0x2"), 17);
	CHECK_EQ(safe_point_file("202 0x3 0x7ffc 0x4 0x0 0x0 0x0 0x1 0x2"), -1);
#endif
	CHECK_EQ(safe_point_file("running"), -1);
}

TEST(where_a_thread_says_that_its_stack_is)
{
	const uint64_t low = 0x7f0000100000, bytes = 0x800000,
		       thread = low + bytes - 0x940;
	const uint64_t record[] = {thread, 0, thread, 0, low, bytes, 4096, 0};
	/* A list that is empty points into the record itself; without a stack there is none. */
	const uint64_t first[] = {thread, 0, thread + 0x310, thread + 0x310, 0, 1};

	CHECK_EQ(safe_point_room(record, 8, thread, low + 0x200000), 0x200000);
	CHECK_EQ(safe_point_room(record, 5, thread, low + 0x200000), 0);
	/* A coroutine's is elsewhere. */
	CHECK_EQ(safe_point_room(record, 8, thread, low - 8), 0);
	CHECK_EQ(safe_point_room(record, 8, thread, thread + 0x1000), 0);
	CHECK_EQ(safe_point_room(first, 6, thread, low), 0);
	CHECK_EQ(safe_point_room(record, 0, thread, low), 0);
}

TEST(where_a_thread_stands)
{
	uint64_t sp = 0;

	CHECK(safe_point_stack("202 0x7f80 0x189 0x0 0x0 0x0 0xffffffff 0x7f7f 0x7f81",
			       &sp));
	CHECK_EQ(sp, 0x7f7f);
	CHECK(safe_point_stack("-1 0x7ffc 0x7f81", &sp));
	CHECK_EQ(sp, 0x7ffc);
	CHECK(!safe_point_stack("running\n", &sp));
	CHECK(!safe_point_stack("202 0x1", &sp));
}

#define TAP_TESTS                                                                        \
	T(each_kind_of_stack)                                                            \
	T(what_a_good_stack_lacks)                                                       \
	T(where_a_thread_says_that_its_stack_is)                                         \
	T(where_a_thread_stands)                                                         \
	T(who_is_asked_first)                                                            \
	T(who_must_not_be_stopped)
TAP_MAIN()
