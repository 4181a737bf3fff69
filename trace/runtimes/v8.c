/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A frame of the interpreter names its bytecode and the offset within; of compiled code there is
 * only the return address.
 */
#include "trace/runtimes/v8.h"

#include <errno.h>
#include <string.h>

#include "trace/runtimes/v8_async.h"
#include "trace/runtimes/v8_private.h"

static bool
is_function(const struct v8_reader *r, uint64_t object)
{
	uint16_t type = v8_type(r, object);

	return type >= r->layout->type_function && type <= r->layout->type_function_last;
}

static int
tell(const struct v8_reader *r, const struct v8_found *f, bool optimized,
     void (*each)(void *context, const struct v8_place *place), void *context)
{
	static struct v8_place
		place; /* too large for small stacks; one at a time decodes */
	uint64_t script;

	memset(&place, 0, sizeof(place));
	int rc = v8_shared_place(r, f->shared, &place, &script);
	if (rc != 0)
		return rc == -ENOENT && !r->memory->failed ? 0 : -EFAULT;
	if (place.definition_line == 0 && f->start > 0 &&
	    v8_script_line(r, script, f->start, &place.line, &place.column) == 0)
		place.definition_line = place.line;
	place.optimized = optimized;
	place.inlined = f->inlined;
	place.tested = f->tested;
	place.fits = f->fits;
	place.earlier = f->earlier;
	place.exact = f->position >= 0 && v8_script_line(r, script, f->position,
							 &place.line, &place.column) == 0;
	if (r->memory->failed)
		return -EFAULT;
	each(context, &place);
	return 0;
}

int32_t
v8_bytecode_position(const struct v8_reader *r, uint64_t bytecode, int32_t offset,
		     bool *fits)
{
	struct v8_position position;
	uint64_t table = v8_field(r, bytecode, r->layout->bytecode_positions);

	*fits = false;
	if (v8_position_at(r, table, offset, &position) != 0)
		return -1;
	/* One that is wide has its prefix before it. */
	*fits = position.code_offset == offset || position.code_offset == offset - 1;
	return position.script_offset;
}

/* It was found by counting, which goes wrong if the lengths are another version's. */
static void
baseline_position(const struct v8_reader *r, uint64_t bytecode, int32_t offset,
		  struct v8_found *found)
{
	int32_t position = v8_bytecode_position(r, bytecode, offset, &found->fits);

	/* As good a test of the lengths as an interpreted frame: a warm program may have no such. */
	found->tested = position >= 0;
	found->position = found->fits ? position : -1;
}

int
v8_decode(const struct v8_reader *r, const struct v8_frame *f,
	  void (*each)(void *context, const struct v8_place *place), void *context)
{
	struct v8_found found[V8_MAX_INLINED] = {{.position = -1}};
	struct v8_code code = {0};
	size_t n = 1;

	if (!is_function(r, f->function))
		return -EFAULT;
	found[0].shared = v8_field(r, f->function, r->layout->function_shared);
	/* A builtin: there is nothing to look for, and its code is not on the heap. */
	if (v8_type(r, found[0].shared) == r->layout->type_shared &&
	    v8_type(r, v8_field(r, found[0].shared, r->layout->shared_script)) !=
		    r->layout->type_script)
		return r->memory->failed ? -EFAULT : 0;
	if (f->bytecode != 0 && v8_type(r, f->bytecode) == r->layout->type_bytecode) {
		int32_t offset = v8_smi(f->offset) - (r->layout->bytecode_data - 1);

		found[0].position =
			v8_bytecode_position(r, f->bytecode, offset, &found[0].fits);
		found[0].tested = found[0].position >= 0;
	} else if (f->bytecode == 0 && v8_code_at(r, f->pc, &code) == 0) {
		int32_t offset;

		if (code.optimized)
			n = v8_optimized(r, &code, found);
		else if (code.baseline &&
			 v8_type(r, code.data) == r->layout->type_bytecode &&
			 v8_baseline_offset(r, code.data, code.positions, code.offset,
					    &offset) == 0)
			baseline_position(r, code.data, offset, &found[0]);
	}
	if (r->memory->failed)
		return -EFAULT;
	while (n-- > 0) {
		int rc = tell(r, &found[n], code.optimized, each, context);

		if (rc != 0)
			return rc;
	}
	return 0;
}

int
v8_decode_waiting(const struct v8_reader *r, const struct v8_waiting *w,
		  void (*each)(void *context, const struct v8_place *place),
		  void *context)
{
	struct v8_found found = {.shared = w->shared, .position = -1, .start = w->start};
	uint64_t bytecode = w->offset >= 0 ? v8_bytecode_of(r, w->shared) : 0;

	if (bytecode != 0)
		found.position =
			v8_bytecode_position(r, bytecode, w->offset, &found.fits);
	/* Each point of suspension has a position of its own. */
	if (!found.fits)
		found.position = -1;
	return tell(r, &found, false, each, context);
}
