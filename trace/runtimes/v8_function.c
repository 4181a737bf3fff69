/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A function's name, script and where it is defined, from its SharedFunctionInfo and ScopeInfo. A
 * ScopeInfo has no fixed fields but the first few: its flags say what follows.
 */
#include "trace/runtimes/v8_private.h"

#include <errno.h>

/* ScopeInfo: words from FIRST on; the flags are word 0. */
#define FIRST		   8
#define INLINED_LOCALS	   75 /* as many or more: their names are in a table */
#define MODULE_SCOPE	   5
#define FLAG_SAVED_CLASS   (1u << 10)
#define FLAG_FUNCTION_NAME (3u << 12)
#define FLAG_INFERRED_NAME (1u << 14)
#define MAX_LOCALS	   65536

struct scope {
	uint64_t function_name, inferred_name; /* 0: none */
	int32_t start;			       /* position, -1 unknown */
};

static uint64_t
word(const struct v8_reader *r, uint64_t scope, int32_t i)
{
	return v8_field(r, scope, FIRST + 8 * i);
}

/* A Smi in older versions, since V8 13 a plain number. */
static uint32_t
flags_of(const struct v8_reader *r, uint64_t scope)
{
	uint64_t flags = word(r, scope, 0);

	return v8_is_smi(flags) ? (uint32_t)v8_smi(flags) : (uint32_t)flags;
}

static void
read_scope(const struct v8_reader *r, uint64_t scope, struct scope *to)
{
	const struct v8_layout *l = r->layout;
	uint32_t flags = flags_of(r, scope);
	uint64_t locals = word(r, scope, l->scope_locals);
	int32_t i = l->scope_first;
	bool positions_first = l->scope_first > l->scope_locals + 1;

	*to = (struct scope){.start = -1};
	if (!v8_is_smi(locals) || v8_smi(locals) < 0 || v8_smi(locals) > MAX_LOCALS)
		return;
	if (positions_first)
		to->start = v8_smi(word(r, scope, l->scope_locals + 1));
	i += (flags & 15) == MODULE_SCOPE;
	i += v8_smi(locals) < INLINED_LOCALS ? v8_smi(locals) : 1;
	i += v8_smi(locals);
	i += (flags & FLAG_SAVED_CLASS) != 0;
	if ((flags & FLAG_FUNCTION_NAME) != 0) {
		to->function_name = word(r, scope, i);
		i += 2;
	}
	if ((flags & FLAG_INFERRED_NAME) != 0)
		to->inferred_name = word(r, scope, i++);
	if (!positions_first) {
		uint64_t start = word(r, scope, i), end = word(r, scope, i + 1);

		if (v8_is_smi(start) && v8_is_smi(end) && start <= end)
			to->start = v8_smi(start);
	}
}

int
v8_shared_place(const struct v8_reader *r, uint64_t shared, struct v8_place *to,
		uint64_t *script)
{
	const struct v8_layout *l = r->layout;
	struct scope scope = {.start = -1};

	if (v8_type(r, shared) != l->type_shared)
		return -EFAULT;
	*script = v8_field(r, shared, l->shared_script);
	if (v8_type(r, *script) != l->type_script)
		return v8_type(r, *script) == V8_NO_TYPE ? -EFAULT : -ENOENT;
	v8_script_name(r, *script, to);
	uint64_t name = v8_field(r, shared, l->shared_scope);
	if (v8_type(r, name) == l->type_scope) {
		read_scope(r, name, &scope);
		name = v8_has_text(r, scope.function_name) ? scope.function_name
							   : scope.inferred_name;
	}
	if (v8_has_text(r, name))
		v8_string(r, name, to->function, sizeof(to->function));
	if (scope.start >= 0 &&
	    v8_script_line(r, *script, scope.start, &to->line, &to->column) == 0)
		to->definition_line = to->line;
	return r->memory->failed ? -EFAULT : 0;
}

int
v8_identity(const struct v8_reader *r, uint64_t function,
	    uint64_t words[V8_IDENTITY_WORDS])
{
	const struct v8_layout *l = r->layout;

	words[0] = v8_field(r, function, l->function_shared);
	if (!v8_is_object(words[0]))
		return -EFAULT;
	words[1] = v8_field(r, words[0], 0);
	words[2] = v8_field(r, words[0], l->shared_scope);
	words[3] = v8_field(r, words[0], l->shared_script);
	/* Formal parameters, flags; the number of the function in its script. */
	words[4] = v8_field(r, words[0], l->shared_flags - 8);
	words[5] = v8_field(r, words[0], l->shared_flags);
	/* The script's own number: after a collection another one may have all of these addresses. */
	words[6] = v8_is_object(words[3]) ? v8_field(r, words[3], l->script_line_ends + 8)
					  : 0;
	return r->memory->failed ? -EFAULT : 0;
}
