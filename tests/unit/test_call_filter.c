/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a filter does to a call, policy/call_filter.h, against the kernel: random programs are installed in
 * children, which make the call.
 */
#include "policy/call_filter.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/tap.h"

#if defined(__x86_64__)
#define MACHINE AUDIT_ARCH_X86_64
#else
#define MACHINE AUDIT_ARCH_AARCH64
#endif
#define ALLOW  BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
#define KILL   BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS)
#define NUMBER BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0)

_Static_assert(sizeof(struct sock_filter) == sizeof(struct weir_filter_step), "");

static struct weir_filter_state room[WEIR_FILTER_MOST];

static bool
spares(const struct sock_filter *f, size_t n, const struct weir_filter_call *call)
{
	struct weir_filter_step steps[64] = {0};

	memcpy(steps, f, n * sizeof(*f));
	return weir_filter_spares(steps, n, call, room);
}
#define SPARES(f, call) spares((f), sizeof(f) / sizeof((f)[0]), (call))

static struct weir_filter_call
call_of(uint32_t number)
{
	return (struct weir_filter_call){.word = {number, MACHINE}, .known = 3};
}

TEST(an_errno_is_harmless_but_for_0_and_a_signal_or_a_tracer_is_not)
{
	static const struct {
		uint32_t verdict;
		bool harmless;
	} verdicts[] = {
		{SECCOMP_RET_ALLOW, true},
		{SECCOMP_RET_LOG, true},
		{SECCOMP_RET_ERRNO | 1, true},
		{SECCOMP_RET_ERRNO, false},
		{SECCOMP_RET_TRAP, false},
		{SECCOMP_RET_TRACE, false},
		{SECCOMP_RET_KILL, false},
		{SECCOMP_RET_KILL_PROCESS, false},
		{0x7fc00000 /* the host's listener */, false},
		{0x12340000, false},
	};
	struct weir_filter_call call = call_of(39);

	for (size_t i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++) {
		struct sock_filter f[] = {BPF_STMT(BPF_RET | BPF_K, verdicts[i].verdict)};
		struct sock_filter by_a[] = {
			BPF_STMT(BPF_LD | BPF_IMM, verdicts[i].verdict),
			BPF_STMT(BPF_RET | BPF_A, 0)};

		CHECK_EQ(SPARES(f, &call), verdicts[i].harmless);
		CHECK_EQ(SPARES(by_a, &call), verdicts[i].harmless);
	}
}

TEST(what_depends_on_an_argument_is_known_where_the_argument_is)
{
	struct sock_filter f[] = {
		NUMBER,
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 9, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 4 * WEIR_FILTER_LOW(2)),
		BPF_STMT(BPF_ALU | BPF_AND | BPF_K, ~3u),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0),
		KILL,
		ALLOW,
	};
	struct weir_filter_call call = call_of(9);

	CHECK(!SPARES(f, &call));
	call.known |= 1u << WEIR_FILTER_LOW(2);
	call.word[WEIR_FILTER_LOW(2)] = 3;
	CHECK(SPARES(f, &call));
	call.word[WEIR_FILTER_LOW(2)] = 7;
	CHECK(!SPARES(f, &call));
	call = call_of(10);
	CHECK(!SPARES(f, &call));
}

TEST(another_machine_s_calls_are_not_ours)
{
	struct sock_filter f[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 4 * WEIR_FILTER_MACHINE),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, MACHINE, 1, 0),
		KILL,
		ALLOW,
	};
	struct weir_filter_call call = call_of(9);

	CHECK(SPARES(f, &call));
	call.word[WEIR_FILTER_MACHINE]++;
	CHECK(!SPARES(f, &call));
}

TEST(two_ways_that_meet_with_different_values_know_neither)
{
	struct sock_filter f[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 4 * WEIR_FILTER_LOW(0)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 1, 0, 2),
		BPF_STMT(BPF_LD | BPF_IMM, SECCOMP_RET_ALLOW),
		BPF_STMT(BPF_JMP | BPF_JA, 1),
		BPF_STMT(BPF_LD | BPF_IMM, SECCOMP_RET_TRAP),
		BPF_STMT(BPF_RET | BPF_A, 0),
	};
	struct weir_filter_call call = call_of(9);

	CHECK(!SPARES(f, &call));
	call.known |= 1u << WEIR_FILTER_LOW(0);
	CHECK(!SPARES(f, &call));
	call.word[WEIR_FILTER_LOW(0)] = 1;
	CHECK(SPARES(f, &call));
}

TEST(no_program_and_one_without_an_end_spare_nothing)
{
	struct sock_filter f[] = {NUMBER, BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 9, 3, 0)};
	struct weir_filter_call call = call_of(9);

	CHECK(!spares(f, 0, &call));
	CHECK(!SPARES(f, &call));
	CHECK(!spares(f, 1, &call));
}

/* An own sequence, so that a failure can be shown again. */
static uint64_t seed = 88172645463325252u;

static uint32_t
draw(uint32_t below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (uint32_t)(seed >> 11) % below;
}

#define OF(table) (table)[draw(sizeof(table) / sizeof((table)[0]))]
#define STEPS	  14
#define NONE	  5u /* each argument is one of so many */

