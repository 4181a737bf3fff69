/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two tables in turns, so that a reader needs no lock: what it finds by the pointer, loaded with acquire, was whole
 * before that was stored. One that sleeps over two refreshes may read a table in the making: its counts are bounded and
 * its modules stay, so that a frame is another's at worst.
 */
#include "trace/native/code.h"

#include <stdatomic.h>
#include <string.h>
#include <time.h>

#include "pool/lock.h"
#include "trace/ground/checked.h"
#include "trace/ground/intern.h"
#include "trace/native/code_modules.h"
#include "trace/native/maps.h"
#include "trace/native/unwind.h"

#define PAGE_MAX    65536 /* bytes: the largest page there is */
#define SECOND_NS   1000000000
#define INTERVAL_NS (SECOND_NS / 10)
#define EARLY	    16 /* refreshes that need not wait: a starting host maps a lot */
#define WAIT_NS                                                                          \
	(SECOND_NS / 20) /* for another thread's, which may have begun too early for us */
#define DEAR_NS (SECOND_NS / 200) /* so long a refresh is not done for each isolate */
#define SHARE	400		  /* of a processor, where the maps are long */

struct table {
	struct code_v8 v8;
	uint32_t n_files;
	struct {
		struct code_span span;
		uint16_t module;
	} files[CODE_MODULES];
};

static struct table tables[2];
static _Atomic(struct table *) table = &tables[0];
static struct weir_lock refreshing;
static int64_t begun_ns, spent_ns; /* the last refresh, under `refreshing` */
static _Atomic uint64_t unloads, unloads_read;

static struct code_span (*where_builtins)(void);
static struct code_span last_builtins; /* as it said last */
/* How they look, to know other isolates' copies, which are of no file in older versions. */
static struct {
	uint64_t bytes; /* 0: not known yet */
	uint8_t samples[3][64];
} builtins_look;

/* The state of one reading of the maps. */
struct reading {
	struct table *t;
	char image[256]; /* path of the ELF file whose header was seen last */
	uint64_t header;
	struct code_span run; /* adjoining mappings without a file */
	bool run_executable;
};

static void
add_v8(struct table *t, uint64_t start, uint64_t end, bool builtins)
{
	struct code_v8 *v8 = &t->v8;
	uint32_t i = v8->n;

	static bool told;

	if (start >= end)
		return;
	if (i == CODE_V8) {
		if (!told)
			intern_drop(WEIR_DROP_code);
		told = true;
		return;
	}
	for (; i > 0 && v8->spans[i - 1].start > start; i--) {
		v8->spans[i] = v8->spans[i - 1];
		v8->is_builtins[i] = v8->is_builtins[i - 1];
	}
	v8->spans[i] = (struct code_span){start, end};
	v8->is_builtins[i] = builtins;
	v8->n++;
}

/*
 * A JIT reserves a range and makes parts of it executable, in time: all that adjoins one is taken
 * for its code, since no return address lies in data.
 */
static void
end_run(struct reading *r)
{
	if (r->run_executable)
		add_v8(r->t, r->run.start, r->run.end, false);
	r->run = (struct code_span){0, 0};
	r->run_executable = false;
}

static bool
sample_builtins(uint64_t start, uint64_t bytes, uint8_t samples[3][64])
{
	for (unsigned i = 0; i < 3; i++)
		if (!checked_peek(start + bytes / 4 * (i + 1), samples[i], 64))
			return false;
	return true;
}

static bool
is_like_builtins(uint64_t start)
{
	static uint8_t samples[3][64]; /* under `refreshing`, off the host's stack */

	return sample_builtins(start, builtins_look.bytes, samples) &&
	       memcmp(samples, builtins_look.samples, sizeof(samples)) == 0;
}

/* A mapping of just their pages. */
static bool
is_copy_of_builtins(const struct maps_line *line)
{
	uint64_t bytes = line->end - line->start;

	return line->executable && builtins_look.bytes != 0 &&
	       bytes >= builtins_look.bytes && bytes - builtins_look.bytes < PAGE_MAX &&
	       is_like_builtins(line->start);
}

static void
add_builtins(struct table *t)
{
	struct code_span span = where_builtins();

	if (span.start != 0) {
		uint64_t bytes = span.end - span.start;

		last_builtins = span;
		if (builtins_look.bytes == 0 &&
		    sample_builtins(span.start, bytes, builtins_look.samples))
			builtins_look.bytes = bytes;
	}
	/* Who asks may have no isolate, and whose they were may be gone. */
	if (span.start != 0 ||
	    (builtins_look.bytes != 0 && is_like_builtins(last_builtins.start)))
		add_v8(t, last_builtins.start, last_builtins.end, true);
}

static bool
is_anonymous(const struct maps_line *line)
{
	return line->inode == 0 &&
	       (line->path[0] == '\0' || strncmp(line->path, "[anon", 5) == 0);
}

