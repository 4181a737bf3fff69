/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every subcommand says in the same way: its help, and that it was not understood.
 */
#include "tools/commands/cmd.h"

#include <stdarg.h>
#include <string.h>

#include "tools/text/tell.h"

void
cmd_print_help(const struct cmd *c, FILE *out)
{
	fprintf(out, "Usage: weir %s %s\n%s\n\n", c->name, c->args, c->summary);
	c->help(out);
}

int
cmd_usage(const struct cmd *c, const char *format, ...)
{
	char prefix[32];
	va_list ap;

	snprintf(prefix, sizeof(prefix), "%s: ", c->name);
	va_start(ap, format);
	tell_verror(prefix, format, ap);
	va_end(ap);
	fprintf(stderr, "Usage: weir %s %s\n`weir help %s` says more.\n", c->name,
		c->args, c->name);
	return CMD_USAGE;
}

const char *
cmd_value(const char *name, char **argv, int *i)
{
	size_t n = strlen(name);
	const char *a = argv[*i];

	if (strncmp(a, name, n) != 0 || (a[n] != '\0' && a[n] != '='))
		return NULL;
	if (a[n] == '=')
		return a + n + 1;
	if (argv[*i + 1] == NULL)
		return "";
	return argv[++*i];
}
