/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The record of a sidecar in which weir's hook in a runtime tells what it has collected. Layout only: at
 * `collect_offset` of the header (weir/stats.h) a host-endian uint64_t for each field. Units: *_bytes are bytes, *_us
 * microseconds, *_ns nanoseconds, everything else a count.
 */
#ifndef WEIR_COLLECT_H
#define WEIR_COLLECT_H

#include <stdint.h>

/*
 * What the hook in a runtime (node/weir_collect.js) has collected: a record of its own in the file, written by the hook. All
 * zero but the token while there is none. `state`: a bit of enum weir_collect_state each.
 */
#define WEIR_COLLECT_FIELDS(X)                                                           \
	X(token,                                                                         \
	  "which program of this process the record is of, told to its hook as well")    \
	X(state, "1: the hook is at work, 2: a collection is put off")                   \
	X(modes, "what was asked for, 1: idle, 2: limit, 4: asked")                      \
	X(isolates, "isolates with a hook now: the main thread's and its workers'")      \
	X(pause_bound_us, "the option collect_pause")                                    \
	X(collections, "collections made by the hook")                                   \
	X(by_idle, "of them, as the program idled")                                      \
	X(by_limit, "of them, as its memory limit was near")                             \
	X(by_asked, "of them, asked for by weir collect")                                \
	X(in_vain, "of them, which freed little")                                        \
	X(too_long, "of them, which took longer than the bound")                         \
	X(put_off, "how often one was put off, since it would have taken longer")        \
	X(failures, "errors within the hook")                                            \
	X(last_pause_us, "how long the last one stopped its thread")                     \
	X(longest_pause_us, "how long the longest did")                                  \
	X(pauses_us, "all together")                                                     \
	X(last_freed_bytes, "what the last one freed: external memory and heap")         \
	X(freed_bytes, "all together")                                                   \
	X(last_unix_ns, "when the last one was made")

enum weir_collect_field {
#define X(name, meaning) WEIR_COLLECT_##name,
	WEIR_COLLECT_FIELDS(X)
#undef X
		WEIR_N_COLLECT_FIELDS
};

enum weir_collect_state {
	WEIR_COLLECT_AT_WORK = 1,
	WEIR_COLLECT_PUT_OFF = 2,
};

#endif
