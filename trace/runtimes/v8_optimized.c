/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The functions that a frame of optimised code stands for. The deoptimization data says which they are and which
 * bytecode each of them runs: V8's own stack traces go by it. Where it cannot be read (V8 before 11.8, or a call
 * that deoptimises nothing), the position table does, if the code is Turbofan's: Maglev leaves calls out of it,
 * whose addresses then count as those of what came before, and such a frame has no exact line.
 */
#include "trace/runtimes/v8_private.h"

/* From the innermost function outwards; each inlining knows where it was called. */
static size_t
by_positions(const struct v8_reader *r, const struct v8_code *code, int32_t pc,
	     struct v8_found found[V8_MAX_INLINED])
{
	struct v8_found inwards[V8_MAX_INLINED];
	struct v8_position at;
	size_t depth = 0, n = 1;

	/* A return address: the call is before it. */
	if (v8_position_at(r, code->positions, pc - 1, &at) != 0)
		return n;
	while (at.inlining >= 0 && depth < V8_MAX_INLINED - 1) {
		struct v8_position caller;
		struct v8_found f = {.position = at.script_offset, .inlined = true};

		if (v8_inlined(r, code, at.inlining, &f.shared, &caller) != 0)
			return n;
		inwards[depth++] = f;
		at = caller;
	}
	if (at.inlining >= 0)
		return n;
	found[0].position = at.script_offset;
	while (depth > 0)
		found[n++] = inwards[--depth];
	return n;
}

static size_t
by_deopt(const struct v8_reader *r, const struct v8_deopt *deopt, bool maglev,
	 struct v8_found found[V8_MAX_INLINED])
{
	for (uint32_t i = 0; i < deopt->n; i++) {
		const struct v8_running *now = &deopt->running[i];
		uint64_t bytecode = v8_bytecode_of(r, now->shared);

		found[i] = (struct v8_found){
			.shared = now->shared, .position = -1, .inlined = i > 0};
		if (bytecode == 0 || now->bytecode_offset < 0)
			continue;
		found[i].position = v8_bytecode_position(
			r, bytecode, now->bytecode_offset, &found[i].fits);
		/* A warm program may have no frame of the interpreter. */
		found[i].tested = found[i].position >= 0;
	}
	/* Maglev calls nothing so. */
	found[deopt->n - 1].earlier = deopt->earlier && !maglev;
	return deopt->n;
}

size_t
v8_optimized(const struct v8_reader *r, const struct v8_code *code,
	     struct v8_found found[V8_MAX_INLINED])
{
	struct v8_deopt deopt;

	v8_deopt_at(r, code, &deopt);
	if (deopt.n > 0 && deopt.running[0].shared == found[0].shared)
		return by_deopt(r, &deopt, code->maglev, found);
	return code->maglev ? 1 : by_positions(r, code, deopt.pc, found);
}
