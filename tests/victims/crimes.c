/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One misuse of a large block a name; weir must end the host with one exact line, by SIGABRT or,
 * where the options guard and quarantine make it fault, by SIGSEGV. With "innocent" nothing is
 * wrong. crimes NAME [handler]: with a handler of SIGSEGV that says so and exits with 7.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

void *weir_scratch_get(size_t bytes) __attribute__((weak));

static void *volatile escape;

static char *
block(size_t size)
{
	escape = malloc(size);
	return escape;
}

static void
double_free(void)
{
	char *p = block(3000000);

	free(p);
	free(escape);
}

/* Far apart: the block has left its class by then. */
static void
late_double_free(void)
{
	char *p = block(30000000);

	free(p);
	free(block(1000000));
	escape = p;
	free(escape);
}

static void
interior_free(void)
{
	char *p = block(3000000);

	escape = p + 4096;
	free(escape);
}

static void
odd_free(void)
{
	char *p = block(3000000);

	escape = p + 17;
	free(escape);
}

static void
realloc_after_free(void)
{
	char *p = block(3000000);

	free(p);
	escape = realloc(escape, 4000000);
}

static void
free_of_scratch(void)
{
	escape = weir_scratch_get != NULL ? weir_scratch_get(50000) : NULL;
	free(escape);
}

/* The old place of a block that grew. */
static void
write_after_realloc(void)
{
	char *p = block(3000000), *old = p;

	escape = realloc(p, 50000000);
	p = escape;
	escape = old;
	((char volatile *)escape)[100] = 1;
	free(p);
}

static void
read_after_free(void)
{
	char *p = block(3000000);

	p[5] = 1;
	free(p);
	putchar(((char volatile *)escape)[5]);
}

static void
write_after_free(void)
{
	char *p = block(3000000);

	free(p);
	((char volatile *)escape)[2999999] = 1;
}

/* The quarantine is long over it. */
static void
read_late_after_free(void)
{
	char *volatile p = block(3000000);

	free(p);
	for (int i = 0; i < 40; i++)
		free(block(2000000));
	putchar(p[5]);
}

static void
read_past_end(void)
{
	char *p = block(3000000);

	memset(p, 1, 3000000);
	putchar(((char volatile *)escape)[3000000]);
}

static void
write_past_end(void)
{
	char *p = block(300001); /* eleven bytes to the next multiple of 16 */

	p[0] = 1;
	((char volatile *)escape)[300001 + 11 + 5] = 1;
}

/* Too little to reach the guard page. */
static void
one_past_end(void)
{
	char volatile *p = block(300001);

	p[300001] = 1;
	free(escape);
}

/* Alignment leaves more room. */
static void
past_aligned_end(void)
{
	if (posix_memalign((void **)&escape, 4096, 300000) != 0)
		return;
	((char volatile *)escape)[300000] = 1;
	free(escape);
}

/* Not weir's: faults as ever, without a line. */
static void
strange_fault(void)
{
	escape = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	free(block(3000000));
	escape = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	((char volatile *)escape)[0] = 1;
}

static void
sent_signal(void)
{
	free(block(3000000));
	kill(getpid(), SIGSEGV);
	pause();
}

/* Says so if the library has a handler of the signal. */
static void
handler(void)
{
	struct sigaction now;

	free(block(3000000));
	if (sigaction(SIGSEGV, NULL, &now) == 0 && now.sa_handler != SIG_DFL)
		puts("a handler");
}

static void
on_fault(int number)
{
	static const char text[] = "the host's own handler\n";

	_exit(number == SIGSEGV && write(1, text, sizeof(text) - 1) > 0 ? 7 : 8);
}

static void
innocent(void)
{
	char *p = block(3000000);

	memset(p, 1, 3000000);
	p = realloc(p, 5000000);
	p[4999999] = 2;
	free(p);
	p = calloc(5000000, 1);
	p[4999999] = p[0];
	free(p);
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} crimes[] = {{"double_free", double_free},
		      {"late_double_free", late_double_free},
		      {"interior_free", interior_free},
		      {"odd_free", odd_free},
		      {"realloc_after_free", realloc_after_free},
		      {"free_of_scratch", free_of_scratch},
		      {"write_after_realloc", write_after_realloc},
		      {"read_after_free", read_after_free},
		      {"write_after_free", write_after_free},
		      {"read_late_after_free", read_late_after_free},
		      {"read_past_end", read_past_end},
		      {"write_past_end", write_past_end},
		      {"one_past_end", one_past_end},
		      {"past_aligned_end", past_aligned_end},
		      {"strange_fault", strange_fault},
		      {"sent_signal", sent_signal},
		      {"handler", handler},
		      {"innocent", innocent}};

	if (argc > 2)
		signal(SIGSEGV, on_fault);

	for (size_t i = 0; argc > 1 && i < sizeof(crimes) / sizeof(crimes[0]); i++)
		if (strcmp(argv[1], crimes[i].name) == 0) {
			crimes[i].run();
			puts("still here");
			return 0;
		}
	fprintf(stderr, "crimes: which one?\n");
	return 2;
}
