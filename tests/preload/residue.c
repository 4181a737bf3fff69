/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a host does to its mappings, and what it finds in its next blocks: residue NAME.
 */
#include <dlfcn.h>
#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "tests/refuse_call.h"

#ifndef SYS_process_madvise
#define SYS_process_madvise 440
#endif

#define MB ((size_t)1 << 20)

static _Noreturn void
die(const char *what)
{
	fprintf(stderr, "residue: %s: %s\n", what, strerror(errno));
	exit(1);
}

static char *
take(size_t bytes)
{
	char *p = malloc(bytes);

	if (p == NULL)
		die("malloc");
	return p;
}

static int
is_filled(const char *p, size_t bytes, char with)
{
	for (size_t at = 0; at < bytes; at += 512)
		if (p[at] != with)
			return 0;
	return 1;
}

/* Blocks that grow by realloc with others behind them, and large ones after many small. */
static void
grow(void)
{
	enum { PIECES = 64 };
	char *pieces[PIECES];
	int wrong = 0;

	for (int i = 1; i <= 20; i++) {
		size_t n = MB + (size_t)i * 300000;
		char *p = take(n), *behind = take(200000);

		memset(p, i, n);
		for (size_t times = 2; times < 6; times++) {
			p = realloc(p, times * n);
			if (p == NULL)
				die("realloc");
			wrong += !is_filled(p, n, (char)i);
		}
		free(p);
		free(behind);
	}
	for (int i = 0; i < PIECES; i++)
		memset(pieces[i] = take(1500000), i, 1500000);
	for (int i = 0; i < PIECES; i += 2)
		free(pieces[i]);
	for (size_t i = 0; i < 8; i++) {
		size_t n = 5 * MB + i * 100000;
		char *p = calloc(1, n);

		if (p == NULL)
			die("calloc");
		wrong += !is_filled(p, n, 0);
		memset(p, 99, n);
		wrong += !is_filled(p, n, 99);
		free(p);
	}
	for (int i = 1; i < PIECES; i += 2) {
		wrong += !is_filled(pieces[i], 1500000, (char)i);
		free(pieces[i]);
	}
	printf("wrong %d\n", wrong);
}

/* Some libraries write a jump over a function, late, and lose mremap's target. */
static void
write_over(void *function)
{
#ifdef __x86_64__
	static const unsigned char answer[] = {0x48, 0xc7, 0xc0, 0xff,
					       0xff, 0xff, 0xff, 0xc3};
	unsigned char *code = function;
	char *page = (char *)((size_t)code & ~(size_t)4095);

	free(take(4 * MB));
	if (mprotect(page, 8192, PROT_READ | PROT_WRITE | PROT_EXEC) != 0)
		exit(77);
	memcpy(code, answer, sizeof(answer));
	if (mremap(page, 4096, 8192, 0) != MAP_FAILED)
		die("mremap");
	grow();
#else
	(void)function;
	exit(77);
#endif
}

/* What is called, which may be weir's; and what stands behind it. */
static void
overwritten(void)
{
	write_over((void *)mremap);
}

static void
overwritten_libc(void)
{
	void *libc = dlopen("libc.so.6", RTLD_LAZY | RTLD_NOLOAD);

	if (libc == NULL)
		exit(77);
	write_over(dlsym(libc, "mremap"));
}

/* What is left on a block, how /proc/self/smaps tells it, and who takes it back. */
static const struct left {
	const char *name, *flag;
	int advice;
} lefts[] = {
	{"dontfork", " dc", MADV_DONTFORK},
	{"wipeonfork", " wf", MADV_WIPEONFORK},
	{"huge", " hg", MADV_HUGEPAGE},
	{"nohuge", " nh", MADV_NOHUGEPAGE},
	{"dontdump", " dd", MADV_DONTDUMP},
	{"mergeable", " mg", MADV_MERGEABLE},
	{"random", " rr", MADV_RANDOM},
	{"sequential", " sr", MADV_SEQUENTIAL},
	{"locked", " lo", -1},
	{"locked2", " lo", -2},
	{"readable", NULL, -3},
	{"nothing", NULL, -4},
	{"keyed", NULL, -5},
	/* By their numbers, and of many ranges at once. */
	{"locked2_by_number", " lo", -6},
	{"keyed_by_number", NULL, -7},
	{"dontfork_of_many", " dc", -8},
};

static int
leave(const struct left *l, char *p, size_t bytes)
{
	switch (l->advice) {
	case -1:
		return mlock(p, bytes);
	case -2:
		return mlock2(p, bytes, 0);
	case -3:
		return mprotect(p, bytes, PROT_READ);
	case -4:
		return mprotect(p, bytes, PROT_NONE);
	case -5:
		return pkey_mprotect(p, bytes, PROT_READ, -1);
	case -6:
		return (int)syscall(SYS_mlock2, p, bytes, 0);
	case -7:
		return (int)syscall(SYS_pkey_mprotect, p, bytes, PROT_READ, -1);
	case -8:
		return syscall(SYS_process_madvise, -10000 /* itself */,
			       &(struct iovec){p, bytes}, 1, MADV_DONTFORK,
			       0) == (ssize_t)bytes
			       ? 0
			       : -1;
	default:
		return madvise(p, bytes, l->advice);
	}
}

