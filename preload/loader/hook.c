/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each process decides for itself: a child may be another program, may not see the file, or may be told not to
 * read it; Node ends where it cannot load what NODE_OPTIONS names. Whatever speaks against it is said if `verbose`.
 */
#include "preload/loader/hook.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "policy/collecting.h"
#include "pool/sys.h"
#include "preload/ground/clock.h"
#include "preload/ground/own_files.h"
#include "preload/ground/say.h"
#include "preload/ground/settings.h"
#include "preload/ground/symbol_next.h"
#include "preload/machine/facts.h"
#include "preload/machine/small_file.h"
#include "preload/sidecar/segment.h"
#include "preload/sidecar/segment_file.h"
#include "preload/sidecar/segment_mail.h"
#include "preload/sidecar/segment_name.h"

#define SHIM	       "libweir_preload.so"
#define HOOK	       "weir_collect.js"
#define PATH_BYTES     1024
#define TEXT_BYTES     8192
#define MOST_VARIABLES 1000

static char node_options[TEXT_BYTES], weir_hook[TEXT_BYTES];
static char *variables[MOST_VARIABLES + 3];
static char hook_path[PATH_BYTES];

static void
say_without(const char *why, struct token what)
{
	struct line l;

	if (!weir_config.verbose)
		return;
	line_begin(&l);
	line_text(&l, "nothing is collected: ");
	line_text(&l, why);
	for (size_t i = 0; i < what.len; i++)
		line_text(&l, (const char[]){what.at[i], '\0'});
	line_end(&l);
}

/* Electron and its like bear Node within them, and refuse most of NODE_OPTIONS aloud. */
static bool
is_node(void)
{
	return symbol_defined("_ZN4node5StartEiPPc") && !symbol_defined("ElectronMain") &&
	       getenv("ELECTRON_RUN_AS_NODE") == NULL;
}

static bool
readable(const char *path)
{
	int fd = weir_sys_open(path, O_RDONLY | O_CLOEXEC, 0);

	if (fd >= 0)
		weir_sys_close(fd);
	return fd >= 0;
}

/* The hook's file in `folder`/`below`, if it is there. */
static bool
found_at(const char *folder, size_t n, const char *below)
{
	struct emit out = {hook_path, sizeof(hook_path), 0};

	for (size_t i = 0; i < n; i++)
		emit_char(&out, folder[i]);
	emit_text(&out, below);
	emit_text(&out, HOOK);
	return emit_end(&out) < sizeof(hook_path) && hook_path[0] == '/' &&
	       readable(hook_path);
}

/* Beside the shim, where LD_PRELOAD says that it is; in a build folder, in one beside it. */
static bool
found_beside(const char *path, size_t n)
{
	while (n > 0 && path[n - 1] != '/')
		n--;
	return found_at(path, n, "") || found_at(path, n, "node/");
}

static bool
find_hook(void)
{
	static char target[PATH_BYTES], entry[PATH_BYTES];
	const char *p = getenv("LD_PRELOAD");

	while (p != NULL && *(p += strspn(p, ": ")) != '\0') {
		size_t n = strcspn(p, ": "), name = strlen(SHIM);

		if (n >= name && n < sizeof(entry) &&
		    memcmp(p + n - name, SHIM, name) == 0) {
			memcpy(entry, p, n);
			entry[n] = '\0';
			/* A path with a blank is preloaded by a link to it. */
			ssize_t to = weir_sys_readlink(entry, target, sizeof(target));
			if (found_beside(entry, n) ||
			    (to > 0 && (size_t)to < sizeof(target) &&
			     found_beside(target, (size_t)to)))
				return true;
		}
		p += n;
	}
	return found_at(PKGLIBDIR "/", strlen(PKGLIBDIR "/"), "");
}

/* Its arguments, and what is in NODE_OPTIONS already. */
static struct token
refusal(const char *old)
{
	const char *arguments = small_file_text("/proc/self/cmdline");
	size_t n = 0;

	/* Each is ended by a NUL byte, the last by two: that of the buffer. */
	while (n + 1 < SMALL_FILE_BYTES &&
	       (arguments[n] != '\0' || arguments[n + 1] != '\0'))
		n++;
	struct token t = weir_collect_refusal(arguments, n, '\0');
	if (t.at == NULL && old != NULL)
		t = weir_collect_refusal(old, strlen(old), ' ');
	return t;
}

static void
put_line(struct emit *out, uint64_t n)
{
	emit_number(out, n);
	emit_char(out, '\n');
}

/* What the hook reads: a line each, and the sidecar's path, which may hold anything. */
static bool
write_settings(size_t own, uint64_t token)
{
	static struct segment_path folder;
	struct emit out = {weir_hook, sizeof(weir_hook), 0};
	bool is_auto = strcmp(weir_config.stats, "auto") == 0;

	emit_text(&out, "WEIR_HOOK=");
	put_line(&out, own);
	put_line(&out, weir_config.collect);
	put_line(&out, weir_config.collect_pause);
	put_line(&out, token);
	put_line(&out, SEGMENT_MAILBOX);
	put_line(&out, SEGMENT_COLLECT);
	if (is_auto && segment_name_folder(&folder, "auto", getpid()) == 0) {
		emit_text(&out, "auto\n");
		emit_text(&out, folder.text);
		emit_char(&out, '/');
		emit_number(&out, (uint64_t)getpid());
		emit_char(&out, '-');
		emit_number(&out, facts_start_ticks());
	} else {
		emit_text(&out, "given\n");
		if (!is_auto && strcmp(weir_config.stats, "off") != 0)
			emit_text(&out, weir_config.stats);
	}
	return emit_end(&out) < sizeof(weir_hook);
}

/* An environment of weir's own, for the one that is there may lie in memory that others own. */
static bool
set_environment(void)
{
	size_t n = 0;

	for (char **v = environ; v != NULL && *v != NULL; v++) {
		if (strncmp(*v, "NODE_OPTIONS=", 13) == 0 ||
		    strncmp(*v, "WEIR_HOOK=", 10) == 0)
			continue;
		if (n == MOST_VARIABLES)
			return false;
		variables[n++] = *v;
	}
	variables[n++] = node_options;
	variables[n++] = weir_hook;
	variables[n] = NULL;
	environ = variables;
	return true;
}

void
hook_init(void)
{
	const struct token none = {"", 0};
	const char *old = getenv("NODE_OPTIONS");
	struct emit out = {node_options, sizeof(node_options), 0};

	if (weir_config.collect == 0 || !is_node())
		return;
	struct token refused = refusal(old);
	if (refused.at != NULL) {
		say_without("it would not bear ", refused);
		return;
	}
	if (!find_hook()) {
		say_without(HOOK " is not beside " SHIM, none);
		return;
	}
	uint64_t token = (uint64_t)clock_read(CLOCK_MONOTONIC);
	emit_text(&out, "NODE_OPTIONS=");
	size_t own = weir_collect_node_options(&out, hook_path, old);
	if (emit_end(&out) >= sizeof(node_options) || !write_settings(own, token) ||
	    !set_environment())
		say_without("the environment is too large", none);
	else
		segment_collect(token);
}
