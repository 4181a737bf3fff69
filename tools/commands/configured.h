/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The options that `weir run` will hand to a program, each with where it came from: /etc/weir.conf,
 * then the user's own weir.conf, then WEIR_OPTIONS. A later one wins. The library itself reads the
 * environment only.
 */
#ifndef TOOLS_CONFIGURED_H
#define TOOLS_CONFIGURED_H

#include <limits.h>
#include <stdbool.h>

#include "tools/read/config_file.h"

#define CONFIGURED_SYSTEM "/etc/weir.conf"

struct configured {
	char own[PATH_MAX]; /* the user's file, "" without a home */
	struct config all;
};

/* Warns of files and lines that are not used. With `files` false: WEIR_OPTIONS alone. */
void configured_gather(struct configured *c, bool files);

/* The text for WEIR_OPTIONS: what the files say, before `options` (NULL: nothing). To be freed; NULL if empty. */
char *configured_before(const struct configured *c, const char *options);

/* The item that decides an option, or NULL where the default holds. */
const struct config_item *configured_item(const struct configured *c, const char *name);

void configured_free(struct configured *c);

#endif
