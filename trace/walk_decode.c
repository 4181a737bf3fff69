/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From raw words to interned frames, under the trace's lock. What a frame of V8 was decoded to is
 * remembered by function and place, since a function on the stack is seen again and again; after
 * a collection another may lie at its address, so an entry counts only if the function still looks
 * the same.
 */
#include "trace/walk.h"

#include <string.h>

#include "trace/code.h"
#include "trace/intern.h"
#include "trace/python.h"
#include "trace/v8_private.h"
#include "trace/v8_gc.h"
#include "trace/walk_private.h"

#define REMEMBERED 1024 /* even */

struct remembered {
	uint64_t function, place; /* bytecode offset, or return address */
	uint64_t
		moved; /* collections seen when it was looked at last: nothing moves between */
	uint64_t identity[V8_IDENTITY_WORDS];
	uint32_t n, frames[V8_MAX_INLINED];
};
static struct remembered remembered[REMEMBERED];

/* The frames of the stack at hand, and of the frame at hand. */
struct decode {
	uint32_t n, *frames;
	uint64_t moved;
	uint32_t n_now, now[V8_MAX_INLINED];
	bool named;
};

static uint32_t
native_frame(uint64_t address, enum weir_frame_kind kind)
{
	struct weir_trace_frame f;
	struct code_module *m = code_module_at(address);

	memset(&f, 0, sizeof(f));
	f.address = address;
	f.kind = kind;
	if (m != NULL) {
		f.kind = WEIR_FRAME_NATIVE;
		if (m->interned == 0) {
			struct weir_trace_module record = m->record;

			record.path = intern_string(m->path, m->path_bytes);
			m->interned = intern_module(&record);
		}
		f.module = m->interned;
	}
	return intern_frame(&f);
}

static void
each_place(void *context, const struct v8_place *p)
{
	struct decode *d = context;
	struct weir_trace_frame f;

	memset(&f, 0, sizeof(f));
	f.kind = p->inlined	? WEIR_FRAME_JS_INLINED
		 : p->optimized ? WEIR_FRAME_JS_OPTIMIZED
				: WEIR_FRAME_JS;
	f.flags = (p->exact ? WEIR_FRAME_EXACT_LINE : 0) |
		  (p->runtime ? WEIR_FRAME_RUNTIME : 0);
	f.function = intern_string(p->function, strlen(p->function));
	f.file = intern_string(p->file, strlen(p->file));
	f.line = p->line;
	f.column = p->column;
	f.definition_line = p->definition_line;
	d->named |= p->file[0] != '\0';
	if (d->n_now < V8_MAX_INLINED)
		d->now[d->n_now++] = intern_frame(&f);
}

static uint64_t
place_of(const struct v8_frame *f)
{
	return f->bytecode != 0 ? f->offset : f->pc;
}

static bool
matches(const struct remembered *r, const struct v8_frame *f)
{
	return r->function == f->function && r->place == place_of(f);
}

/* Where it is remembered, or is to be: two places, so that two frames of a stack can be alike. */
static struct remembered *
slot_of(const struct v8_frame *f)
{
	uint64_t h = (f->function ^ place_of(f) * 31) * 0x9e3779b97f4a7c15;
	struct remembered *r = &remembered[(h >> 32) % REMEMBERED & ~1u];

	if (matches(r, f) || matches(r + 1, f))
		return matches(r, f) ? r : r + 1;
	return r->function == 0 || r->moved < r[1].moved ? r : r + 1;
}

/* Whether what is remembered holds still, and counts from now on. */
static bool
still(struct remembered *r, const struct v8_frame *f, uint64_t moved,
      const uint64_t identity[V8_IDENTITY_WORDS])
{
	if (!matches(r, f) || memcmp(r->identity, identity, sizeof(r->identity)) != 0)
		return false;
	r->moved = moved;
	return true;
}

static void
v8_frame(struct decode *d, const struct v8_frame *f)
{
	const struct v8_reader *reader = walk_v8();
	uint64_t identity[V8_IDENTITY_WORDS];
	struct remembered *r = slot_of(f);

	d->n_now = 0;
	reader->memory->failed = false;
	if ((matches(r, f) && r->moved == d->moved) ||
	    (v8_identity(reader, f->function, identity) == 0 &&
	     still(r, f, d->moved, identity))) {
		memcpy(d->now, r->frames, sizeof(r->frames));
		d->n_now = r->n;
		d->named = true;
		return;
	}
	reader->memory->failed = false;
	if (v8_decode(reader, f, each_place, d) != 0) {
		intern_drop(WEIR_DROP_unreadable);
		return;
	}
	*r = (struct remembered){f->function, place_of(f), d->moved, {0}, d->n_now, {0}};
	memcpy(r->identity, identity, sizeof(identity));
	memcpy(r->frames, d->now, sizeof(r->frames));
}