/* How many mappings of the block are as the host left another one. */
static int
found(const struct left *l, const char *p, size_t bytes)
{
	unsigned long low, high, from = (unsigned long)p, to = from + bytes;
	FILE *f = fopen("/proc/self/smaps", "r");
	char line[512];
	int n = 0, here = 0;

	if (f == NULL)
		exit(77);
	while (fgets(line, sizeof(line), f) != NULL) {
		char access[8];

		if (sscanf(line, "%lx-%lx %7s", &low, &high, access) == 3) {
			here = low < to && high > from;
			n += here && l->flag == NULL && strncmp(access, "rw", 2) != 0;
		}
		if (here && l->flag != NULL && strncmp(line, "VmFlags:", 8) == 0)
			n += strstr(line, l->flag) != NULL;
	}
	fclose(f);
	return n;
}

enum { ALTERED = 12, NEXT = 30 };

/* The page after the block's start, as NumPy does it, or all of it; then freed, or resized first. */
static void
leave_on(const struct left *l, int how)
{
	static char *p[ALTERED];

	for (size_t i = 0; i < ALTERED; i++) {
		size_t bytes = (200000 << i % 6) & ~(size_t)4095;
		int off = how & 1 ? 4096 : 0;

		p[i] = aligned_alloc(4096, bytes);
		if (p[i] == NULL)
			die("aligned_alloc");
		/* Huge and full: kept as it is as long as it is resident. */
		memset(p[i], 1, l->advice == MADV_HUGEPAGE && how < 2 ? 4096 : bytes);
		if (leave(l, p[i] + off, bytes - 4096) != 0)
			exit(77);
		if (how & 2 &&
		    (p[i] = realloc(p[i], i % 2 ? bytes / 4 * 3 : bytes * 3)) == NULL)
			die("realloc");
		if (how & 2 && !is_filled(p[i], bytes / 4 * 3, 1))
			die("content lost");
	}
	for (int i = 0; i < ALTERED; i++)
		free(p[i]);
	if (l->advice == MADV_HUGEPAGE && how >= 2)
		malloc_trim(0);
}

static void
left(const char *name)
{
	static char *p[NEXT];
	const struct left *l = lefts;
	int n = 0;

	while (strcmp(l->name, name) != 0)
		if (++l == lefts + sizeof(lefts) / sizeof(lefts[0]))
			exit(2);
	/* What cannot be read cannot be copied either. */
	for (int how = 0; how < (l->advice == -4 ? 2 : 4); how++) {
		leave_on(l, how);
		for (size_t i = 0; i < NEXT; i++) {
			size_t bytes = 150000 + i * i * 9000;

			p[i] = i % 3 ? malloc(bytes) : calloc(1, bytes);
			if (p[i] == NULL)
				die("malloc");
			n += found(l, p[i], bytes);
		}
		for (int i = 0; i < NEXT; i++)
			free(p[i]);
	}
	printf("found %d\n", n);
}

/* A file, or a segment, in the place of a part of a block: the next ones are zero, and write to neither. */
enum other { FILE_BY_NAME, SEGMENT, FILE_BY_NUMBER, N_OTHERS };

static char *
other_memory(enum other kind, char *at, size_t bytes)
{
	if (kind == SEGMENT) {
		int id = shmget(IPC_PRIVATE, bytes, 0600);
		char *own = id < 0 ? (void *)-1 : shmat(id, NULL, 0);

		if (own == (void *)-1 || shmat(id, at, SHM_REMAP) != at)
			exit(77);
		shmctl(id, IPC_RMID, NULL);
		return own;
	}
	int fd = memfd_create("residue", 0);
	if (fd < 0 || ftruncate(fd, (off_t)bytes) != 0)
		exit(77);
	char *own = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	char *there =
		kind == FILE_BY_NUMBER
			? (char *)syscall(SYS_mmap, at, bytes, PROT_READ | PROT_WRITE,
					  MAP_SHARED | MAP_FIXED, fd, 0)
			: mmap(at, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED,
			       fd, 0);
	if (own == MAP_FAILED || there != at)
		die("mmap");
	close(fd);
	return own;
}

