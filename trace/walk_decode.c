/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From raw words to interned frames, under the trace's lock. What a frame of V8 was decoded to is
 * remembered by place and by what all closures of a function share, since the same line is on the
 * stack again and again. After a collection other objects may lie at the same addresses: what a
 * function is, is read anew then.
 */
#include "trace/walk.h"

#include <string.h>

#include "trace/code.h"
#include "trace/intern.h"
#include "trace/python.h"
#include "trace/v8_private.h"
#include "trace/v8_gc.h"
#include "trace/walk_private.h"

#define FUNCTIONS  512
#define REMEMBERED 1024 /* even */

/* What a function on the stack is: closures come and go, what they share stays. */
struct function {
	uint64_t address, moved; /* collections seen then: nothing moves in between */
	uint64_t identity[V8_IDENTITY_WORDS];
};
static struct function functions[FUNCTIONS];

struct remembered {
	uint64_t place, used; /* bytecode offset, or return address; collections seen */
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

static struct function *
function_of(uint64_t address)
{
	return &functions[(address * 0x9e3779b97f4a7c15 >> 32) % FUNCTIONS];
}

static bool
is_known(const struct function *known, uint64_t address, uint64_t moved)
{
	return known->address == address && known->moved == moved;
}

/* NULL: it cannot be read. */
static const uint64_t *
identity_of(uint64_t address, uint64_t moved)
{
	struct function *known = function_of(address);

	if (is_known(known, address, moved))
		return known->identity;
	known->address = 0;
	if (v8_identity(walk_v8(), address, known->identity) != 0)
		return NULL;
	known->address = address;
	known->moved = moved;
	return known->identity;
}

static bool
matches(const struct remembered *r, const uint64_t *identity, uint64_t place)
{
	return r->place == place &&
	       memcmp(r->identity, identity, sizeof(r->identity)) == 0;
}

/* Where it is remembered, or is to be: two places, so that two frames of a stack can be alike. */
static struct remembered *
slot_of(const uint64_t *identity, uint64_t place)
{
	uint64_t h = (identity[0] ^ place * 31) * 0x9e3779b97f4a7c15;
	struct remembered *r = &remembered[(h >> 32) % REMEMBERED & ~1u];

	if (matches(r, identity, place) || matches(r + 1, identity, place))
		return matches(r, identity, place) ? r : r + 1;
	return r->used <= r[1].used ? r : r + 1;
}

static void
v8_frame(struct decode *d, const struct v8_frame *f)
{
	const struct v8_reader *reader = walk_v8();
	struct remembered *r = NULL;

	d->n_now = 0;
	reader->memory->failed = false;
	const uint64_t *identity = identity_of(f->function, d->moved);
	if (identity != NULL) {
		r = slot_of(identity, place_of(f));
		if (matches(r, identity, place_of(f))) {
			memcpy(d->now, r->frames, sizeof(r->frames));
			d->n_now = r->n;
			d->named = true;
			r->used = d->moved;
			return;
		}
	}
	reader->memory->failed = false;
	if (v8_decode(reader, f, each_place, d) != 0) {
		intern_drop(WEIR_DROP_unreadable);
		return;
	}
	if (r == NULL)
		return;
	*r = (struct remembered){.place = place_of(f), .used = d->moved, .n = d->n_now};
	memcpy(r->identity, identity, sizeof(r->identity));
	memcpy(r->frames, d->now, sizeof(r->frames));
}

static void
python_frame(struct decode *d, const struct python_frame *f)
{
	static struct python_place p; /* under the trace's lock */
	struct weir_trace_frame frame;

	d->n_now = 0;
	checked_begin(walk_memory());
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
		if (!is_known(function_of(f.function), f.function, moved))
			addresses[n++] = f.function;
	}
	checked_begin(reader->memory);
	checked_expect(reader->memory, addresses, n);
	for (size_t i = 0; i < n; i++)
		addresses[i] =
			v8_field(reader, addresses[i], reader->layout->function_shared);
	checked_expect(reader->memory, addresses, n);
}

/* Whether all of its code has been seen in the maps. */
static bool
is_mapped(const struct walk_raw *raw)
{
	for (uint32_t i = 0; i < raw->n_words; i++) {
		uint64_t word = raw->words[i];

		if ((word & WALK_V8) != 0)
			i += (word & WALK_BYTECODE) != 0 ? 3 : 1;
		else if ((word & WALK_PYTHON) != 0)
			i += 2;
		else if (!code_knows(word))
			return false;
	}
	return true;
}

uint32_t
walk_decode(const struct walk_raw *raw, uint32_t frames[WEIR_TRACE_MAX_DEPTH])
{
	static struct walk_raw again; /* under the trace's lock */

	struct decode d = {.frames = frames};
	bool any_v8 = false;
	struct walk_gcs gcs;

	/* The stack is still there: with what the maps say now, it may be another one. */
	if (!is_mapped(raw)) {
		code_refresh();
		walk_take(&again, raw->fp, raw->pc);
		raw = &again;
	}
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
	memset(functions, 0, sizeof(functions));
}

void
walk_after_fork(void)
{
	memset(functions, 0, sizeof(functions));
	memset(remembered, 0, sizeof(remembered));
	code_after_fork();
	v8_gc_after_fork();
}
