/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows of findings. Filled by doctor and machine.c; values may hold names from outside and are
 * cleaned when they are printed.
 */
#include "tools/text/finding.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "tools/text/json.h"
#include "tools/text/show.h"
#include "tools/text/tell.h"

#define NAME_COLUMNS 18

void
finding_add(struct findings *f, const char *group, const char *name, const char *note,
	    const char *format, ...)
{
	struct finding *row;
	va_list ap;

	f->rows = reallocarray(f->rows, f->n + 1, sizeof(*f->rows));
	if (f->rows == NULL)
		tell_no_memory();
	row = &f->rows[f->n++];
	row->group = group;
	row->name = name;
	row->note = strdup(note != NULL ? note : "");
	va_start(ap, format);
	if (vasprintf(&row->value, format, ap) < 0 || row->note == NULL)
		tell_no_memory();
	va_end(ap);
}

void
finding_free(struct findings *f)
{
	for (size_t i = 0; i < f->n; i++) {
		free(f->rows[i].value);
		free(f->rows[i].note);
	}
	free(f->rows);
	*f = (struct findings){NULL, 0};
}

static void
print_clean(const char *text, FILE *out)
{
	size_t size = 4 * strlen(text) + 1;
	char *clean = malloc(size);

	if (clean == NULL)
		tell_no_memory();
	fputs(show_clean(clean, size, text), out);
	free(clean);
}

void
finding_print_text(const struct findings *f, FILE *out)
{
	const char *group = "";

	for (size_t i = 0; i < f->n; i++) {
		const struct finding *row = &f->rows[i];

		if (strcmp(group, row->group) != 0) {
			fprintf(out, "%s%s\n", i > 0 ? "\n" : "", row->group);
			group = row->group;
		}
		fprintf(out, "  %-*s", NAME_COLUMNS, row->name);
		print_clean(row->value, out);
		fputc('\n', out);
		if (row->note[0] != '\0') {
			fprintf(out, "  %-*s  ", NAME_COLUMNS, "");
			print_clean(row->note, out);
			fputc('\n', out);
		}
	}
}

void
finding_print_json(const struct findings *f, struct json *j)
{
	const char *group = NULL;

	for (size_t i = 0; i < f->n; i++) {
		const struct finding *row = &f->rows[i];

		if (group == NULL || strcmp(group, row->group) != 0) {
			if (group != NULL)
				json_close(j, '}');
			json_open(j, row->group, '{');
			group = row->group;
		}
		json_open(j, row->name, '{');
		json_string(j, "value", row->value);
		json_string(j, "note", row->note[0] != '\0' ? row->note : NULL);
		json_close(j, '}');
	}
	if (group != NULL)
		json_close(j, '}');
}
