/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Loads that allocators are commonly compared by, each with small blocks, which are the next allocator's under weir, and
 * with large ones: processor time of the process for each block.
 *
 * server   threads replace blocks of a table at random; each then ends and leaves its table to a new thread
 *          (P.-A. Larson and M. Krishnan, Memory allocation for long-running server applications, ISMM 1998)
 * passed   some threads make blocks, others free them (C. Lever and D. Boreham, malloc() performance in a multithreaded
 *          Linux environment, USENIX 2000)
 * lines    a block of each thread's own, written a hundred times: dear if two threads' blocks share a cache line
 *          (E. Berger et al., Hoard: a scalable memory allocator for multithreaded applications, ASPLOS 2000)
 * shuffled one thread, blocks of all sizes, most of them small, freed at random
 * mixed    threads that make lists of blocks, enlarge some, and swap some with each other
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/alloc_cases.h"
#include "bench/gauge.h"

#define THREADS 4
#define TABLE	1000
#define PASSED	64 /* in one go */
#define SWAPPED 64

/* One load: blocks from `least` on, `doublings` times as large at most; `table` of them alive in a thread. */
struct load {
	const char *name;
	void *(*work)(void *member);
	unsigned threads;
	size_t least;
	unsigned doublings;
	size_t table;
	double rounds; /* of each thread */
};

struct member {
	const struct load *load;
	uint64_t state;
	size_t rounds, made;
	char **table;
} __attribute__((aligned(64)));

static struct member members[THREADS];
static char *tables[THREADS][TABLE];
static _Atomic(char *) swapped[SWAPPED];

/* The larger, the rarer: each doubling is as likely as the one before it. */
static size_t
some_size(struct member *m)
{
	size_t least = m->load->least << gauge_random(&m->state) % m->load->doublings;

	return least + gauge_random(&m->state) % least;
}

static char *
made(struct member *m)
{
	size_t bytes = some_size(m);
	char *block = alloc_some(bytes);

	block[0] = block[bytes - 1] = 1;
	m->made++;
	return block;
}

static void
replace_one(struct member *m)
{
	char **slot = &m->table[gauge_random(&m->state) % m->load->table];

	free(*slot);
	*slot = made(m);
}

static void
start(pthread_t *thread, void *(*work)(void *), void *arg)
{
	if (pthread_create(thread, NULL, work, arg) != 0) {
		perror("alloc_bench: thread");
		exit(1);
	}
}

/* A thread in ten thousand small blocks, or in a hundred large ones. */
static void *
serve(void *arg)
{
	struct member *m = arg;
	size_t turns = 10 * m->load->table;
	pthread_t heir;

	for (size_t i = 0; i < turns && m->rounds > 0; i++, m->rounds--)
		replace_one(m);
	if (m->rounds == 0)
		return NULL;
	start(&heir, serve, m);
	pthread_join(heir, NULL);
	return NULL;
}

static void *
shuffle(void *arg)
{
	struct member *m = arg;

	for (; m->rounds > 0; m->rounds--)
		replace_one(m);
	return NULL;
}

/* Of two threads one makes what the other frees; the table is what is on its way, and a slot is whose it is not NULL. */
static void *
pass(void *arg)
{
	struct member *m = arg, *maker = &members[(m - members) & ~1];
	_Atomic(char *) *way = (_Atomic(char *) *)maker->table;

	for (size_t i = 0; i < m->rounds; i++) {
		_Atomic(char *) *slot = &way[i % PASSED];

		if (m == maker) {
			while (atomic_load(slot) != NULL)
				sched_yield();
			atomic_store(slot, made(m));
		} else {
			while (atomic_load(slot) == NULL)
				sched_yield();
			free(atomic_exchange(slot, NULL));
		}
	}
	return NULL;
}

static void *
write_lines(void *arg)
{
	struct member *m = arg;

	for (; m->rounds > 0; m->rounds--) {
		char *block = made(m);

		for (int i = 0; i < 100; i++)
			(*(volatile char *)block)++;
		free(block);
	}
	return NULL;
}

static void *
mix(void *arg)
{
	struct member *m = arg;

	for (; m->rounds > 0; m->rounds--) {
		uint64_t what = gauge_random(&m->state) % 16;
		char **slot = &m->table[gauge_random(&m->state) % m->load->table];

		if (what == 0) {
			*slot = atomic_exchange(
				&swapped[gauge_random(&m->state) % SWAPPED], *slot);
		} else if (what < 4) {
			char *larger = realloc(*slot, some_size(m));

			if (larger == NULL)
				exit(1);
			*slot = larger;
			m->made++;
		} else {
			replace_one(m);
		}
	}
	return NULL;
}

static const struct load loads[] = {
	{"server.small", serve, THREADS, 16, 5, TABLE, 500000},
	{"server.large", serve, THREADS, 128 * KB, 3, 16, 30000},
	{"passed.small", pass, THREADS, 16, 5, PASSED, 200000},
	{"passed.large", pass, THREADS, 128 * KB, 3, PASSED, 10000},
	{"lines.small", write_lines, THREADS, 8, 1, 1, 1000000},
	{"shuffled.small", shuffle, 1, 16, 6, TABLE, 3000000},
	{"shuffled.large", shuffle, 1, 128 * KB, 6, 64, 200000},
	{"mixed.small", mix, THREADS, 16, 10, TABLE, 300000},
	{"mixed.large", mix, THREADS, 128 * KB, 4, 16, 5000},
};

static void
run(const struct load *load, double scale)
{
	struct gauge_row row = GAUGE_ROW(ALLOC_PROGRAM, "ns");
	pthread_t threads[THREADS];
	double from = gauge_processor_ns(), blocks = 0;

	for (unsigned i = 0; i < load->threads; i++) {
		members[i] = (struct member){
			.load = load,
			.state = (i + 1) * 0x9e3779b97f4a7c15u,
			.rounds = alloc_rounds(load->rounds, scale),
			.table = tables[i],
		};
		start(&threads[i], load->work, &members[i]);
	}
	for (unsigned i = 0; i < load->threads; i++) {
		pthread_join(threads[i], NULL);
		blocks += (double)members[i].made;
	}
	row.value = (gauge_processor_ns() - from) / blocks;
	row.count = blocks;
	row.peak_mb = gauge_status_mb("VmHWM:");
	gauge_which(&row, "known.%s", load->name);
	gauge_print(&row);
}

/* Each in a process of its own. */
void
alloc_known(double scale)
{
	fflush(stdout);
	for (size_t i = 0; i < sizeof(loads) / sizeof(loads[0]); i++) {
		int status = -1;
		pid_t child = fork();

		if (child == 0) {
			run(&loads[i], scale);
			fflush(stdout);
			_exit(0);
		}
		if (child < 0 || waitpid(child, &status, 0) != child || status != 0) {
			fprintf(stderr, "alloc_bench: %s failed\n", loads[i].name);
			exit(1);
		}
	}
}
