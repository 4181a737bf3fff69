/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the C library's file says is what its image in memory says; and an image that somebody has tampered with is read
 * within its bounds (with sanitizers: configure --enable-sanitizers).
 */
#include "tools/read/process_image.h"

#include <dlfcn.h>
#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/tap.h"
#include "tools/read/dynsym.h"
#include "tools/read/elf.h"

/* Of the C library that we run with. */
static bool
find(struct process_image *i, Dl_info *info)
{
	return dladdr(dlsym(RTLD_DEFAULT, "getpid"), info) != 0 &&
	       process_image_read(i, getpid(), (uint64_t)(uintptr_t)info->dli_fbase);
}

TEST(a_file_is_made_anew_of_what_is_loaded)
{
	static const unsigned char code[] = {0x0f, 0x05}; /* or any two bytes */
	struct dynsym of_file, of_memory;
	struct process_image i;
	struct elf_facts facts;
	char why[ELF_WHY];
	Dl_info info;

	if (!find(&i, &info))
		SKIP("no library of a dynamic kind");
	CHECK_EQ(i.bias, (uint64_t)(uintptr_t)info.dli_fbase);
	CHECK(i.end > (uint64_t)(uintptr_t)dlsym(RTLD_DEFAULT, "getpid"));
#ifdef __GLIBC__ /* musl has no such table */
	CHECK(i.unwind_entries > 100);
#endif
	int file = open(info.dli_fname, O_RDONLY | O_CLOEXEC);
	int memory = process_image_file(&i, getpid());
	REQUIRE(file >= 0 && memory >= 0);
	REQUIRE(dynsym_read(&of_file, file) == 0);
	REQUIRE(dynsym_read(&of_memory, memory) == 0);
	CHECK_EQ(of_memory.n, of_file.n);
	CHECK(dynsym_find(&of_file, "getpid") != 0);
	CHECK_EQ(dynsym_find(&of_memory, "getpid"), dynsym_find(&of_file, "getpid"));
	CHECK_EQ(dynsym_find_code(&of_memory, code, sizeof(code)),
		 dynsym_find_code(&of_file, code, sizeof(code)));
	CHECK(elf_read(memory, &facts, why) == 0 && facts.defines != NULL);
	dynsym_free(&of_file);
	dynsym_free(&of_memory);
	close(file);
	close(memory);
}

TEST(what_is_no_image_is_none)
{
	static const char zero[4096];
	struct process_image i;

	CHECK(!process_image_read(&i, getpid(), 0));
	CHECK(!process_image_read(&i, getpid(), 4096));
	CHECK(!process_image_read(&i, getpid(), (uint64_t)(uintptr_t)zero));
}

/* A copy of the C library as it is loaded, with bytes of its headers and of its dynamic section changed: from seeds. */
TEST(damaged_ones_stay_within_bounds)
{
	struct process_image i, damaged;
	Dl_info info;

	if (!find(&i, &info))
		SKIP("no library of a dynamic kind");
	size_t n = (size_t)(i.end - i.start), dynamic = 0;
	const Elf64_Ehdr *h = info.dli_fbase;
	const Elf64_Phdr *p = (const Elf64_Phdr *)((const char *)h + h->e_phoff);
	for (unsigned k = 0; k < h->e_phnum; k++)
		if (p[k].p_type == PT_DYNAMIC)
			dynamic = p[k].p_vaddr;
	char *copy =
		mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	REQUIRE(copy != MAP_FAILED && dynamic != 0);
	srand(18);
	int read = 0, made = 0;
	for (int round = 0; round < 60; round++) {
		process_image_bytes(getpid(), i.start, copy, 65536);
		for (unsigned k = 0; k < h->e_phnum; k++)
			if (p[k].p_type == PT_LOAD)
				process_image_bytes(getpid(), i.bias + p[k].p_vaddr,
						    copy + p[k].p_vaddr, p[k].p_filesz);
		/* As the file has it: it lies elsewhere. */
		for (Elf64_Dyn *d = (Elf64_Dyn *)(copy + dynamic); d->d_tag != DT_NULL;
		     d++)
			if (d->d_un.d_ptr >= i.bias)
				d->d_un.d_ptr -= i.bias;
		for (int k = round == 0 ? 0 : rand() % 6; k > 0; k--)
			copy[64 + (size_t)rand() % 700] = (char)rand();
		for (int k = round == 0 ? 0 : rand() % 6; k > 0; k--)
			copy[dynamic + (size_t)rand() % 400] = (char)rand();
		if (!process_image_read(&damaged, getpid(), (uint64_t)(uintptr_t)copy))
			continue;
		read++;
		int fd = process_image_file(&damaged, getpid());
		made += fd >= 0;
		if (fd >= 0)
			close(fd);
	}
	CHECK(read > 10 && made > 0);
	munmap(copy, n);
}

#define TAP_TESTS                                                                        \
	T(a_file_is_made_anew_of_what_is_loaded)                                         \
	T(what_is_no_image_is_none)                                                      \
	T(damaged_ones_stay_within_bounds)
TAP_MAIN()
