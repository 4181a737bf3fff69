/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stacks that a walk must not trust: large blocks asked for by code without unwind tables that keeps
 * anything in the frame pointer's register, on stacks that changed since they were seen, with holes in
 * them, on a signal's. Says how many blocks it got. `threads N`: each one's first block instead, and
 * what it read for that. `after FIRST SECOND`: blocks through a library that took another one's place.
 * `storm LIBRARY...`: through libraries that come and go on several threads at once.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#define PAGE	((size_t)4096)
#define STACK	(64 * PAGE)
#define BLOCK	((size_t)300000)
#define NOTHING ((char *)8)

#define REQUIRE(what)                                                                    \
	do {                                                                             \
		if (!(what)) {                                                           \
			printf("line %d: %s\n", __LINE__, #what);                        \
			exit(1);                                                         \
		}                                                                        \
	} while (0)

static _Atomic unsigned long blocks;

static __attribute__((noinline)) void
ask(long unused)
{
	(void)unused;
	char *p = malloc(BLOCK);

	REQUIRE(p != NULL);
	p[0] = 1;
	free(p);
	blocks++;
}

/* push %rbp; mov %rdi,%rbp; mov %rdx,%rdi; call *%rsi; pop %rbp; ret */
static const unsigned char machine_code[] = {0x55, 0x48, 0x89, 0xfd, 0x48, 0x89,
					     0xd7, 0xff, 0xd6, 0x5d, 0xc3};

/* Calls with that in the register of the frame pointer. */
static void (*with)(const void *fp, void (*call)(long), long arg);

static void
compile(void)
{
	void *code = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			  -1, 0);

	REQUIRE(code != MAP_FAILED);
	memcpy(code, machine_code, sizeof(machine_code));
	REQUIRE(mprotect(code, PAGE, PROT_READ | PROT_EXEC) == 0);
	memcpy(&with, &code, sizeof(with));
}

static void
raise_it(long sig)
{
	raise((int)sig);
}

/* Whatever there is in [from, end), on it and at its ends, in the register. */
static void
ask_with_all(char *from, const char *end, void (*call)(long), long arg)
{
	for (char *at = from; at < end; at += PAGE) {
		with(at, call, arg);
		with(at + PAGE - 8, call, arg);
		with(at + 8, call, arg);
		with(at + 3, call, arg);
	}
	with(NOTHING, call, arg);
	with(from - 8, call, arg);
	with((char *)0x7ffffffffff8, call, arg);
	with((char *)-8, call, arg);
}

/*
 * A hole of each kind: nothing there; not to be read; a file's mapping beyond the file's end; one that
 * another thread makes and fills again and again.
 */
enum hole { UNMAPPED, FORBIDDEN, BEYOND, COMES_AND_GOES, HOLES };

static _Atomic int flaps;
static char *flapping;

static void *
flap(void *unused)
{
	while (flaps) {
		mprotect(flapping, STACK / 4 * 3, PROT_NONE);
		mprotect(flapping, STACK / 4 * 3, PROT_READ | PROT_WRITE);
	}
	return unused;
}

static void
make_hole(enum hole kind, char *at, size_t bytes)
{
	if (kind == UNMAPPED) {
		REQUIRE(munmap(at, bytes) == 0);
	} else if (kind == FORBIDDEN) {
		REQUIRE(mprotect(at, bytes, PROT_NONE) == 0);
	} else if (kind == BEYOND) {
		int fd = memfd_create("empty", 0);

		REQUIRE(fd >= 0 &&
			mmap(at, bytes, PROT_READ, MAP_SHARED | MAP_FIXED, fd, 0) == at);
		close(fd);
	}
}

static ucontext_t outside, inside;
static char *stack;
static int small;

static void
fibre(void)
{
	ask(0);
	if (small) {
		ask_with_all(stack, stack + STACK, ask, 0);
		ask_with_all(stack, stack + STACK, raise_it, SIGUSR1);
	}
	swapcontext(&inside, &outside);
}

static void
on_fibre(size_t bytes)
{
	REQUIRE(getcontext(&inside) == 0);
	inside.uc_stack.ss_sp = stack;
	inside.uc_stack.ss_size = bytes;
	makecontext(&inside, fibre, 0);
	REQUIRE(swapcontext(&outside, &inside) == 0);
}

/* Where a large fibre ran, a smaller one: what was above is a hole. */
static void
smaller_fibre(enum hole kind)
{
	stack = mmap(NULL, STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		     0);
	REQUIRE(stack != MAP_FAILED);
	small = 0;
	on_fibre(STACK);
	make_hole(kind, stack + STACK / 4, STACK / 4 * 3);
	small = 1;
	flapping = stack + STACK / 4;
	flaps = kind == COMES_AND_GOES;
	pthread_t other;
	REQUIRE(pthread_create(&other, NULL, flap, NULL) == 0);
	for (int i = 0; i < (kind == COMES_AND_GOES ? 5 : 1); i++)
		on_fibre(STACK / 4);
	flaps = 0;
	pthread_join(other, NULL);
	/* What was unmapped may be anybody's now. */
	munmap(stack, kind == UNMAPPED ? STACK / 4 : STACK);
}

