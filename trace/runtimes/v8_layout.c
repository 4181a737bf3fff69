/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each constant is an int32 in the image's data, under one of a few names.
 */
#include "trace/runtimes/v8_layout.h"

#include <errno.h>
#include <string.h>

#define MAX_SYMBOL 160

static const struct {
	const char *symbols;
	int32_t without;
	size_t at;
} wanted[] = {
#define X(member, symbols, without)                                                      \
	{symbols, without, offsetof(struct v8_layout, member)},
	V8_SYMBOLS(X)
#undef X
};

bool
v8_layout_constant(const struct weir_symtab *t, const char *symbols, int32_t *value)
{
	while (*symbols != '\0') {
		char name[MAX_SYMBOL];
		size_t n = strcspn(symbols, "|"), bytes;
		uintptr_t start;

		if (n < sizeof(name)) {
			memcpy(name, symbols, n);
			name[n] = '\0';
			if (weir_symtab_find(t, name, &start, &bytes) == 0 &&
			    bytes == sizeof(*value)) {
				memcpy(value, (const void *)start, sizeof(*value));
				return true;
			}
		}
		symbols += n + (symbols[n] == '|');
	}
	return false;
}

/* What the walk (trace/walk/walk.c) takes for granted. */
static int
check(const struct v8_layout *l, const char **why)
{
	*why = "this V8 compresses its pointers";
	if (l->smi_shift != 31 || l->tagged_bytes != 8)
		return -ENOTSUP;
	*why = "this V8's frames are not laid out as known";
	if (l->fp_context != -8 || l->fp_function != -16 || l->fp_bytecode != -32 ||
	    l->fp_offset != -40)
		return -ENOTSUP;
	*why = "this version of V8 is not known";
	if (l->major < 10 || l->major > 14)
		return -ENOTSUP;
	*why = "";
	return 0;
}

/*
 * What is not exported. BytecodeArray and Code: objects/code.h, bytecode-array.tq of the version. In V8 10 the
 * instructions follow the Code object itself, later the header of an InstructionStream.
 */
static void
by_version(struct v8_layout *l)
{
	static const struct {
		int32_t major, minor; /* from there on */
		int32_t positions, data, code_positions, stream, start, flags, bytes;
	} layouts[] = {
		{10, 0, 32, 16, 24, 0, 0, 48, 40},
		{11, 3, 32, 16, 24, 32, 40, 48, 56},
		{11, 8, 32, 8, 16, 24, 32, 40, 44},
		{12, 4, 24, 8, 16, 32, 40, 48, 52},
	};
	size_t n = sizeof(layouts) / sizeof(layouts[0]), i = 0;

	for (size_t k = 0; k < n; k++)
		if (l->major > layouts[k].major ||
		    (l->major == layouts[k].major && l->minor >= layouts[k].minor))
			i = k;
	l->bytecode_positions = layouts[i].positions;
	const struct {
		int32_t *to, value;
	} fields[] = {
		{&l->code_data, layouts[i].data},
		{&l->code_positions, layouts[i].code_positions},
		{&l->code_stream, layouts[i].stream},
		{&l->code_start, layouts[i].start},
		{&l->code_flags, layouts[i].flags},
		{&l->code_bytes, layouts[i].bytes},
		{&l->deopt_inlined, 1},
		{&l->deopt_literals, 2},
		{&l->deopt_positions, 7},
	};
	for (size_t k = 0; k < sizeof(fields) / sizeof(fields[0]); k++)
		if (*fields[k].to == 0)
			*fields[k].to = fields[k].value;
}

int
v8_layout_read(struct v8_layout *l, const struct weir_symtab *t, const char **why)
{
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		int32_t value;

		if (!v8_layout_constant(t, wanted[i].symbols, &value)) {
			*why = i == 0 ? "no V8 that exports its constants"
				      : "a constant of V8's is not exported";
			if (wanted[i].without == -1)
				return -ENOENT;
			value = wanted[i].without;
		}
		memcpy((char *)l + wanted[i].at, &value, sizeof(value));
	}
	if (l->type_function_last == 0)
		l->type_function_last = l->type_function + 16;
	by_version(l);
	return check(l, why);
}