static uint32_t
number(void)
{
	static const uint32_t some[] = {
		0, 1, 2, 3, 31, SYS_getpriority, 0xffffffff, SECCOMP_RET_ALLOW};

	return OF(some);
}

static struct sock_filter
step(unsigned left)
{
	static const uint16_t loads[] = {0x20, 0x20, 0x20, 0x80, 0x00, 0x81,
					 0x01, 0x07, 0x87, 0x02, 0x03};
	static const uint16_t sums[] = {0x00, 0x10, 0x20, 0x30, 0x40, 0x50, 0xa0, 0x80};
	static const uint16_t jumps[] = {0x10, 0x20, 0x30, 0x40};
	uint16_t x = draw(2) ? BPF_X : BPF_K;

	switch (draw(4)) {
	case 0:
		return (struct sock_filter)BPF_STMT((uint16_t)(BPF_ALU | OF(sums) | x),
						    number());
	case 1:
	case 2:
		return (struct sock_filter)BPF_JUMP((uint16_t)(BPF_JMP | OF(jumps) | x),
						    number(), (uint8_t)draw(left),
						    (uint8_t)draw(left));
	default: {
		uint16_t code = OF(loads);
		uint32_t k = code == 0x20    ? 4 * draw(2) * (2 + draw(7))
			     : code / 2 == 1 ? draw(16)
					     : number();

		return (struct sock_filter)BPF_STMT(code, k);
	}
	}
}

static void
make(struct sock_filter f[STEPS])
{
	static const uint32_t verdicts[] = {SECCOMP_RET_ALLOW, SECCOMP_RET_ALLOW,
					    SECCOMP_RET_ERRNO | 5,
					    SECCOMP_RET_KILL_PROCESS};

	for (unsigned i = 0; i + 3 < STEPS; i++)
		f[i] = step(STEPS - 1 - i);
	for (unsigned i = STEPS - 3; i < STEPS; i++)
		f[i] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, OF(verdicts));
	if (draw(4) == 0)
		f[STEPS - 2].code = BPF_RET | BPF_A;
}

enum seen { REFUSED, SPARED, KILLED };

/* All other calls are allowed: a frame around the program that knows the one. */
static enum seen
kernel_says(const struct sock_filter f[STEPS], const uint32_t args[4])
{
	struct sock_filter all[STEPS + 3] = {
		NUMBER, BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getpriority, 1, 0),
		ALLOW};
	struct sock_fprog program = {.len = STEPS + 3, .filter = all};
	struct rlimit none = {0, 0};
	int status = 0;
	pid_t child = fork();

	memcpy(all + 3, f, STEPS * sizeof(*f));
	if (child == 0) {
		setrlimit(RLIMIT_CORE, &none);
		if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
		    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) != 0)
			_exit(77);
		syscall(SYS_getpriority, (long)args[0], (long)args[1], (long)args[2],
			(long)args[3], 0l, 0l);
		_exit(0);
	}
	waitpid(child, &status, 0);
	if (WIFEXITED(status))
		return WEXITSTATUS(status) == 77 ? REFUSED : SPARED;
	return KILLED;
}

static struct weir_filter_call
getpriority_with(const uint32_t args[4])
{
	struct weir_filter_call call = call_of(SYS_getpriority);

	for (int i = 0; i < 4; i++)
		call.word[WEIR_FILTER_LOW(i)] = args[i];
	return call;
}

/* The frame has loaded the number: so that both begin with the same. */
static bool
we_say(const struct sock_filter f[STEPS], const struct weir_filter_call *call)
{
	struct sock_filter all[STEPS + 1] = {NUMBER};

	memcpy(all + 1, f, STEPS * sizeof(*f));
	return SPARES(all, call);
}

TEST(as_the_kernel_does)
{
	const uint32_t arguments = 0xfffu << WEIR_FILTER_LOW(0);
	int spared = 0, killed = 0, blind = 0;

	for (int i = 0; i < 600; i++) {
		struct sock_filter f[STEPS];
		uint32_t args[4];

		make(f);
		for (int a = 0; a < 4; a++)
			args[a] = draw(NONE);
		enum seen seen = kernel_says(f, args);
		if (seen == REFUSED)
			continue;
		struct weir_filter_call call = getpriority_with(args);
		bool of_all = we_say(f, &call);
		/* With the arguments known as well; the program's memory is never read here. */
		call.known |= arguments;
		bool of_this = we_say(f, &call);
		CHECK(!(seen == KILLED && (of_all || of_this)));
		CHECK(of_this || !of_all);
		spared += seen == SPARED;
		killed += seen == KILLED;
		blind += seen == SPARED && !of_this;
	}
	if (spared + killed == 0)
		return; /* no seccomp here */
	CHECK(spared > 50);
	CHECK(killed > 50);
	/* What is not known then is where the call is made. */
	CHECK(blind * 10 < spared);
}

#define TAP_TESTS                                                                        \
	T(an_errno_is_harmless_but_for_0_and_a_signal_or_a_tracer_is_not)                \
	T(what_depends_on_an_argument_is_known_where_the_argument_is)                    \
	T(another_machine_s_calls_are_not_ours)                                          \
	T(two_ways_that_meet_with_different_values_know_neither)                         \
	T(no_program_and_one_without_an_end_spare_nothing)                               \
	T(as_the_kernel_does)
TAP_MAIN()
