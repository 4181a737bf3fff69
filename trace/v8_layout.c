/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each constant is an int32 in the image's data, under one of a few names.
 */
#include "trace/v8_layout.h"

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

static int
find(const struct weir_symtab *t, const char *symbols, int32_t *value)
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
				return 0;
			}
		}
		symbols += n + (symbols[n] == '|');
	}
	return -1;
}

/* What the walk (trace/walk.c) takes for granted. */
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
	if (l->major < 11 || l->major > 14)
		return -ENOTSUP;
	*why = "";
	return 0;
}

int
v8_layout_read(struct v8_layout *l, const struct weir_symtab *t, const char **why)
{
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		int32_t value;

		if (find(t, wanted[i].symbols, &value) != 0) {
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
	if (l->major == 11) {
		l->bytecode_positions = 32;
		l->code_data = 16;
		l->code_positions = 24;
		l->code_stream = 32;
		l->code_start = 40;
		l->code_flags = 48;
		l->code_bytes = 56;
		l->stream_header = 16;
	} else {
		l->bytecode_positions = 24;
		l->code_data = 8;
		l->code_positions = 16;
		l->stream_header = 32;
	}
	return check(l, why);
}
