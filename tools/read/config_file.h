/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The configuration files of `weir run`: one item of WEIR_OPTIONS a line, several with commas; lines that
 * begin with # and blank ones say nothing.
 */
#ifndef TOOLS_CONFIG_FILE_H
#define TOOLS_CONFIG_FILE_H

#include <stddef.h>

#define CONFIG_FILE_MAX 65536

/* One item: "name=value", without blanks around it. */
struct config_item {
	char *text;
	const char *source; /* as given to config_add: borrowed */
	unsigned line;	    /* 0: not of a file */
};

struct config {
	struct config_item *items;
	size_t n;
};

/* Adds the items of a text, one or more lines. `line` is that of its first, or 0. */
void config_add(struct config *c, const char *text, const char *source, unsigned line);

/*
 * Adds the items of a file. Returns NULL, also where there is no such file, or why it was not used: it
 * is no ordinary file, is too long, holds a zero byte, or anybody but root and the caller may write it.
 */
const char *config_read(struct config *c, const char *path);

void config_free(struct config *c);

#endif
