/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Options: the text of WEIR_OPTIONS to values. Pure: no environment, no output, no errno.
 * "name=value,name=value"; a bare boolean name means on; spaces around items, names and
 * values are skipped, and so are empty items; in TEXT values a comma is written as \, and a
 * backslash as \\. A later item wins. Booleans are on or off, also yes/no, true/false, 1/0.
 */
#ifndef POLICY_OPTIONS_H
#define POLICY_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policy/backing.h"
#include "policy/grades.h"

#define OPTIONS_TEXT_MAX 512

struct weir_options {
	bool enabled;
	uint64_t floor;	    /* bytes */
	uint64_t threshold; /* bytes */
	struct weir_grades classes;
	uint32_t kinds; /* bit i: enum weir_kind i is served */
	uint64_t decay_ms;
	bool decay_thread;
	bool trim_next;
	bool gather;
	uint64_t cache_max; /* bytes, 0: automatic */
	enum weir_huge huge;
	uint64_t prefault; /* bytes */
	struct weir_numa numa;
	uint64_t quarantine; /* bytes */
	bool guard;
	char only[OPTIONS_TEXT_MAX];
	char stats[OPTIONS_TEXT_MAX];
	uint64_t stats_ms;
	bool trace;
	uint64_t trace_min;	/* bytes */
	uint64_t trace_sample;	/* bytes, 0: off, WEIR_SAMPLE_AUTO */
	uint32_t collect;	/* of enum weir_collect */
	uint64_t collect_pause; /* ms */
	bool verbose;
	char isa[OPTIONS_TEXT_MAX]; /* libweir's, not the shim's */
	uint64_t page;	 /* bytes of this machine's pages; no option: weir_options_fit */
	bool want_help;	 /* the item "help" was there */
	bool want_print; /* the item "print" was there */
};

enum weir_option_error {
	WEIR_OPTION_OK,
	WEIR_OPTION_UNKNOWN,   /* no such option */
	WEIR_OPTION_NO_VALUE,  /* "=" or the value is missing */
	WEIR_OPTION_BAD_VALUE, /* not of the option's type */
	WEIR_OPTION_TOO_SMALL,
	WEIR_OPTION_TOO_LARGE,
	WEIR_OPTION_TOO_LONG,
	WEIR_OPTION_BAD_CLASSES, /* sizes, but out of bounds, not ascending, or too many */
};

/* One complaint: which stretch of the text, and what is wrong with it. */
struct weir_option_issue {
	enum weir_option_error error;
	const char *item; /* into the text given to options_parse, not terminated */
	size_t item_len;
};

/* One row of the table, for help, print and tools. Values are text as a user writes them. */
struct weir_option_row {
	const char *name;
	const char *
		type; /* "on|off", "SIZE", "N", "MS", "CLASSES", "KINDS", "never|auto|always", "NODES", "auto|off|SIZE", "idle,limit,asked", "TEXT" */
	const char *default_text;
	const char *unit;
	const char *help;
};

extern const struct weir_option_row weir_option_rows[];
extern const size_t weir_n_option_rows;

/* Every option at its default. */
void weir_options_defaults(struct weir_options *o);

/*
 * Applies `text` (NUL-terminated, may be NULL) to `o`, which holds defaults or earlier
 * values. A bad item leaves its option as it was and fills one of `issues`; returns the
 * number of bad items, which may exceed max_issues (only max_issues are filled).
 */
size_t weir_options_parse(struct weir_options *o, const char *text,
			  struct weir_option_issue *issues, size_t max_issues);

/* Once all is parsed: capacities are whole pages of this machine, a power of two of 4096 or more. */
void weir_options_fit(struct weir_options *o, uint64_t page);

/* A phrase for an error, without the item: "unknown option", "value too small", ... */
const char *weir_option_error_text(enum weir_option_error error);

/*
 * Writes the value of row i in `o` as a user would write it, always terminated, cut to
 * `size`; returns the length it needs without the terminator (as snprintf does). What it
 * writes is a value that weir_options_parse takes back unchanged. No such row: "".
 */
size_t weir_option_value_text(const struct weir_options *o, size_t i, char *buf,
			      size_t size);

#endif
