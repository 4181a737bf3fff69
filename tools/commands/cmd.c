/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every subcommand says in the same way: its help, and that it was not understood.
 */
#include "tools/commands/cmd.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/text/nearest.h"
#include "tools/text/tell.h"

void
cmd_print_help(const struct cmd *c, FILE *out)
{
	fprintf(out, "Usage: weir %s %s\n%s\n\nFor example:\n%s\n", c->name, c->args,
		c->summary, c->examples);
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

/* The option nearest to what was typed, of those that the help names; "" if none is near. */
static void
nearest_option(const struct cmd *c, const char *typed, char found[32])
{
	char *text = NULL, *at, word[32], bare[32];
	size_t size, least = SIZE_MAX;
	FILE *out = open_memstream(&text, &size);

	found[0] = '\0';
	if (out == NULL)
		return;
	cmd_print_help(c, out);
	if (fclose(out) != 0)
		return;
	snprintf(bare, sizeof(bare), "%.*s", (int)strcspn(typed, "="), typed);
	for (at = text; (at = strstr(at, "--")) != NULL; at += 2) {
		size_t n = 2 + strspn(at + 2, "abcdefghijklmnopqrstuvwxyz-_");

		if (n == 2 || n >= sizeof(word) || (at > text && at[-1] == '-'))
			continue;
		snprintf(word, sizeof(word), "%.*s", (int)n, at);
		/* The beginning of one is nearly all of it. */
		size_t far = strlen(bare) > 4 && strncmp(word, bare, strlen(bare)) == 0
				     ? 1
				     : nearest_distance(bare, word);
		if (far < least) {
			least = far;
			memcpy(found, word, sizeof(word));
		}
	}
	if (least > 2 || (least == 2 && strlen(found) < 6))
		found[0] = '\0';
	free(text);
}

int
cmd_unknown_option(const struct cmd *c, const char *option)
{
	char meant[32];

	nearest_option(c, option, meant);
	if (meant[0] == '\0')
		return cmd_usage(c, "there is no option \"%s\"", option);
	return cmd_usage(c, "there is no option \"%s\"; did you mean %s?", option, meant);
}

const char *
cmd_interpreter_of(const char *name)
{
	static const struct {
		const char *ending, *program;
	} known[] = {{".js", "node"}, {".mjs", "node"},	  {".cjs", "node"},
		     {".ts", "node"}, {".py", "python3"}, {".rb", "ruby"},
		     {".sh", "sh"}};
	const char *dot = strrchr(name, '.');

	for (size_t i = 0; dot != NULL && i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(dot, known[i].ending) == 0)
			return known[i].program;
	return NULL;
}

int
cmd_not_started(const struct cmd *c, const char *name, int error)
{
	const char *program = access(name, F_OK) == 0 ? cmd_interpreter_of(name) : NULL;
	const char *on_path = strchr(name, '/') == NULL ? " on PATH" : "";

	if (program != NULL)
		tell_error("%s: a script, and no program%s: `weir %s %s %s`", name,
			   on_path, c->name, program, name);
	else if (error == ENOENT)
		tell_error("%s: not found%s", name, on_path);
	else
		tell_error("%s: cannot be run: %s", name, strerror(error));
	return error == ENOENT ? CMD_NOT_FOUND : CMD_NOT_EXECUTABLE;
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
