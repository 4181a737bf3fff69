/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What doctor found, as rows: collected first, then printed as text or JSON, so that both say
 * the same.
 */
#ifndef TOOLS_FINDING_H
#define TOOLS_FINDING_H

#include <stdio.h>

struct finding {
	const char *group; /* "program", "machine": static text */
	const char *name;  /* static text */
	char *value;
	char *note; /* what it means for weir, or "" */
};

struct findings {
	struct finding *rows;
	size_t n;
};

/* `note` may be NULL. The value is formatted. */
void finding_add(struct findings *f, const char *group, const char *name,
		 const char *note, const char *format, ...)
	__attribute__((format(printf, 5, 6)));

void finding_free(struct findings *f);

void finding_print_text(const struct findings *f, FILE *out);

/* One object for each group, inside the object that the caller has opened. */
struct json;
void finding_print_json(const struct findings *f, struct json *j);

#endif
