/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The system's own page source: what a move that the kernel refuses leaves behind, and what must
 * not be moved.
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "pool/pages.h"
#include "tests/tap.h"
#include "tests/unit/moves.h"

#define MB ((size_t)1 << 20)

static bool astray;

/* The C library's, but for a kernel (or whoever is in front of it) that takes no target for mremap. */
long
syscall(long number, ...)
{
	static long (*real)(long, ...);
	va_list more;
	long a[6];

	if (real == NULL)
		*(void **)&real = dlsym(RTLD_NEXT, "syscall");
	va_start(more, number);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(more, long);
	va_end(more);
	if (number == SYS_mremap && astray)
		a[3] &= ~MREMAP_FIXED;
	return real(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

/* The kernel refuses to move what is not there; the target is as good as before. */
TEST(a_refused_move_leaves_the_target)
{
	char *from = mmap(NULL, 8 * MB, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *to = from + 4 * MB;

	REQUIRE(from != MAP_FAILED);
	memset(from, 1, 8 * MB);
	munmap(from, 4 * MB);
	errno = 4242;
	CHECK(weir_pages_system.move(from, to, 4 * MB) < 0);
	CHECK_EQ(errno, 4242);
	memset(to, 2, 4 * MB);
	CHECK(to[0] == 2 && to[4 * MB - 1] == 2);
	munmap(to, 4 * MB);
}

/* Or it has taken parts of it away, with what is there on either side. */
TEST(holes_in_the_target_are_filled)
{
	char *from = mmap(NULL, 8 * MB, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *to = from + 4 * MB;

	NEEDS_MOVES;
	REQUIRE(from != MAP_FAILED);
	munmap(from, 4 * MB);
	munmap(to + MB, MB);
	munmap(to + 3 * MB, MB);
	REQUIRE(weir_pages_system.move(from, to, 4 * MB) < 0);
	memset(to, 2, 4 * MB);
	CHECK(to[0] == 2 && to[4 * MB - 1] == 2);
	munmap(to, 4 * MB);
}

/* The kernel would unlock all that is mapped in one with what moves. */
TEST(locked_memory_stays_where_it_is)
{
	enum { BYTES = 16 * 4096 };
	char *from = mmap(NULL, 2 * BYTES, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	NEEDS_MOVES;
	REQUIRE(from != MAP_FAILED);
	memset(from, 3, BYTES);
	/* Not by mlock: AddressSanitizer replaces it by nothing. */
	if (syscall(SYS_mlock, from, BYTES) != 0)
		SKIP("no memory may be locked here");
	CHECK(weir_pages_system.move(from, from + BYTES, BYTES) < 0);
	CHECK(from[0] == 3 && from[BYTES - 1] == 3 && from[BYTES] == 0);
	CHECK_EQ(syscall(SYS_munlock, from, BYTES), 0);
	CHECK_EQ(weir_pages_system.move(from, from + BYTES, BYTES), 0);
	CHECK(from[0] == 0 && from[BYTES] == 3);
	munmap(from, 2 * BYTES);
}

/* Last: nothing is moved any more. */
TEST(pages_that_went_astray_come_back)
{
	char *from = mmap(NULL, 8 * MB, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *to = from + 4 * MB;

	NEEDS_MOVES;
	REQUIRE(from != MAP_FAILED);
	memset(from, 5, 4 * MB);
	astray = true;
	errno = 4242;
	CHECK(weir_pages_system.move(from, to, 4 * MB) < 0);
	CHECK_EQ(errno, 4242);
	astray = false;
	CHECK(from[0] == 5 && memcmp(from, from + 1, 4 * MB - 1) == 0);
	CHECK(to[0] == 0 && memcmp(to, to + 1, 4 * MB - 1) == 0);
	CHECK(weir_pages_system.move(from, to, 4 * MB) < 0);
	CHECK(from[0] == 5 && to[0] == 0);
	munmap(from, 8 * MB);
}

#define TAP_TESTS                                                                        \
	T(a_refused_move_leaves_the_target)                                              \
	T(holes_in_the_target_are_filled)                                                \
	T(locked_memory_stays_where_it_is)                                               \
	T(pages_that_went_astray_come_back)
TAP_MAIN()
