/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One option's value, from text and to text, by its type. Private to options.c, which says
 * which option an item names and where its value lies.
 */
#ifndef POLICY_OPTION_VALUE_H
#define POLICY_OPTION_VALUE_H

#include "policy/options.h"
#include "policy/emit.h"
#include "policy/token.h"

enum option_type {
	OPTION_BOOL,
	OPTION_SIZE,
	OPTION_COUNT,
	OPTION_MS,
	OPTION_GRADES,
	OPTION_KINDS,
	OPTION_HUGE,
	OPTION_NUMA,
	OPTION_SAMPLE,
	OPTION_COLLECT,
	OPTION_TEXT,
};

struct option_field {
	const char *name;
	enum option_type type;
	size_t offset; /* of the value, in struct weir_options */
	uint64_t min, max;
};

/* Stores what `s` says into `o`; on an error the option keeps what it had. */
enum weir_option_error option_value_parse(const struct option_field *f,
					  struct weir_options *o, struct token s);

void option_value_print(const struct option_field *f, const struct weir_options *o,
			struct emit *out);

#endif
