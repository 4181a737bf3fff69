/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The settings of this process, as WEIR_OPTIONS has them, and what is said about them. Calls nothing of
 * the shim but say.h; read by all.
 */
#include "preload/ground/settings.h"

#include <stdlib.h>
#include <sys/auxv.h>

#include "pool/pages.h"
#include "preload/ground/say.h"

size_t weir_floor = SIZE_MAX;
struct weir_options weir_config;

static void
warn(const struct weir_option_issue *issue)
{
	struct line l;

	line_begin(&l);
	line_text(&l, "WEIR_OPTIONS: ");
	line_bytes(&l, issue->item, issue->item_len);
	line_text(&l, ": ");
	line_text(&l, weir_option_error_text(issue->error));
	line_text(&l, "; the default is used (WEIR_OPTIONS=help lists all)");
	line_end(&l);
}

static void
say_rows(bool help)
{
	for (size_t i = 0; i < weir_n_option_rows; i++) {
		const struct weir_option_row *row = &weir_option_rows[i];
		char value[OPTIONS_TEXT_MAX];
		struct line l;

		line_begin(&l);
		line_text(&l, row->name);
		line_text(&l, "=");
		weir_option_value_text(&weir_config, i, value, sizeof(value));
		line_text(&l, help ? row->type : value);
		if (help) {
			line_text(&l, " (default ");
			line_text(&l, row->default_text);
			line_text(&l, ") ");
			line_text(&l, row->help);
		}
		line_end(&l);
	}
}

void
settings_take(const char *text)
{
	enum { ISSUES = 8 };
	struct weir_option_issue issues[ISSUES];

	weir_options_defaults(&weir_config);
	size_t n = weir_options_parse(&weir_config, text, issues, ISSUES);
	for (size_t i = 0; i < n && i < ISSUES; i++)
		warn(&issues[i]);
	if (weir_machine_page_is(getauxval(AT_PAGESZ)))
		weir_options_fit(&weir_config, weir_machine_page);
	if (weir_config.want_help || weir_config.want_print)
		say_rows(weir_config.want_help);
}

void
settings_read(void)
{
	settings_take(secure_getenv("WEIR_OPTIONS"));
}
