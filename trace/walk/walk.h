/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a frame pointer to the frames of a stack: by frame pointers, by unwind tables where native code
 * lacks them, with the frames of the runtime (V8, CPython) decoded. No call into the runtime that
 * allocates, no loader lock on the usual path, no read of memory that was not checked.
 */
#ifndef TRACE_WALK_H
#define TRACE_WALK_H

#include <stddef.h>
#include <stdbool.h>
#include <stdint.h>

#include "weir/trace.h"

/*
 * A stack as the walker reads it, before any table is touched: raw words, cheap to take (about 0.1
 * us) and to hash. Equal raw words with the same isolates_generation are the same stack.
 */
#define WALK_RAW_WORDS (WEIR_TRACE_MAX_DEPTH * 4)
struct walk_raw {
	uint32_t n_words;
	uint32_t truncated;
	uint64_t hash;	   /* of the words; never 0 */
	uintptr_t fp, pc;  /* where it was taken from */
	uint64_t receiver; /* of the outermost script's function, 0: none */
	uint64_t words[WALK_RAW_WORDS];
};

/*
 * Reads the stack of the calling thread from the frame at `fp`, whose caller returns to `pc`. walk_hash
 * is what the hash would be: of a stack known by it, no words are needed.
 */
uint64_t walk_hash(uintptr_t fp, uintptr_t pc, uint64_t *receiver);
void walk_take(struct walk_raw *raw, uintptr_t fp, uintptr_t pc);

/* Whether all of its code has been seen in the maps: if not, code_refresh, and it may be another one. */
bool walk_is_mapped(const struct walk_raw *raw);

/*
 * Decodes it, interning text and frames (under the trace's lock): frame ids, innermost first. Only
 * directly after walk_take on the same thread: the objects that it names may move later. Where no frame
 * is the program's own, those that wait for this work follow (WEIR_FRAME_ASYNC); *waits says where they were
 * looked for: the same stack has others another time, which walk_waiting_hash tells apart.
 */
enum walk_waits {
	WALK_ALONE,    /* nowhere */
	WALK_PROMISES, /* what runs settles a promise */
	WALK_REQUEST, /* that, or else the request that is called back has a callback of the program's */
};
uint32_t walk_decode(const struct walk_raw *raw, uint32_t frames[WEIR_TRACE_MAX_DEPTH],
		     enum walk_waits *waits);

/* Of what waits now for the calling thread's JavaScript; 0: nothing. About 2 us for each function. */
uint64_t walk_waiting_hash(enum walk_waits waits, uint64_t receiver);

/*
 * What the runtime is and how well it can be read. May change for the worse, when the first stacks
 * turn out not to be readable: ask again whenever it is told to somebody.
 */
struct walk_runtime {
	enum weir_trace_tier tier;
	const char *name, *version, *reason; /* text that stays */
};
void walk_runtime(struct walk_runtime *r);

/* Garbage collections seen so far. The heap figures are of each isolate's last major one, together. */
struct walk_gcs {
	uint64_t major, main_major, minor; /* of all isolates; of the main one */
	uint64_t heap_bytes, external_bytes;
	uint32_t known; /* 0: nobody tells, or not yet */
	/* 1: the major ones are full runs of a collector of cycles alone (CPython's), and `known` is 0. */
	uint32_t cycles_known;
	uint64_t unseen_objects; /* that such a run has not looked at: at most so many */
};
void walk_gcs(struct walk_gcs *g);

/* Where collections are counted by looking: the more often, the better is known what has survived one. */
void walk_gcs_look(void);

/*
 * Has the runtime collect soon, on a thread of its own choice, if it is one that can be asked by whoever is in it (CPython).
 * -ENOSYS: it is not; -EAGAIN: not done yet, ask again, but not `anew`; else it is done, and so many objects were found. One asks
 * at a time.
 */
int64_t walk_collect(bool anew);

/* By the program's name, or what it exports. The first time it costs a look at the executable. */
bool walk_has_v8(void);

/* Whether V8 maps that for its heap, by the arguments of mmap: it says where it wants its pages. */
bool walk_is_heap_of_v8(const void *wish, size_t bytes, int flags);

/* True once for each isolate that the calling thread is with: what was walked before may read better now. */
bool walk_meets_isolate(void);

/*
 * Whether the calling thread runs a V8 that has not got a context yet: no script can be on its stack.
 * False once anything was looked at. Costs two symbols. On the first thread V8 is asked then to tell its
 * collections from the first on.
 */
bool walk_starting(void);

/* As in sites.h. */
void walk_after_fork(void);

#endif