static void
add_file(struct reading *r, const struct maps_line *line)
{
	struct table *t = r->t;
	bool own_image = strncmp(line->path, r->image, sizeof(r->image) - 1) == 0;

	if (line->offset == 0) {
		strncpy(r->image, line->path, sizeof(r->image) - 1);
		r->header = line->readable ? line->start : 0;
		own_image = true;
	}
	if (!line->executable || t->n_files == CODE_MODULES)
		return;
	/* A piece of a file far from its other segments: V8 puts its builtins near its heap. */
	if (!own_image)
		add_v8(t, line->start, line->end, true);
	/* Each worker's copy would be a module of its own, for ever. */
	if (!own_image && where_builtins != NULL)
		return;
	t->files[t->n_files].span = (struct code_span){line->start, line->end};
	t->files[t->n_files++].module = code_modules_add(line, own_image ? r->header : 0);
}

static bool
add_line(void *context, const struct maps_line *line)
{
	struct reading *r = context;

	if (!is_anonymous(line)) {
		end_run(r);
		if (line->path[0] != '\0')
			add_file(r, line);
		return true;
	}
	if (is_copy_of_builtins(line)) {
		end_run(r);
		add_v8(r->t, line->start, line->end, true);
		r->run = (struct code_span){line->end, line->end};
		return true;
	}
	if (line->start != r->run.end) {
		end_run(r);
		r->run.start = line->start;
	}
	r->run.end = line->end;
	r->run_executable |= line->executable;
	return true;
}

static int64_t
time_of(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec * (int64_t)SECOND_NS + now.tv_nsec;
}

static int64_t
time_ns(void)
{
	return time_of(CLOCK_MONOTONIC);
}

static bool
is_due(void)
{
	static int64_t last_ns;
	static unsigned n;
	int64_t now_ns = time_ns();

	if ((n >= EARLY && now_ns - last_ns < INTERVAL_NS) ||
	    (spent_ns >= DEAR_NS && now_ns - last_ns < spent_ns * SHARE))
		return false;
	n += n < EARLY;
	last_ns = now_ns;
	return true;
}

/* Under the lock. */
static void
refresh(void)
{
	struct table *old = atomic_load(&table);
	static struct reading r; /* off the host's stack */
	static uint32_t told;	 /* of so many modules */
	static bool reads;	 /* what is loaded here may be read */

	uint64_t gone = code_unloads();

	r = (struct reading){.t = old == &tables[0] ? &tables[1] : &tables[0]};
	begun_ns = time_ns();
	int64_t from_ns = time_of(CLOCK_THREAD_CPUTIME_ID);
	reads = reads || checked_peek((uintptr_t)&told, &(uint32_t){0}, sizeof(told));
	if (!reads)
		return;
	r.t->v8.n = r.t->n_files = 0;
	if (where_builtins != NULL)
		add_builtins(r.t);
	if (maps_read(add_line, &r) == 0) {
		end_run(&r);
		atomic_store_explicit(&table, r.t, memory_order_release);
		/* Not before: by the old table nobody is where a new module is, which would be remembered. */
		unwind_forget(code_modules_count() != told || gone != unloads_read);
		told = code_modules_count();
		atomic_store(&unloads_read, gone);
	}
	spent_ns = time_of(CLOCK_THREAD_CPUTIME_ID) - from_ns;
}

void
code_refresh(void)
{
	if (!weir_trylock(&refreshing))
		return;
	if (is_due())
		refresh();
	weir_unlock(&refreshing);
}

bool
code_refresh_now(void)
{
	int64_t now_ns = time_ns();

	if (!weir_lock_within(&refreshing, WAIT_NS))
		return false;
	/* Others that waited as well share the one that began after they came. */
	if (begun_ns <= now_ns && (spent_ns < DEAR_NS || is_due()))
		refresh();
	bool fresh = begun_ns > now_ns;
	weir_unlock(&refreshing);
	return fresh;
}

void
code_unloaded(void)
{
	atomic_fetch_add(&unloads, 1);
}

uint64_t
code_unloads(void)
{
	return atomic_load(&unloads);
}

bool
code_is_old(void)
{
	return atomic_load(&unloads_read) != code_unloads();
}

const struct code_v8 *
code_v8(void)
{
	return &atomic_load_explicit(&table, memory_order_acquire)->v8;
}

struct code_module *
code_module_at(uint64_t address)
{
	const struct table *t = atomic_load_explicit(&table, memory_order_acquire);

	for (uint32_t i = 0; i < t->n_files && i < CODE_MODULES; i++) {
		uint16_t module = t->files[i].module;

		if (code_in(&t->files[i].span, address))
			return module != 0 ? code_modules_get(module) : NULL;
	}
	return NULL;
}

bool
code_knows(uint64_t address)
{
	return code_v8_at(code_v8(), address) >= 0 || code_module_at(address) != NULL;
}

void code_ask_for_builtins(struct code_span (*where)(void))
{
	where_builtins = where;
}

void
code_after_fork(void)
{
	weir_lock_reset(&refreshing);
	maps_after_fork();
}
