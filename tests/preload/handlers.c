/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A library with handlers of fork that use the heap in every way, of blocks large and small. It registers
 * them before anybody else, in a constructor, and again when it is told to. Linked into forks.
 */
#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/old_glibc.h"
#include "tests/preload/handlers.h"

#define KB 1024u

void *weir_scratch_get(size_t bytes) __attribute__((weak));
void *weir_scratch_ref(void *block) __attribute__((weak));
int weir_scratch_unref(void *block) __attribute__((weak));

int handlers_failed, handlers_called;
bool handlers_nest;

/* Of earlier: each is freed, or moved, by some handler. */
static struct {
	unsigned char *block;
	size_t bytes;
	unsigned char fill;
} kept[8];
static void *scratch;

static void
check(bool fine)
{
	handlers_failed += !fine;
}

static bool
holds(const unsigned char *p, size_t bytes, unsigned char fill)
{
	return p != NULL && p[0] == fill && p[bytes / 2] == fill && p[bytes - 1] == fill;
}

static void
keep(int i, size_t bytes, unsigned char fill)
{
	kept[i].block = malloc(bytes);
	kept[i].bytes = bytes;
	kept[i].fill = fill;
	memset(kept[i].block, fill, bytes);
}

static void
refill(void)
{
	for (int i = 0; i < 8; i++)
		if (kept[i].block == NULL)
			keep(i, (150 + 100 * (size_t)i) * KB, (unsigned char)(i + 1));
	if (weir_scratch_get != NULL && scratch == NULL)
		scratch = weir_scratch_get(70 * KB);
}

static void
resize(int i, size_t bytes)
{
	size_t least = bytes < kept[i].bytes ? bytes : kept[i].bytes;
	unsigned char *p = realloc(kept[i].block, bytes);

	check(holds(p, least, kept[i].fill));
	memset(p, kept[i].fill, bytes);
	kept[i].block = p;
	kept[i].bytes = bytes;
}

static void
drop(int i)
{
	check(holds(kept[i].block, kept[i].bytes, kept[i].fill));
	free(kept[i].block);
	kept[i].block = NULL;
}

/* A reference that is taken and dropped leaves the block as it was; the last one frees it. */
static void
use_scratch(void)
{
	if (scratch == NULL)
		return;
	check(weir_scratch_ref(scratch) == scratch);
	check(weir_scratch_unref(scratch) == 0);
	check(weir_scratch_unref(scratch) == 1);
	check(weir_scratch_unref(scratch) < 0);
	scratch = weir_scratch_get(70 * KB); /* if there is one to be had */
}

static void
use_heap(int step)
{
	struct mallinfo2 info;
	unsigned char *p = malloc(300 * KB), *q = calloc(3, 100 * KB), *r;

	handlers_called++;
	check(p != NULL && holds(q, 300 * KB, 0));
	memset(p, 0x77, 300 * KB);
	p = realloc(p, 900 * KB);
	check(holds(p, 300 * KB, 0x77));
	check(malloc_usable_size(p) >= 900 * KB);
	check(posix_memalign((void **)&r, 4096, 200 * KB) == 0);
	free(r);
	free(p);
	free(q);
	check(malloc_usable_size(kept[step].block) >= kept[step].bytes);
	drop(step);
	resize(step + 3, 2000 * KB);
	resize(step + 3, 10 * KB);
	resize(step + 3, 500 * KB);
	use_scratch();
	malloc_trim(0);
	info = mallinfo2();
	check(info.hblks < 1000);
}

/* A handler that forks: its child ends, or goes on as the parent does. */
static void
fork_within(void)
{
	static __thread int depth;
	int status = -1;

	if (!handlers_nest || depth != 0)
		return;
	depth++;
	pid_t child = fork();
	if (child == 0) {
		void *p = malloc(400 * KB);

		free(p);
		_exit(p != NULL && handlers_failed == 0 ? 9 : 1);
	}
	check(waitpid(child, &status, 0) == child && WIFEXITED(status) &&
	      WEXITSTATUS(status) == 9);
	depth--;
}

void
handlers_prepare(void)
{
	for (int i = 0; i < 8; i++) {
		free(kept[i].block);
		kept[i].block = NULL;
	}
	refill();
}

static void
prepare(void)
{
	errno = 12345;
	use_heap(0);
	refill();
	fork_within();
	errno = 12345;
}

static void
parent(void)
{
	use_heap(1);
	refill();
	fork_within();
}

static void
child(void)
{
	use_heap(2);
	refill();
	fork_within();
}

void
handlers_register(void)
{
	check(pthread_atfork(prepare, parent, child) == 0);
}

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static void
lock(void)
{
	pthread_mutex_lock(&mutex);
}

static void
unlock(void)
{
	pthread_mutex_unlock(&mutex);
}

void
handlers_use_under_lock(void)
{
	lock();
	char *p = malloc(1000 * KB);
	check(p != NULL);
	free(p);
	unlock();
}

__attribute__((constructor)) static void
register_early(void)
{
	if (getenv("FORKS_LOCK") != NULL)
		check(pthread_atfork(lock, unlock, unlock) == 0);

	if (getenv("FORKS_LATE") == NULL)
		handlers_register();
}
