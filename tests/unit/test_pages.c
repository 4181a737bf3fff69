/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The system's own page source: what its pages read as, and which of them may become huge.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pool/pages.h"
#include "tests/refuse_call.h"
#include "tests/tap.h"

#define MB ((size_t)1 << 20)

/* Does the mapping that `p` lies in have this flag, as /proc/self/smaps has it? -1: not to be known. */
static int
has_flag(const void *p, const char *flag)
{
	FILE *f = fopen("/proc/self/smaps", "r");
	char line[512];
	unsigned long from, to;
	int inside = 0, has = -1;

	while (f != NULL && has < 0 && fgets(line, sizeof(line), f) != NULL) {
		if (sscanf(line, "%lx-%lx ", &from, &to) == 2)
			inside = (uintptr_t)p >= from && (uintptr_t)p < to;
		else if (inside && strncmp(line, "VmFlags:", 8) == 0)
			has = strstr(line, flag) != NULL;
	}
	if (f != NULL)
		fclose(f);
	return has;
}

/* Tables are touched here and there: with huge pages, each touch would take 2 MB. */
TEST(tables_are_never_huge)
{
	char *p = weir_pages_system.meta(8 * MB);
	char *other = mmap(NULL, 8 * MB, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	REQUIRE(p != NULL && other != MAP_FAILED);
	CHECK(p[0] == 0 && p[8 * MB - 1] == 0);
	p[4 * MB] = 1;
	/* Kernels without huge pages, and emulators, know no such flag. */
	if (madvise(other, 8 * MB, MADV_NOHUGEPAGE) == 0 && has_flag(other, " nh") == 1)
		CHECK_EQ(has_flag(p + 4 * MB, " nh"), 1);
	munmap(other, 8 * MB);
	CHECK_EQ(weir_pages_system.release(p, 8 * MB), 0);
}

TEST(what_goes_back_reads_as_zero)
{
	const struct weir_pages *pages = &weir_pages_system;
	char *p = pages->reserve(4 * MB, 2 * MB);

	REQUIRE(p != NULL);
	CHECK_EQ((uintptr_t)p % (2 * MB), 0);
	REQUIRE(pages->commit(p, 4 * MB) == 0);
	CHECK(has_flag(p, " nh") <= 0);
	for (int way = 0; way < 3; way++) {
		memset(p, 1, 4 * MB);
		CHECK(pages->resident(p, 4 * MB) == 4 * (int64_t)MB);
		int rc = way == 0   ? pages->purge(p, 4 * MB)
			 : way == 1 ? pages->renew(p, 4 * MB)
				    : pages->reset(p, 4 * MB);
		CHECK(rc >= 0);
		if (rc == WEIR_PURGED_RESERVED || way == 2)
			REQUIRE(pages->commit(p, 4 * MB) == 0);
		CHECK_EQ(pages->resident(p, 4 * MB), 0);
		CHECK(p[0] == 0 && p[4 * MB - 1] == 0);
	}
	CHECK_EQ(pages->release(p, 4 * MB), 0);
}

/* Until the kernel needs them, they stay; locked ones always do. */
TEST(what_is_offered_stays_or_reads_as_zero)
{
	const struct weir_pages *pages = &weir_pages_system;
	char *p = pages->reserve(4 * MB, 2 * MB);

	REQUIRE(p != NULL && pages->commit(p, 4 * MB) == 0);
	memset(p, 1, 4 * MB);
	errno = 7;
	CHECK_EQ(pages->offer(p, 2 * MB), 0);
	for (size_t at = 0; at < 2 * MB; at += WEIR_PAGE_BYTES)
		CHECK(p[at] == 0 || p[at] == 1);
	/* By number: sanitizers leave the function out. */
	if (syscall(SYS_mlock, p + 2 * MB, WEIR_PAGE_BYTES) == 0) {
		CHECK(pages->offer(p + 2 * MB, 2 * MB) < 0);
		CHECK_EQ(p[2 * MB], 1);
	}
	CHECK_EQ(errno, 7);
	CHECK_EQ(pages->release(p, 4 * MB), 0);
}

static bool allowed;
static unsigned begun, ended;

static bool
begin(void)
{
	begun++;
	return allowed;
}

static void
end(void)
{
	ended++;
}

/* Only those that are named, only where somebody allows it, and up to one that the kernel refuses. */
TEST(many_pieces_go_back_at_once)
{
	enum { PIECES = 8, BYTES = 4 * WEIR_PAGE_BYTES };
	const struct weir_pages *pages = &weir_pages_system;
	char *p = pages->reserve(4 * MB, 2 * MB);
	struct iovec ranges[PIECES];

	REQUIRE(p != NULL && pages->commit(p, 4 * MB) == 0);
	memset(p, 1, 4 * MB);
	for (int i = 0; i < PIECES; i++)
		ranges[i] = (struct iovec){p + 2 * i * BYTES, BYTES};
	errno = 7;
	CHECK_EQ(pages->purge_many(ranges, PIECES), 0); /* not told who allows it */
	weir_pages_rare_calls(begin, end);
	CHECK_EQ(pages->purge_many(ranges, 1), 0);
	CHECK_EQ(begun, 0);
	allowed = true;
	int n = pages->purge_many(ranges, PIECES);
	CHECK(n == 0 || n == PIECES); /* 0: a kernel of before Linux 6.14 */
	for (int i = 0; i < 2 * PIECES; i++)
		CHECK_EQ(p[i * BYTES], i % 2 != 0 || i / 2 >= n);
	memset(p, 1, 4 * MB);
	/* By number: sanitizers leave the function out. */
	if (n != 0 && syscall(SYS_mlock, ranges[5].iov_base, WEIR_PAGE_BYTES) == 0) {
		CHECK_EQ(pages->purge_many(ranges, PIECES), 5);
		CHECK(p[0] == 0 && p[8 * BYTES] == 0);
		CHECK(p[10 * BYTES] == 1 && p[12 * BYTES] == 1);
	}
	CHECK_EQ(begun, ended);
	allowed = false;
	CHECK_EQ(pages->purge_many(ranges, PIECES), 0);
	CHECK_EQ(errno, 7);
	CHECK_EQ(pages->release(p, 4 * MB), 0);
}

TEST(a_machine_that_says_nothing_of_its_size_is_no_harm)
{
	const struct weir_pages *pages = &weir_pages_system;
	int status = -1;
	pid_t child = fork();

	if (child == 0) {
		char *p = pages->reserve(256 * MB, 2 * MB);

		if (p == NULL || !refuse_call(SYS_sysinfo, 0))
			_exit(0);
		/* Left to the next allocator, or done. */
		int rc = pages->commit(p, 128 * MB);
		_exit(rc == 0 || rc == -ENOMEM ? 0 : 1);
	}
	REQUIRE(waitpid(child, &status, 0) == child);
	CHECK_EQ(status, 0);
}

#define TAP_TESTS                                                                        \
	T(tables_are_never_huge)                                                         \
	T(what_goes_back_reads_as_zero)                                                  \
	T(what_is_offered_stays_or_reads_as_zero)                                        \
	T(many_pieces_go_back_at_once)                                                   \
	T(a_machine_that_says_nothing_of_its_size_is_no_harm)
TAP_MAIN()
