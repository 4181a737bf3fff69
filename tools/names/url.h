/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names of scripts, maps and sources, which are URLs as often as paths. Pure. Exits through tell_no_memory.
 */
#ifndef TOOLS_URL_H
#define TOOLS_URL_H

#include <stddef.h>

/* %41 as A, in place; the bytes left. A zero stays as it is written. */
size_t url_decode(char *text);

/* The path of a file:// URL, without what follows ? or #; another name as it is. To be freed. */
char *url_path(const char *name);

/* `to` seen from the folder of `from`, with "." and ".." taken out. To be freed. */
char *url_resolve(const char *from, const char *to);

#endif
