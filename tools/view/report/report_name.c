/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names without the folder that the program's own lines have in common: a page is read elsewhere, and the beginning of all
 * paths says nothing there. The subtitle has it once.
 */
#include "tools/view/report/report.h"

#include <string.h>

#include "tools/text/show.h"

void
report_root(struct report *r)
{
	size_t n = 0;

	r->root[0] = '\0';
	for (size_t i = 0; i < r->growth.n_groups; i++) {
		const struct growth_group *g = &r->growth.groups[i];
		const struct growth_place *p = growth_place(r->places, g->blame.frame);
		size_t same = 0;

		if (g->blame.rank == GROWTH_BLAME_NONE || !p->script ||
		    p->origin != GROWTH_APP || p->file[0] != '/')
			continue;
		if (r->root[0] == '\0') {
			show_format(r->root, sizeof(r->root), "%s", p->file);
			same = strlen(r->root);
		} else {
			while (same < n && p->file[same] == r->root[same])
				same++;
		}
		while (same > 0 && r->root[same - 1] != '/')
			same--;
		r->root[n = same] = '\0';
	}
	/* The folder of all folders is none. */
	if (n <= 1)
		r->root[0] = '\0';
}

const char *
report_name(const struct report *r, char buf[REPORT_NAME_MAX], const char *name)
{
	const char *at = r->root[0] != '\0' ? strstr(name, r->root) : NULL;

	/* Only where a path begins. */
	if (at == NULL || (at > name && at[-1] != ' '))
		return name;
	show_format(buf, REPORT_NAME_MAX, "%.*s%s", (int)(at - name), name,
		    at + strlen(r->root));
	return buf;
}