static void
python_frame(struct decode *d, const struct python_frame *f)
{
	static struct python_place p; /* under the trace's lock */
	struct weir_trace_frame frame;

	d->n_now = 0;
	memory_begin(walk_memory());
	if (python_decode(walk_memory(), f, &p) != 0) {
		intern_drop(WEIR_DROP_unreadable);
		return;
	}
	memset(&frame, 0, sizeof(frame));
	frame.kind = WEIR_FRAME_PYTHON;
	frame.flags = (p.line != 0 ? WEIR_FRAME_EXACT_LINE : 0) |
		      (p.file[0] == '<' ? WEIR_FRAME_RUNTIME : 0);
	frame.function = intern_string(p.function, strlen(p.function));
	frame.file = intern_string(p.file, strlen(p.file));
	frame.line = p.line != 0 ? p.line : p.definition_line;
	frame.column = p.column;
	frame.definition_line = p.definition_line;
	d->now[d->n_now++] = intern_frame(&frame);
}

/* The words of a frame of V8 from words[i] on; the index after them. */
static uint32_t
frame_at(const struct walk_raw *raw, uint32_t i, struct v8_frame *f)
{
	uint64_t word = raw->words[i++];

	*f = (struct v8_frame){.pc = WALK_PC(word), .function = raw->words[i++]};
	if ((word & WALK_BYTECODE) != 0) {
		f->bytecode = raw->words[i++];
		f->offset = raw->words[i++];
	}
	return i;
}

/* All functions to look at, then what they share: two reads for all instead of two for each. */
static void
read_ahead(const struct walk_raw *raw, uint64_t moved)
{
	const struct v8_reader *reader = walk_v8();
	uint64_t addresses[WEIR_TRACE_MAX_DEPTH];
	size_t n = 0;

	for (uint32_t i = 0; i < raw->n_words && n < WEIR_TRACE_MAX_DEPTH;) {
		struct v8_frame f;

		if ((raw->words[i] & WALK_V8) == 0) {
			i++;
			continue;
		}
		i = frame_at(raw, i, &f);
		const struct remembered *r = slot_of(&f);
		if (!matches(r, &f) || r->moved != moved)
			addresses[n++] = f.function;
	}
	memory_begin(reader->memory);
	memory_expect(reader->memory, addresses, n);
	for (size_t i = 0; i < n; i++)
		addresses[i] =
			v8_field(reader, addresses[i], reader->layout->function_shared);
	memory_expect(reader->memory, addresses, n);
}

uint32_t
walk_decode(const struct walk_raw *raw, uint32_t frames[WEIR_TRACE_MAX_DEPTH])
{
	struct decode d = {.frames = frames};
	bool any_v8 = false, asked = false;
	struct walk_gcs gcs;

	walk_gcs(&gcs);
	d.moved = gcs.moved;
	if (walk_reads_v8())
		read_ahead(raw, d.moved);
	for (uint32_t i = 0; i < raw->n_words && d.n < WEIR_TRACE_MAX_DEPTH;) {
		uint64_t word = raw->words[i];
		struct v8_frame f;

		if ((word & (WALK_V8 | WALK_PYTHON)) == WALK_PYTHON) {
			python_frame(&d, &(struct python_frame){WALK_PC(word),
								raw->words[i + 1],
								raw->words[i + 2]});
			for (uint32_t k = 0; k < d.n_now; k++)
				frames[d.n++] = d.now[k];
			i += 3;
			continue;
		}
		if ((word & WALK_V8) == 0) {
			/* Code that came since the maps were read. */
			if (!asked && code_module_at(word) == NULL) {
				code_refresh();
				asked = true;
			}
			frames[d.n++] = native_frame(word, WEIR_FRAME_OPAQUE);
			i++;
			continue;
		}
		i = frame_at(raw, i, &f);
		any_v8 = true;
		v8_frame(&d, &f);
		for (uint32_t k = 0; k < d.n_now && d.n < WEIR_TRACE_MAX_DEPTH; k++)
			frames[d.n++] = d.now[k];
	}
	if (any_v8)
		walk_judge(d.named);
	return d.n;
}

void
walk_forget_generation(void)
{
	for (size_t i = 0; i < REMEMBERED; i++)
		remembered[i].moved = UINT64_MAX;
}

void
walk_after_fork(void)
{
	memset(remembered, 0, sizeof(remembered));
	code_after_fork();
	v8_gc_after_fork();
}
