/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which strings of a snapshot its first groups are shown with, and their texts once they were read. Pure; exits
 * through tell_no_memory.
 */
#ifndef TOOLS_HOLDERS_NAMES_H
#define TOOLS_HOLDERS_NAMES_H

#include "tools/model/holders.h"

struct holders_names {
	uint32_t *index; /* ascending */
	char **text;	 /* NULL until it was read */
	size_t n;
};

void holders_names_collect(struct holders_names *names, const struct holders *h,
			   size_t groups, const struct heapsnap_targets *t,
			   uint32_t n_strings);

/* "" for what is no string of the snapshot. */
const char *holders_name(const struct holders_names *names, uint32_t index);
void holders_names_free(struct holders_names *names);

#endif
