/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The system's own page source: what its pages read as, and which of them may become huge.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "pool/pages.h"
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

#define TAP_TESTS                                                                        \
	T(tables_are_never_huge)                                                         \
	T(what_goes_back_reads_as_zero)                                                  \
	T(what_is_offered_stays_or_reads_as_zero)
TAP_MAIN()
