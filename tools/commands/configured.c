/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "policy/options.h"
#include "tools/commands/configured.h"
#include "tools/text/show.h"
#include "tools/text/tell.h"

#define ENVIRONMENT "WEIR_OPTIONS"

static void
own_path(char *path, size_t size)
{
	const char *folder = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");

	path[0] = '\0';
	if (folder != NULL && folder[0] == '/')
		show_format(path, size, "%s/weir/weir.conf", folder);
	else if (home != NULL && home[0] == '/')
		show_format(path, size, "%s/.config/weir/weir.conf", home);
}

/* What is wrong with an item of a file, or NULL. */
static const char *
complaint(const char *item)
{
	struct weir_options o;
	struct weir_option_issue issue;

	weir_options_defaults(&o);
	if (weir_options_parse(&o, item, &issue, 1) != 0)
		return weir_option_error_text(issue.error);
	return o.want_help || o.want_print ? "not a setting" : NULL;
}

static void
drop_bad(struct config *c)
{
	size_t kept = 0;

	for (size_t i = 0; i < c->n; i++) {
		const char *why = complaint(c->items[i].text);

		if (why == NULL) {
			c->items[kept++] = c->items[i];
			continue;
		}
		tell_warning("%s:%u: \"%s\": %s; it is not used", c->items[i].source,
			     c->items[i].line, c->items[i].text, why);
		free(c->items[i].text);
	}
	c->n = kept;
}

static void
add_file(struct configured *c, const char *path)
{
	const char *why = config_read(&c->all, path);

	if (why != NULL)
		tell_warning("%s is not used: %s", path, why);
}

void
configured_gather(struct configured *c, bool files)
{
	const char *text = getenv(ENVIRONMENT);

	*c = (struct configured){0};
	if (files) {
		own_path(c->own, sizeof(c->own));
		add_file(c, CONFIGURED_SYSTEM);
		if (c->own[0] != '\0')
			add_file(c, c->own);
		drop_bad(&c->all);
	}
	if (text != NULL)
		config_add(&c->all, text, ENVIRONMENT, 0);
}

char *
configured_before(const struct configured *c, const char *options)
{
	size_t size = options != NULL ? strlen(options) + 2 : 1;
	char *text, *end;

	for (size_t i = 0; i < c->all.n; i++)
		size += strlen(c->all.items[i].text) + 1;
	text = malloc(size);
	if (text == NULL)
		tell_no_memory();
	end = text;
	*end = '\0';
	for (size_t i = 0; i < c->all.n; i++)
		if (c->all.items[i].line != 0) {
			end = stpcpy(end, c->all.items[i].text);
			end = stpcpy(end, ",");
		}
	if (options != NULL)
		end = stpcpy(end, options);
	else if (end > text)
		end[-1] = '\0';
	if (end > text || options != NULL)
		return text;
	free(text);
	return NULL;
}

const struct config_item *
configured_item(const struct configured *c, const char *name)
{
	size_t len = strlen(name);

	for (size_t i = c->all.n; i-- > 0;) {
		const char *text = c->all.items[i].text;

		if (strncmp(text, name, len) == 0 && strchr(" \t=", text[len]) != NULL &&
		    complaint(text) == NULL)
			return &c->all.items[i];
	}
	return NULL;
}

void
configured_free(struct configured *c)
{
	config_free(&c->all);
}