static void
mapped(void)
{
	int wrong = 0;

	for (size_t bytes = MB; bytes <= 40 * MB; bytes = 2 * bytes + 4096)
		for (int how = 0; how < 2 * N_OTHERS; how++) {
			char *p = aligned_alloc(4096, bytes), *next;
			size_t part = bytes / 2 & ~(size_t)4095;

			if (p == NULL)
				die("aligned_alloc");
			memset(p, 1, bytes);
			char *own = other_memory((enum other)(how % N_OTHERS), p + 4096,
						 part);
			memset(own, 2, part);
			free(p);
			if (how >= N_OTHERS)
				malloc_trim(0);
			next = calloc(1, bytes);
			if (next == NULL)
				die("calloc");
			wrong += !is_filled(next, bytes, 0);
			memset(next, 3, bytes);
			wrong += !is_filled(own, part, 2);
			free(next);
		}
	printf("wrong %d\n", wrong);
}

/* Takes a part of a block away: 0 unmapped, 1 moved elsewhere, 2 a file moved there. What to find later. */
static char *
taken_away(int how, char *part, size_t bytes)
{
	char *file = NULL, *over;

	switch (how) {
	case 0:
		if (munmap(part, bytes) != 0)
			die("munmap");
		return NULL;
	case 1:
		memset(part, 2, bytes);
		file = mremap(part, bytes, 2 * bytes, MREMAP_MAYMOVE);
		break;
	default:
		over = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
		file = mremap(over, 0, bytes, MREMAP_MAYMOVE); /* the same once more */
		if (mremap(over, bytes, bytes, MREMAP_MAYMOVE | MREMAP_FIXED, part) !=
		    part)
			die("mremap");
		memset(part, 2, bytes);
	}
	if (file == MAP_FAILED)
		die("mremap");
	return file;
}

/* By munmap and mremap; others map memory meanwhile, where there is room. */
static void
unmapped(void)
{
	int wrong = 0;

	for (size_t bytes = MB; bytes <= 40 * MB; bytes = 2 * bytes + 4096)
		for (int how = 0; how < 6; how++) {
			char *p = aligned_alloc(4096, bytes), *next;
			size_t part = bytes / 2 & ~(size_t)4095;

			if (p == NULL)
				die("aligned_alloc");
			memset(p, 1, bytes);
			char *own = taken_away(how % 3, p + 4096, part);
			char *others = mmap(p + 4096, part, PROT_READ | PROT_WRITE,
					    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
			if (others == MAP_FAILED)
				die("mmap");
			memset(others, 4, part);
			free(p);
			if (how >= 3)
				malloc_trim(0);
			next = calloc(1, bytes);
			if (next == NULL)
				die("calloc");
			wrong += !is_filled(next, bytes, 0);
			memset(next, 3, bytes);
			wrong += own != NULL && !is_filled(own, part, 2);
			wrong += !is_filled(others, part, 4);
			free(next);
		}
	printf("wrong %d\n", wrong);
}

/* Pages of one large block, as stacks of a host's own have them: no search through all of it each time. */
static void
guards(void)
{
	const size_t bytes = 4096 * MB;
	char *p = aligned_alloc(4096, bytes);

	if (p == NULL)
		exit(77);
	for (size_t i = 1; i <= 20000; i++)
		if (mprotect(p + bytes / 20001 * i / 4096 * 4096, 4096, PROT_NONE) != 0)
			die("mprotect");
	free(p);
	puts("guarded");
}

/* Blocks whose pages may not be written to any more, and nobody can change that: who comes next has others. */
static void
stay_as_they_are(int seal)
{
	enum { BLOCKS = 12, MSEAL = 462 };
	char *block[BLOCKS];

	for (int i = 0; i < BLOCKS; i++) {
		block[i] = memset(aligned_alloc(4096, MB), 1, MB);
		if (mprotect(block[i] + 8192, 4096, PROT_READ) != 0)
			die("mprotect");
		if (seal && syscall(MSEAL, block[i], MB, 0) != 0)
			exit(77);
	}
	if (!seal)
		if (!refuse_call(SYS_mmap, EPERM))
			exit(77);
	for (int i = 0; i < BLOCKS; i++)
		free(block[i]);
	for (int i = 0; i < BLOCKS; i++) {
		block[i] = aligned_alloc(4096, MB);
		if (block[i] != NULL)
			memset(block[i], 2, MB);
	}
	puts("lived");
}

static void
sealed(void)
{
	stay_as_they_are(1);
}

static void
refused(void)
{
	stay_as_they_are(0);
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} scenarios[] = {{"grow", grow},
			 {"guards", guards},
			 {"mapped", mapped},
			 {"refused", refused},
			 {"sealed", sealed},
			 {"unmapped", unmapped},
			 {"overwritten", overwritten},
			 {"overwritten_libc", overwritten_libc}};

	for (size_t i = 0; argc > 1 && i < sizeof(scenarios) / sizeof(scenarios[0]); i++)
		if (strcmp(argv[1], scenarios[i].name) == 0) {
			scenarios[i].run();
			return 0;
		}
	if (argc > 2 && strcmp(argv[1], "left") == 0) {
		left(argv[2]);
		return 0;
	}
	fprintf(stderr, "usage: residue NAME|left WHAT\n");
	return 2;
}
