/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A preload that does nothing but walk: the stack of every allocation from CAPTURE_FLOOR bytes on
 * is taken and decoded, whatever the runtime is doing just then. Stacks of requests from
 * CAPTURE_PRINT bytes on are written to the file CAPTURE_LOG. Tests look at what it says, and that
 * the runtime survives it. CAPTURE_IMAGE: where to write the memory that decoding the first of them
 * took (tests/unit/v8_image.h).
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "pool/lock.h"
#include "tests/runtimes/walking_preload.h"
#include "tests/unit/v8_image.h"
#include "trace/ground/intern.h"
#include "trace/runtimes/memo.h"
#include "trace/runtimes/v8_gc.h"

static size_t floor_bytes = SIZE_MAX, print_bytes = SIZE_MAX;
static int repeat;
static const char *image_path;
static struct weir_lock lock;
static _Atomic uint64_t captures, frames_seen, drops[WEIR_N_TRACE_DROPS];

/* The last texts and frames are all that a printed stack needs. */
#define TEXT_BYTES (1u << 20)
#define MAX_FRAMES 65536
static char text[TEXT_BYTES];
static uint32_t text_used = 1;
static struct weir_trace_frame frames[MAX_FRAMES];
static uint32_t n_frames = 1;
static struct weir_trace_module modules[512];
static uint16_t n_modules;

uint32_t
intern_string(const char *s, size_t n)
{
	uint32_t at;

	if (n == 0)
		return 0;
	if (text_used + n + 1 > TEXT_BYTES)
		text_used = 1;
	at = text_used;
	memcpy(text + at, s, n);
	text[at + n] = '\0';
	text_used += (uint32_t)n + 1;
	return at;
}

uint16_t
intern_module(const struct weir_trace_module *m)
{
	if (n_modules == 512)
		return 0;
	modules[n_modules] = *m;
	return ++n_modules;
}

uint32_t
intern_frame(const struct weir_trace_frame *f)
{
	if (n_frames == MAX_FRAMES)
		n_frames = 1;
	frames[n_frames] = *f;
	return n_frames++;
}

void
intern_drop(enum weir_trace_drop what)
{
	drops[what]++;
}

static void
show(const uint32_t *ids, uint32_t n, size_t bytes, uint32_t truncated)
{
	static const char *const kinds[] = {
#define X(id, name, meaning) name,
		WEIR_FRAME_KINDS(X)
#undef X
	};
	struct walk_gcs g;

	walk_gcs(&g);
	say("stack %zu isolate=%u truncated=%u majors=%llu minors=%llu heap=%llu "
	    "external=%llu\n",
	    bytes, v8_gc_isolate(false), truncated, (unsigned long long)g.major,
	    (unsigned long long)g.minor, (unsigned long long)g.heap_bytes,
	    (unsigned long long)g.external_bytes);
	for (uint32_t i = 0; i < n; i++) {
		const struct weir_trace_frame *f = &frames[ids[i]];

		if (f->address != 0)
			say("  %s %llx %s\n", kinds[f->kind],
			    (unsigned long long)f->address,
			    f->module ? text + modules[f->module - 1].path : "-");
		else
			say("  %s%s %s %s:%u:%u def=%u%s%s\n", kinds[f->kind],
			    f->flags & WEIR_FRAME_EXACT_LINE ? "" : "?",
			    f->function ? text + f->function : "-", text + f->file,
			    f->line, f->column, f->definition_line,
			    f->flags & WEIR_FRAME_RUNTIME ? " runtime" : "",
			    f->flags & WEIR_FRAME_ASYNC ? " async" : "");
	}
}

static double
microseconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* Times are for people: no test reads them. */
static void
measure(uintptr_t fp, uintptr_t pc)
{
	struct walk_raw raw;
	uint32_t ids[WEIR_TRACE_MAX_DEPTH], n = 0;
	enum walk_waits waits;
	double from = microseconds();

	for (int i = 0; i < 20000; i++)
		walk_take(&raw, fp, pc);
	double taken = microseconds();
	for (int i = 0; i < 1000; i++)
		n = walk_decode(&raw, ids, &waits);
	double decoded = microseconds();
	for (int i = 0; i < 100; i++) {
		memo_forget_spots();
		walk_decode(&raw, ids, &waits);
	}
	double checked = microseconds();
	for (int i = 0; i < 100; i++) {
		walk_after_fork();
		walk_decode(&raw, ids, &waits);
	}
	say("cost: take %.3f us, decode %.2f us warm, %.1f us "
	    "after a GC, %.1f us cold, %u frames, %u "
	    "words\n",
	    (taken - from) / 20000, (decoded - taken) / 1000, (checked - decoded) / 100,
	    (microseconds() - checked) / 100, n, raw.n_words);
}

