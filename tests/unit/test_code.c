/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which code is where, as the maps say.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/tap.h"
#include "trace/native/code.h"

/* As V8 does with the library that its builtins are in: a piece of it, alone, in front of it. */
static bool
copy_at(uintptr_t place, const char *path)
{
	void *at = (void *)place;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return false;
	void *p = mmap(at, 65536, PROT_READ | PROT_EXEC,
		       MAP_PRIVATE | MAP_FIXED_NOREPLACE, fd, 65536);
	close(fd);
	return p == at;
}

TEST(a_library_is_the_one_with_its_header_not_a_copy_of_a_piece)
{
	char path[PATH_MAX], *slash;
	Dl_info info;

	/* Maps name the file that a link leads to. */
	if (dladdr((const void *)(uintptr_t)strtol, &info) == 0 ||
	    realpath(info.dli_fname, path) == NULL ||
	    (slash = strrchr(path, '/')) == NULL || strstr(slash, ".so") == NULL ||
	    !copy_at(0x10000000, path))
		SKIP("no library beside the executable");
	code_refresh_now();
	const struct code_module *copy = code_module_at(0x10000000);
	REQUIRE(copy != NULL);
	CHECK_EQ(copy->header, 0);
	const struct code_module *m = code_module_named(slash + 1);
	REQUIRE(m != NULL);
	CHECK_EQ(m->header, (uintptr_t)info.dli_fbase);
}

/* It takes tens of milliseconds, and a host that loads libraries all the time would ask for it all the time. */
TEST(a_long_list_is_not_read_again_soon)
{
	enum { PAGES = 40000 };
	char path[PATH_MAX];
	Dl_info info;

	if (dladdr((const void *)(uintptr_t)strtol, &info) == 0 ||
	    realpath(info.dli_fname, path) == NULL)
		SKIP("no library beside the executable");
	char *p = mmap(NULL, PAGES * (size_t)4096, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	REQUIRE(p != MAP_FAILED);
	/* Neighbours that may be written to and may not are no one mapping to the kernel. */
	for (size_t i = 0; i < PAGES; i += 2)
		if (mprotect(p + i * 4096, 4096, PROT_READ) != 0)
			SKIP("not so many mappings here");
	code_refresh();
	REQUIRE(copy_at(0x12000000, path));
	code_refresh();
	CHECK(code_module_at(0x12000000) == NULL);
	munmap(p, PAGES * (size_t)4096);
}

#define TAP_TESTS                                                                        \
	T(a_library_is_the_one_with_its_header_not_a_copy_of_a_piece)                    \
	T(a_long_list_is_not_read_again_soon)

TAP_MAIN()
