/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a frame pointer to the frames of a stack: by frame pointers, by unwind tables where native code
 * lacks them, with the frames of the runtime (V8, CPython) decoded. No call into the runtime that
 * allocates, no loader lock on the usual path, no read of memory that was not checked.
 */
#ifndef TRACE_WALK_H
#define TRACE_WALK_H

#include <stdbool.h>
#include <stdint.h>

#include "weir/trace.h"

/*
 * A stack as the walker reads it, before any table is touched: raw words, cheap to take (about 0.1
 * us) and to hash. Equal raw words with the same walk_gcs.moved are the same stack.
 */
#define WALK_RAW_WORDS (WEIR_TRACE_MAX_DEPTH * 4)
struct walk_raw {
	uint32_t n_words;
	uint32_t truncated;
	uint64_t hash;	  /* of the words; never 0 */
	uintptr_t fp, pc; /* where it was taken from */
	uint64_t words[WALK_RAW_WORDS];
};

/*
 * Reads the stack of the calling thread from the frame at `fp`, whose caller returns to `pc`. walk_hash
 * is what the hash would be: of a stack known by it, no words are needed.
 */
uint64_t walk_hash(uintptr_t fp, uintptr_t pc);
void walk_take(struct walk_raw *raw, uintptr_t fp, uintptr_t pc);

/*
 * Decodes it, interning text and frames (under the trace's lock): frame ids, innermost first. Only
 * directly after walk_take on the same thread: the objects that it names may move later.
 */
uint32_t walk_decode(const struct walk_raw *raw, uint32_t frames[WEIR_TRACE_MAX_DEPTH]);

/*
 * What the runtime is and how well it can be read. May change for the worse, when the first stacks
 * turn out not to be readable: ask again whenever it is told to somebody.
 */
struct walk_runtime {
	enum weir_trace_tier tier;
	const char *name, *version, *reason; /* text that stays */
};
void walk_runtime(struct walk_runtime *r);

/*
 * Garbage collections seen so far. `moved` grows with every GC of any kind, so that a cache keyed by
 * addresses of objects can tell that it is stale. The heap figures are of the last GC, all isolates.
 */
struct walk_gcs {
	uint64_t major, minor, moved;
	uint64_t heap_bytes, external_bytes;
	uint32_t known; /* 0: this runtime does not tell */
};
void walk_gcs(struct walk_gcs *g);

/* walk_gcs.major by itself. */
uint64_t walk_majors(void);

/*
 * For how long equal words mean the same stack. What tells V8's frames apart, code and bytecode, is
 * old from birth: a minor GC, of which a server has one for each large buffer, neither moves it
 * nor gives its place to another. A new isolate has a number of its own.
 */
uint64_t walk_generation(void);

/* 1, 2, ... of the isolate that the calling thread runs, 0 if none. Hooks its GCs at first sight. */
uint32_t walk_isolate(void);

/*
 * Whether the calling thread runs a V8 that has not got a context yet: no script can be on its stack.
 * False once anything was looked at. Costs two symbols.
 */
bool walk_starting(void);

/* Has everything looked at again that is remembered of objects, as after a GC. For benchmarks. */
void walk_forget_generation(void);

/* Around fork, as in sites.h. */
void walk_forked(void);
void walk_after_fork(void);

#endif