/* What decoding read, for the tests of the decoder without a runtime. */
static struct recording {
	struct checked live;
	uint32_t n_frames, n_blocks;
	bool wanted;
	struct v8_frame frames[V8_IMAGE_FRAMES];
	struct v8_image_block blocks[1024];
} recording;

static size_t
record(void *context, const uint64_t *addresses, size_t n, uint8_t (*to)[CHECKED_BLOCK])
{
	size_t got = recording.live.fetch(context, addresses, n, to);

	for (size_t i = 0; i < got; i++) {
		uint32_t k = 0;

		while (k < recording.n_blocks &&
		       recording.blocks[k].address != addresses[i])
			k++;
		if (k == 1024 || k < recording.n_blocks)
			continue;
		recording.blocks[k].address = addresses[i];
		memcpy(recording.blocks[k].bytes, to[i], CHECKED_BLOCK);
		recording.n_blocks++;
	}
	return got;
}

/* Node's own scripts are long, and the same each time: only the program's frames are kept. */
static void
judge(void *context, const struct v8_place *p)
{
	(void)context;
	recording.wanted = !p->runtime;
}

static void
write_image(const struct walk_raw *raw, const char *path)
{
	const struct v8_reader *live = walk_v8();
	static struct checked memory;
	struct v8_reader reader = {live->layout, live->lengths, &memory};
	struct v8_image_head head = {.n_layout = V8_LAYOUT_WORDS};

	v8_script_forget();
	checked_of_self(&recording.live);
	checked_of_self(&memory);
	memory.fetch = record;
	for (uint32_t i = 0; i < raw->n_words; i++) {
		struct v8_frame *f = &recording.frames[recording.n_frames];
		uint64_t word = raw->words[i];
		uint32_t blocks = recording.n_blocks;

		if ((word & WALK_V8) == 0 || recording.n_frames == V8_IMAGE_FRAMES)
			continue;
		*f = (struct v8_frame){.pc = WALK_PC(word), .function = raw->words[++i]};
		if ((word & WALK_BYTECODE) != 0) {
			f->bytecode = raw->words[++i];
			f->offset = raw->words[++i];
		}
		recording.wanted = false;
		checked_begin(&memory);
		v8_decode(&reader, f, judge, NULL);
		if (recording.wanted)
			recording.n_frames++;
		else
			recording.n_blocks = blocks;
	}
	memcpy(head.magic, V8_IMAGE_MAGIC, sizeof(head.magic));
	head.n_frames = recording.n_frames;
	head.n_blocks = recording.n_blocks;
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (write(fd, &head, sizeof(head)) < 0 ||
	    write(fd, live->layout, sizeof(*live->layout)) < 0 ||
	    write(fd, live->lengths, sizeof(*live->lengths)) < 0 ||
	    write(fd, recording.frames, head.n_frames * sizeof(struct v8_frame)) < 0 ||
	    write(fd, recording.blocks, head.n_blocks * sizeof(struct v8_image_block)) <
		    0)
		say("cannot write %s\n", path);
	close(fd);
}

void
on_request(uintptr_t fp, uintptr_t pc, size_t bytes)
{
	static struct walk_raw raw; /* under the lock: stacks may be small */
	uint32_t ids[WEIR_TRACE_MAX_DEPTH], n;
	enum walk_waits waits;

	if (bytes < floor_bytes)
		return;
	inside = 1;
	weir_lock(&lock);
	walk(&raw, fp, pc);
	v8_gc_isolate(bytes >= 65536);
	n = walk_decode(&raw, ids, &waits);
	captures++;
	frames_seen += n;
	if (bytes >= print_bytes) {
		show(ids, n, bytes, raw.truncated);
		if (repeat > 0 && repeat-- > 0)
			measure(fp, pc);
		if (image_path != NULL)
			write_image(&raw, image_path);
		image_path = NULL;
	}
	weir_unlock(&lock);
	inside = 0;
}

static size_t
number(const char *name, size_t otherwise)
{
	const char *value = getenv(name);

	return value != NULL ? strtoul(value, NULL, 0) : otherwise;
}

__attribute__((constructor)) static void
start(void)
{
	const char *log = getenv("CAPTURE_LOG");

	inside = 1;
	if (log != NULL)
		log_fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	image_path = getenv("CAPTURE_IMAGE");
	print_bytes = number("CAPTURE_PRINT", SIZE_MAX);
	repeat = (int)number("CAPTURE_BENCH", 0);
	floor_bytes = number("CAPTURE_FLOOR", SIZE_MAX);
	inside = 0;
}

__attribute__((destructor)) static void
end(void)
{
	struct walk_runtime r;

	inside = 1;
	walk_runtime(&r);
	say("end captures=%llu frames=%llu unreadable=%llu tier=%d name=%s version=%s "
	    "reason=%s\n",
	    (unsigned long long)captures, (unsigned long long)frames_seen,
	    (unsigned long long)drops[WEIR_DROP_unreadable], r.tier, r.name, r.version,
	    r.reason);
}
