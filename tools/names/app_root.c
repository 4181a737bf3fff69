/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a program's own scripts lie. Called by whoever shows lines; looks at no file but those that places are made by.
 */
#include "tools/names/app_root.h"

#include <string.h>

#include "tools/text/show.h"

static bool
is_script(const struct weir_trace_frame *f)
{
	return f->kind == WEIR_FRAME_JS || f->kind == WEIR_FRAME_JS_OPTIMIZED ||
	       f->kind == WEIR_FRAME_JS_INLINED || f->kind == WEIR_FRAME_PYTHON;
}

/* What both begin with, in whole folders. */
static void
narrow(char root[APP_ROOT_MAX], const char *file)
{
	size_t same = 0;

	if (root[0] == '\0') {
		show_format(root, APP_ROOT_MAX, "%s", file);
		same = strlen(root);
	}
	while (root[same] != '\0' && file[same] == root[same])
		same++;
	while (same > 0 && root[same - 1] != '/')
		same--;
	root[same] = '\0';
}

/* The folder whose node_modules the file lies in is the application's, if its own scripts lie there as well. */
static void
widen(char root[APP_ROOT_MAX], const char *file)
{
	const char *at = strstr(file, "/node_modules/");
	size_t n = at != NULL ? (size_t)(at - file) + 1 : 0;

	if (n > 1 && n < strlen(root) && strncmp(root, file, n) == 0)
		root[n] = '\0';
}

void
app_root_find(char root[APP_ROOT_MAX], struct growth_places *p)
{
	const struct trace_view *v = growth_places_view(p);

	root[0] = '\0';
	for (uint32_t i = 0; i < v->n_frames; i++) {
		const struct growth_place *place;

		if (!is_script(&v->frames[i]))
			continue;
		place = growth_place(p, i);
		if (place->origin != GROWTH_APP || place->file[0] != '/')
			continue;
		narrow(root, place->file);
		if (root[0] == '\0' || root[1] == '\0')
			break;
	}
	for (uint32_t i = 0; i < v->n_frames && root[0] != '\0'; i++)
		if (is_script(&v->frames[i]))
			widen(root, growth_place(p, i)->file);
	/* The folder of all folders is none. */
	if (root[0] != '\0' && root[1] == '\0')
		root[0] = '\0';
}

const char *
app_root_cut(const char *root, char buf[APP_ROOT_MAX], const char *name)
{
	const char *at = root != NULL && root[0] != '\0' ? strstr(name, root) : NULL;

	/* Only where a path begins. */
	if (at == NULL || (at > name && at[-1] != ' '))
		return name;
	show_format(buf, APP_ROOT_MAX, "%.*s%s", (int)(at - name), name,
		    at + strlen(root));
	return buf;
}
