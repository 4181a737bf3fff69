/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From raw words to interned frames, under the trace's lock. What a frame of V8 was decoded to is remembered
 * (memo.h), since the same line is on the stack again and again.
 */
#include "trace/walk/walk.h"

#include <string.h>

#include "trace/ground/intern.h"
#include "trace/native/code.h"
#include "trace/runtimes/memo.h"
#include "trace/runtimes/python.h"
#include "trace/runtimes/v8_async.h"
#include "trace/runtimes/v8_gc.h"
#include "trace/runtimes/v8_isolates.h"
#include "trace/runtimes/v8_private.h"
#include "trace/walk/walk_private.h"

/* The frames of the stack at hand, and of the frame at hand. */
struct decode {
	uint32_t n, *frames;
	uint64_t generation;
	uint32_t isolate;
	uint32_t n_now, now[V8_MAX_INLINED];
	bool named_now, named; /* the frame, any of the stack */
	bool own_now, own;     /* the same: it is the program's */
	bool files;	       /* the outermost script is the runtime's for files */
	bool waits;	       /* what is decoded waits for the stack at hand */
	bool calls; /* a frame of V8's was before: the next one called a function of JavaScript */
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

/* What calls all others back does not count. */
static bool
is_for_files(const struct v8_place *p, bool before)
{
	if (p->runtime && strcmp(p->file, "node:internal/async_hooks") == 0)
		return before;
	return p->runtime && (strcmp(p->file, "node:fs") == 0 ||
			      strncmp(p->file, "node:internal/fs/", 17) == 0);
}

/* Neither the runtime's nor a dependency's; what WebAssembly exports is no line of the program's either. */
static bool
is_own(const struct v8_place *p)
{
	return !p->runtime && strstr(p->file, "/node_modules/") == NULL &&
	       strncmp(p->file, "wasm://", 7) != 0;
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
	bool earlier = p->earlier && !d->calls;
	bool exact = p->exact && !earlier && walk_lines_fit();
	f.flags = (exact ? WEIR_FRAME_EXACT_LINE : 0) |
		  (p->runtime ? WEIR_FRAME_RUNTIME : 0) |
		  (d->waits ? WEIR_FRAME_ASYNC : 0) | (p->mapped ? WEIR_FRAME_MAPPED : 0);
	f.function = intern_string(p->function, strlen(p->function));
	f.file = intern_string(p->file, strlen(p->file));
	f.line = earlier ? p->definition_line : p->line;
	f.column = earlier ? 0 : p->column;
	f.definition_line = p->definition_line;
	d->named_now |= p->file[0] != '\0';
	d->files = is_for_files(p, d->files);
	d->own_now |= is_own(p);
	if (d->n_now < V8_MAX_INLINED)
		d->now[d->n_now++] = intern_frame(&f);
}

static uint64_t
place_of(const struct v8_frame *f)
{
	return f->bytecode != 0 ? f->offset : f->pc;
}

/* False: neither code nor bytecode says which function it is, and only reading will do. */
static bool
spot_of(const struct decode *d, uint64_t word, const struct v8_frame *f,
	struct memo_spot *spot)
{
	*spot = (struct memo_spot){
		.code = f->bytecode != 0 ? f->bytecode : f->pc,
		.offset = f->bytecode != 0 ? f->offset : 0,
		.generation = d->generation,
		.isolate = d->isolate,
	};
	return (word & (WALK_BYTECODE | WALK_CODE)) != 0;
}

static void
recall(struct decode *d, struct memo *r)
{
	memcpy(d->now, r->frames, sizeof(r->frames));
	d->n_now = r->n;
	d->named |= r->named;
	d->own |= r->own;
	d->files = r->files;
	r->used = d->generation;
}

static void
v8_frame(struct decode *d, uint64_t word, const struct v8_frame *f)
{
	const struct v8_reader *reader = walk_v8();
	uint64_t identity[V8_IDENTITY_WORDS];
	struct memo *r = NULL;
	struct memo_spot spot;
	bool tells = spot_of(d, word, f, &spot);

	d->n_now = 0;
	d->named_now = d->own_now = false;
	if (tells && (r = memo_at(&spot)) != NULL) {
		recall(d, r);
		return;
	}
	reader->memory->failed = false;
	if (v8_identity(reader, f->function, identity) == 0) {
		r = memo_of(identity, place_of(f));
		/* After a collection other code of the same function may lie there, with others inlined. */
		if ((word & WALK_CODE) == 0 && memo_matches(r, identity, place_of(f))) {
			recall(d, r);
			if (tells)
				memo_keep_at(r, &spot);
			return;
		}
	}
	reader->memory->failed = false;
	if (v8_decode(reader, f, each_place, d) != 0) {
		intern_drop(WEIR_DROP_unreadable);
		return;
	}
	d->named |= d->named_now;
	d->own |= d->own_now;
	/* What lay where the interpreter has its bytecode was a builtin's own then. */
	if (d->n_now == 0 && (word & WALK_CODE) == 0 &&
	    v8_type(reader, f->bytecode) != reader->layout->type_bytecode)
		walk_scriptless(f->pc);
	if (r == NULL)
		return;
	*r = (struct memo){.place = place_of(f),
			   .used = d->generation,
			   .n = d->n_now,
			   .named = d->named_now,
			   .own = d->own_now,
			   .files = d->files};
	memcpy(r->identity, identity, sizeof(r->identity));
	memcpy(r->frames, d->now, sizeof(r->frames));
	if (tells)
		memo_keep_at(r, &spot);
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

/* All functions to look at, then what they share: two reads for all instead of two for each. */
static void
read_ahead(const struct decode *d, const struct walk_raw *raw)
{
	const struct v8_reader *reader = walk_v8();
	uint64_t addresses[WEIR_TRACE_MAX_DEPTH];
	size_t n = 0;

	for (uint32_t i = 0; i < raw->n_words && n < WEIR_TRACE_MAX_DEPTH;) {
		uint64_t word = raw->words[i];
		struct v8_frame f;
		struct memo_spot spot;

		if ((word & WALK_V8) == 0) {
			i++;
			continue;
		}
		i = walk_frame_at(raw, i, &f);
		if (!spot_of(d, word, &f, &spot) || memo_at(&spot) == NULL)
			addresses[n++] = f.function;
	}
	checked_begin(reader->memory);
	checked_expect(reader->memory, addresses, n);
	for (size_t i = 0; i < n; i++)
		addresses[i] =
			v8_field(reader, addresses[i], reader->layout->function_shared);
	checked_expect(reader->memory, addresses, n);
}

bool
walk_is_mapped(const struct walk_raw *raw)
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

static bool
decode_waiting(struct decode *d, const struct v8_waiting *w)
{
	checked_begin(walk_v8()->memory);
	d->n_now = 0;
	d->own_now = false;
	if (v8_decode_waiting(walk_v8(), w, each_place, d) == 0)
		return true;
	intern_drop(WEIR_DROP_unreadable);
	return false;
}

/* Of all that a request could call, just one is the program's: that one waits. */
static void
callback_frame(struct decode *d, uint64_t receiver, uint32_t scripts_end)
{
	static struct v8_waiting waiting[V8_MAX_ASYNC]; /* under the trace's lock */
	uint32_t n = walk_callbacks(receiver, waiting), found = 0, n_found = 0;

	for (uint32_t i = 0; i < n; i++) {
		if (!decode_waiting(d, &waiting[i]))
			return;
		if (d->n_now == 0 || !d->own_now || (n_found > 0 && d->now[0] == found))
			continue;
		found = d->now[0];
		n_found++;
	}
	if (n_found != 1 || scripts_end == WEIR_TRACE_MAX_DEPTH)
		return;
	d->frames[scripts_end] = found;
	d->n = scripts_end + 1;
}

/* What waits for the stack at hand, instead of who called its outermost script. */
static enum walk_waits
waiting_frames(struct decode *d, uint64_t receiver, uint32_t scripts_end)
{
	static struct v8_waiting waiting[V8_MAX_ASYNC]; /* under the trace's lock */
	uint32_t n = walk_waiting(waiting);
	bool files = d->files;

	d->waits = true;
	if (n == 0 && files)
		callback_frame(d, receiver, scripts_end);
	for (uint32_t i = 0; i < n && decode_waiting(d, &waiting[i]); i++) {
		for (uint32_t k = 0; k < d->n_now && scripts_end < WEIR_TRACE_MAX_DEPTH;
		     k++)
			d->frames[scripts_end++] = d->now[k];
		d->n = scripts_end;
	}
	return files ? WALK_REQUEST : WALK_PROMISES;
}

uint32_t
walk_decode(const struct walk_raw *raw, uint32_t frames[WEIR_TRACE_MAX_DEPTH],
	    enum walk_waits *waits)
{
	struct decode d = {
		.frames = frames,
		.generation = isolates_generation(),
		.isolate = v8_gc_isolate(false),
	};
	bool any_v8 = false;
	uint32_t scripts_end = 0;

	if (walk_reads_v8())
		read_ahead(&d, raw);
	if (walk_reads_v8())
		walk_try_lines(raw);
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
		i = walk_frame_at(raw, i, &f);
		any_v8 = true;
		v8_frame(&d, word, &f);
		d.calls = true;
		for (uint32_t k = 0; k < d.n_now && d.n < WEIR_TRACE_MAX_DEPTH; k++)
			frames[d.n++] = d.now[k];
		if (d.n_now > 0)
			scripts_end = d.n;
	}
	if (any_v8)
		walk_judge(d.named);
	*waits = scripts_end > 0 && !d.own
			 ? waiting_frames(&d, raw->receiver, scripts_end)
			 : WALK_ALONE;
	return d.n;
}

/* What is remembered stays true: the child has the same objects at the same places. */
void
walk_after_fork(void)
{
	code_after_fork();
	python_after_fork();
	isolates_after_fork();
}