/* Pages within the stack that a thread runs on may be protected, say between slices of it. */
static __attribute__((noinline)) void
guarded_slice(void)
{
	char room[16 * PAGE];
	char *from = room + PAGE - (size_t)room % PAGE, *guard = from + 8 * PAGE;

	ask(0);
	memset(room, 0, sizeof(room));
	for (int i = 0; i < 2; i++) {
		REQUIRE(mprotect(guard, 2 * PAGE, PROT_NONE) == 0);
		ask_with_all(from, from + 15 * PAGE, ask, 0);
		ask_with_all(from, from + 15 * PAGE, raise_it, SIGUSR1);
		REQUIRE(mprotect(guard, 2 * PAGE, PROT_READ | PROT_WRITE) == 0);
		ask(0);
	}
}

static void *
all(void *unused)
{
	static char signal_stack[16 * PAGE];
	char *own = malloc(16 * PAGE);
	const stack_t alternates[] = {
		{.ss_sp = signal_stack, .ss_size = sizeof(signal_stack)},
		{.ss_sp = own, .ss_size = 16 * PAGE},
		{.ss_flags = SS_DISABLE},
	};

	for (size_t i = 0; i < sizeof(alternates) / sizeof(alternates[0]); i++) {
		REQUIRE(own != NULL && sigaltstack(&alternates[i], NULL) == 0);
		guarded_slice();
		for (int kind = 0; kind < HOLES; kind++)
			smaller_fibre((enum hole)kind);
	}
	free(own);
	return unused;
}

static void
on_signal(int sig)
{
	(void)sig;
	ask(0);
}

static void
run(pthread_attr_t *attributes)
{
	pthread_t thread;

	REQUIRE(pthread_create(&thread, attributes, all, NULL) == 0);
	REQUIRE(pthread_join(thread, NULL) == 0);
}

static void
everywhere(void)
{
	const struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_ONSTACK};
	pthread_attr_t attributes;
	void *mapped = mmap(NULL, 2 * STACK, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	REQUIRE(mapped != MAP_FAILED && sigaction(SIGUSR1, &action, NULL) == 0);
	compile();
	all(NULL);
	run(NULL);
	REQUIRE(pthread_attr_init(&attributes) == 0 &&
		pthread_attr_setstack(&attributes, mapped, 2 * STACK) == 0);
	run(&attributes);
	/* The same place again, and what is left of it. */
	make_hole(UNMAPPED, (char *)mapped + STACK, STACK);
	REQUIRE(pthread_attr_setstack(&attributes, mapped, STACK) == 0);
	run(&attributes);
}

/* Reads of a file that the calling thread made so far, or -1. */
static long
reads(void)
{
	char text[512] = "";
	int fd = open("/proc/thread-self/io", O_RDONLY);

	if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0)
		return -1;
	close(fd);
	const char *at = strstr(text, "syscr: ");
	return at != NULL ? atol(at + 7) : -1;
}

static pthread_barrier_t barrier;
static _Atomic long read_for_it;

static void *
first_block(void *unused)
{
	pthread_barrier_wait(&barrier);
	long before = reads();
	char *p = malloc(BLOCK);

	/* One is the reading of that number itself. */
	read_for_it += before < 0 ? 0 : reads() - before - 1;
	free(p);
	return unused;
}

static void
threads(unsigned n)
{
	pthread_attr_t attributes;
	pthread_t *all_threads = calloc(n, sizeof(*all_threads));
	long before, after;

	REQUIRE(all_threads != NULL && pthread_attr_init(&attributes) == 0 &&
		pthread_attr_setstacksize(&attributes, STACK) == 0);
	/* The first of all learns what code there is. */
	for (unsigned round = 0; round < 2; round++) {
		unsigned now = round == 0 ? 1 : n;

		REQUIRE(pthread_barrier_init(&barrier, NULL, now) == 0);
		before = read_for_it;
		for (unsigned i = 0; i < now; i++)
			REQUIRE(pthread_create(&all_threads[i], &attributes, first_block,
					       NULL) == 0);
		for (unsigned i = 0; i < now; i++)
			REQUIRE(pthread_join(all_threads[i], NULL) == 0);
	}
	after = read_for_it;
	printf("threads %u read %ld\n", n, after - before);
}

/* Where its function lies. */
static void *
through(const char *library)
{
	void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);

	REQUIRE(handle != NULL);
	long (*const *loop)(void (*)(long), long) = dlsym(handle, "loop");
	REQUIRE(loop != NULL);
	void *at = *(void **)loop;
	(*loop)(ask, 0);
	dlclose(handle);
	return at;
}

static void *
come_and_go(void *library)
{
	for (int i = 0; i < 200; i++)
		through(library);
	return NULL;
}

static void
storm(char **libraries, int n)
{
	pthread_t of[16];

	REQUIRE(n <= 16);
	for (int i = 0; i < n; i++)
		REQUIRE(pthread_create(&of[i], NULL, come_and_go, libraries[i]) == 0);
	for (int i = 0; i < n; i++)
		REQUIRE(pthread_join(of[i], NULL) == 0);
}

int
main(int argc, char **argv)
{
	if (argc > 2 && strcmp(argv[1], "threads") == 0) {
		threads((unsigned)atoi(argv[2]));
		return 0;
	}
	if (argc > 3 && strcmp(argv[1], "after") == 0) {
		void *at = through(argv[2]);

		puts(through(argv[3]) == at ? "same place" : "another place");
		return 0;
	}
	if (argc > 2 && strcmp(argv[1], "storm") == 0)
		storm(argv + 2, argc - 2);
#if defined(__x86_64__)
	else
		everywhere();
#endif
	printf("walked %lu\n", blocks);
	return 0;
}
