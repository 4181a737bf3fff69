/* SPDX-License-Identifier: Apache-2.0 */
/*
 * --NAME=VALUE to an item of WEIR_OPTIONS, checked by the parser that the shim itself uses.
 * Called by cmd_run.c; knows no option by name except `stats`, whose path is made absolute.
 */
#include "tools/commands/option_args.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "policy/options.h"
#include "tools/host/launch.h"
#include "tools/text/show.h"
#include "tools/text/table.h"
#include "tools/text/tell.h"

#define NAME_MAX_BYTES 64
#define HELP_COLUMNS   52

/* Bounds are in options.def only; the public rows do not carry them. */
static const struct {
	uint64_t least, most;
} bounds[] = {
#define X(name, type, def, min, max, unit, help) {min, max},
#include "policy/options.def"
#undef X
};

/* --decay-ms is decay_ms. */
static const struct weir_option_row *
find_row(const char *arg, size_t len)
{
	char name[NAME_MAX_BYTES];

	if (len >= sizeof(name))
		return NULL;
	for (size_t i = 0; i < len; i++)
		name[i] = arg[i] == '-' ? '_' : arg[i];
	name[len] = '\0';
	for (size_t i = 0; i < weir_n_option_rows; i++)
		if (strcmp(name, weir_option_rows[i].name) == 0)
			return &weir_option_rows[i];
	return NULL;
}

/* "a size from 4 KB to 1 GB, such as 64K". */
static void
show_allowed(char *buf, size_t size, const struct weir_option_row *row)
{
	char least[SHOW_VALUE], most[SHOW_VALUE];
	size_t i = (size_t)(row - weir_option_rows);

	if (strcmp(row->type, "SIZE") == 0)
		show_format(buf, size, "a size from %s to %s, such as %s",
			    show_bytes(least, bounds[i].least),
			    show_bytes(most, bounds[i].most), row->default_text);
	else if (strcmp(row->type, "MS") == 0)
		show_format(buf, size, "milliseconds, %s to %s",
			    show_count(least, bounds[i].least),
			    show_count(most, bounds[i].most));
	else if (strcmp(row->type, "N") == 0)
		show_format(buf, size, "a number from %s to %s",
			    show_count(least, bounds[i].least),
			    show_count(most, bounds[i].most));
	else if (strcmp(row->type, "TEXT") == 0)
		show_format(buf, size, "%s, %s to %s bytes long", row->help,
			    show_count(least, bounds[i].least),
			    show_count(most, bounds[i].most));
	else if (strcmp(row->type, "on|off") == 0)
		show_format(buf, size, "on or off");
	else
		show_format(buf, size, "%s", row->help);
}

static bool
is_switch(const struct weir_option_row *row)
{
	return strcmp(row->type, "on|off") == 0;
}

static bool
is_on_or_off(const char *arg)
{
	return arg != NULL && (strcmp(arg, "on") == 0 || strcmp(arg, "off") == 0);
}

static bool
is_accepted(const struct weir_option_row *row, const char *value)
{
	struct weir_option_issue issue;
	struct weir_options o;
	char *text = launch_options(NULL, row->name, value);
	size_t bad;
	char allowed[512];

	weir_options_defaults(&o);
	bad = weir_options_parse(&o, text, &issue, 1);
	free(text);
	if (bad == 0)
		return true;
	show_allowed(allowed, sizeof(allowed), row);
	tell_error("--%s \"%s\": %s; allowed: %s", row->name, value,
		   weir_option_error_text(issue.error), allowed);
	return false;
}

int
option_args_take(int argc, char **argv, char **options)
{
	const char *name = argv[0] + 2, *value;
	size_t len = strcspn(name, "=");
	const struct weir_option_row *row;
	int taken = 1;

	if (strncmp(argv[0], "--", 2) != 0 || (row = find_row(name, len)) == NULL)
		return 0;
	if (name[len] == '=') {
		value = name + len + 1;
	} else if (is_switch(row) && !is_on_or_off(argc > 1 ? argv[1] : NULL)) {
		value = "on";
	} else if (argc > 1) {
		value = argv[1];
		taken = 2;
	} else {
		tell_error("--%s needs a value", row->name);
		return -1;
	}
	char *given = strcmp(row->name, "stats") == 0 ? launch_stats_absolute(value)
						      : strdup(value);
	const char *old = *options != NULL ? *options : getenv("WEIR_OPTIONS");

	if (given == NULL) {
		tell_error("--stats \"%s\": the current folder has no path; give an "
			   "absolute one",
			   value);
		return -1;
	}
	if (!is_accepted(row, given))
		taken = -1;
	else {
		char *longer = launch_options(old, row->name, given);

		free(*options);
		*options = longer;
	}
	free(given);
	return taken;
}

/* One cell a line, broken between words; the cells before it are empty but for the first. */
static void
help_cells(struct table *t, const char *help)
{
	for (const char *p = help; *p != '\0';) {
		size_t len = strlen(p);

		if (len > HELP_COLUMNS) {
			len = HELP_COLUMNS;
			while (len > 1 && p[len] != ' ')
				len--;
		}
		if (p != help) {
			table_cell(t, "%s", "");
			table_cell(t, "%s", "");
		}
		table_cell(t, "%.*s", (int)len, p);
		p += len;
		p += strspn(p, " ");
	}
}

void
option_args_print_table(FILE *out)
{
	static const char *const heading[] = {"OPTION", "DEFAULT", ""};
	struct table *t = table_new("lll");

	table_heading(t, heading);
	for (size_t i = 0; i < weir_n_option_rows; i++) {
		const struct weir_option_row *row = &weir_option_rows[i];

		table_cell(t, "--%s=%s", row->name, row->type);
		table_cell(t, "%s%s",
			   row->default_text[0] != '\0' ? row->default_text : "(none)",
			   strcmp(row->unit, "ms") == 0 ? " ms" : "");
		help_cells(t, row->help);
	}
	table_print(t, out, 2);
}
