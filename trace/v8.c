/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A frame of the interpreter names its bytecode and the offset within; of compiled code there is
 * only the return address.
 */
#include "trace/v8.h"

#include <errno.h>
#include <string.h>

#include "trace/v8_private.h"

static bool
is_function(const struct v8_reader *r, uint64_t object)
{
	uint16_t type = v8_type(r, object);

	return type >= r->layout->type_function && type <= r->layout->type_function_last;
}

static void
locate(const struct v8_reader *r, uint64_t script, int32_t position,
       struct v8_place *place)
{
	if (position >= 0 &&
	    v8_script_line(r, script, position, &place->line, &place->column) == 0)
		place->exact = true;
}

static void
locate_bytecode(const struct v8_reader *r, uint64_t script, uint64_t bytecode,
		int32_t offset, struct v8_place *place)
{
	struct v8_position position;
	uint64_t table = v8_field(r, bytecode, r->layout->bytecode_positions);

	if (v8_position_at(r, table, offset, &position) == 0)
		locate(r, script, position.script_offset, place);
}

int
v8_decode(const struct v8_reader *r, const struct v8_frame *f,
	  void (*each)(void *context, const struct v8_place *place), void *context)
{
	struct v8_place place;
	uint64_t script, shared;

	memset(&place, 0, sizeof(place));
	if (!is_function(r, f->function))
		return -EFAULT;
	shared = v8_field(r, f->function, r->layout->function_shared);
	int rc = v8_shared_place(r, shared, &place, &script);
	if (rc != 0)
		return rc == -ENOENT && !r->memory->failed ? 0 : -EFAULT;
	if (f->bytecode != 0 && v8_type(r, f->bytecode) == r->layout->type_bytecode) {
		int32_t offset = v8_smi(f->offset) - (r->layout->bytecode_data - 1);

		locate_bytecode(r, script, f->bytecode, offset, &place);
	} else {
		place.optimized = true;
	}
	if (r->memory->failed)
		return -EFAULT;
	each(context, &place);
	return 0;
}
