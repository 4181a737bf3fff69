/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The arguments come from a file and may be anything. A program may have written a title over them, as npm does.
 */
#include "tools/read/script_name.h"

#include <stdbool.h>
#include <string.h>

#include "tools/text/show.h"

struct arguments {
	const char *at, *end;
};

/* The next one, or NULL. What is cut has no zero behind it and is none. */
static const char *
next(struct arguments *a)
{
	const char *word = a->at;
	size_t n = strnlen(word, (size_t)(a->end - word));

	if (word + n == a->end)
		return NULL;
	a->at = word + n + 1;
	return word;
}

static bool
is_one_of(const char *word, const char *const *list)
{
	for (; *list != NULL; list++)
		if (strcmp(word, *list) == 0)
			return true;
	return false;
}

static const char *
last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL && slash[1] != '\0' ? slash + 1 : path;
}

static bool
is_interpreter(const char *program)
{
	static const char *const starts[] = {"python", "ruby", "php",
					     "perl",   "node", NULL};
	static const char *const names[] = {"deno", "bun", "java", "lua", NULL};

	for (size_t i = 0; starts[i] != NULL; i++)
		if (strncmp(program, starts[i], strlen(starts[i])) == 0)
			return true;
	return is_one_of(program, names);
}

/* A path as it was typed; one from the root without its folders, but for a name that says nothing alone. */
static const char *
short_path(const char *script)
{
	const char *name = last_part(script);

	if (strncmp(script, "./", 2) == 0)
		return script + 2;
	if (script[0] != '/' || name == script)
		return script;
	if (strncmp(name, "index.", 6) == 0 || strncmp(name, "main.", 5) == 0) {
		for (name--; name > script && name[-1] != '/';)
			name--;
	}
	return name;
}

/* The command that a file is of: "npx" for "/usr/lib/node_modules/npm/bin/npx-cli.js". */
static const char *
command_of(const char *script)
{
	const char *name = last_part(script);

	if (strcmp(name, "npm-cli.js") == 0)
		return "npm";
	return strcmp(name, "npx-cli.js") == 0 ? "npx" : name;
}

static void
add(char name[SCRIPT_NAME_BYTES], const char *word)
{
	size_t n = strlen(name);

	show_format(name + n, SCRIPT_NAME_BYTES - n, "%s%s", n > 0 ? " " : "", word);
}

static void
add_script(char name[SCRIPT_NAME_BYTES], struct arguments *a, bool node)
{
	/* The code is on the command line: it is no name, and may be long. */
	static const char *const codes[] = {"-e",      "-p",  "-c", "--eval",
					    "--print", "-pe", "-r", NULL};
	/* They have a value of their own; -r of PHP, whose code follows, is among the others. */
	static const char *const pairs[] = {
		"--require",	"--import", "--loader", "--experimental-loader",
		"--conditions", "-C",	    "-W",	"-X",
		"--env-file",	NULL};
	static const char *const modules[] = {"-m", "-jar", NULL};
	static const char *const verbs[] = {"run", "test", "start", "exec", NULL};
	static const char *const managers[] = {"npm", "npx", "pnpm", "yarn", NULL};
	const char *word;

	while ((word = next(a)) != NULL) {
		if (is_one_of(word, pairs) || (node && strcmp(word, "-r") == 0)) {
			next(a);
		} else if (is_one_of(word, codes)) {
			add(name, word);
			return;
		} else if (is_one_of(word, modules)) {
			add(name, word);
			if ((word = next(a)) != NULL)
				add(name, word);
			return;
		} else if (word[0] != '-') {
			break;
		}
	}
	if (word == NULL || word[0] == '\0')
		return;
	/* People say "npm run build", "tsx main.ts" and "vite build"; that Node runs these says little. */
	int left = !node && is_one_of(word, verbs) ? 2 : 0;
	if (is_one_of(command_of(word), managers))
		left = 2;
	else if (strstr(word, "/.bin/") != NULL)
		left = 1;
	if (left > 0 && node)
		name[0] = '\0';
	add(name, left > 0 && node ? command_of(word) : short_path(word));
	/* Behind the last word the file has zeros. */
	while (left > 0 && (word = next(a)) != NULL && word[0] != '\0')
		if (word[0] != '-') {
			add(name, short_path(word));
			left--;
		}
}

void
script_name_of(const char *arguments, size_t bytes, bool v8, char name[SCRIPT_NAME_BYTES])
{
	struct arguments a = {arguments, arguments + bytes};
	const char *program = next(&a);
	size_t n;

	name[0] = '\0';
	if (program == NULL || program[0] == '\0')
		return;
	/* A title has blanks, and often others behind it. */
	if (strchr(program, ' ') != NULL && program[0] != '/') {
		show_format(name, SCRIPT_NAME_BYTES, "%s", program);
		for (n = strlen(name); n > 0 && name[n - 1] == ' ';)
			name[--n] = '\0';
		/* pm2: "node /srv/app/server.js". */
		char *path = strstr(name, " /");
		if (path != NULL && strchr(path + 1, ' ') == NULL) {
			const char *shorter = short_path(path + 1);

			memmove(path + 1, shorter, strlen(shorter) + 1);
		}
		return;
	}
	show_format(name, SCRIPT_NAME_BYTES, "%s", last_part(program));
	bool known = is_interpreter(name);
	if (known || v8)
		add_script(name, &a, !known || strncmp(name, "node", 4) == 0);
}

/* A process of less than a second has not looked for V8's heap, but knows its callers. */
static bool
runs_v8(const struct sidecar *s)
{
	return sidecar_counter(s, WEIR_C_v8) != 0 ||
	       sidecar_at(s, WEIR_SECTION_KINDS, WEIR_KIND_BACKING_STORE,
			  WEIR_KF_requests) != 0;
}

const char *
script_name(const struct sidecar *s, char name[SCRIPT_NAME_BYTES])
{
	const struct weir_stats_header *h = &s->header;

	script_name_of(h->command, sizeof(h->command), runs_v8(s), name);
	if (name[0] == '\0')
		show_format(name, SCRIPT_NAME_BYTES, "%s", last_part(h->exe));
	return name;
}
