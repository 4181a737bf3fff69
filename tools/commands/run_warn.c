/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What `weir run` says before the program starts: see run_warn.h. The library itself is a guest in the program, and says
 * nothing there.
 */
#include "tools/commands/run_warn.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "policy/collecting.h"
#include "policy/options.h"
#include "tools/read/locate.h"
#include "tools/read/sidecar.h"
#include "tools/text/tell.h"

/* The library takes the place of an earlier run's sidecar, and of nothing else. */
static bool
is_in_the_way(const char *path)
{
	char why[SIDECAR_WHY];
	struct sidecar s;
	struct stat st;

	if (lstat(path, &st) != 0)
		return false;
	if (!S_ISREG(st.st_mode) || st.st_uid != geteuid())
		return true;
	int rc = st.st_size > 0 ? sidecar_load(&s, AT_FDCWD, path, why) : -ENODATA;
	if (rc == 0)
		sidecar_free(&s);
	return rc == -EINVAL;
}

/* The shim says nothing when it cannot make its file: it is a guest in the program. */
static void
warn_if_unrecorded(const char *stats)
{
	char path[PATH_MAX], *slash;

	if (!locate_stats_path(stats, getpid(), path, sizeof(path)))
		return;
	if (is_in_the_way(path)) {
		tell_warning(
			"there will be no sidecar: --stats names %s, which is there and "
			"is no sidecar of yours; name a file that is not there",
			path);
		return;
	}
	slash = strrchr(path, '/');
	if (slash == NULL || slash == path)
		return;
	/* With %p in it, the folder is not known before the program runs. */
	const char *pid = strstr(stats, "%p");
	if (pid != NULL && pid < strrchr(stats, '/'))
		return;
	*slash = '\0';
	if (access(path, W_OK | X_OK) != 0)
		tell_warning("there will be no sidecar: --stats names a file in %s: %s",
			     path, strerror(errno));
}

/* The library says why there is no hook only if it is told to be verbose. */
static void
warn_if_uncollected(char *const *argv, const struct target *t)
{
	const char *slash = strrchr(t->program, '/');
	const char *name = slash != NULL ? slash + 1 : t->program;

	if (strncmp(name, "deno", 4) == 0 || strncmp(name, "bun", 3) == 0)
		tell_warning(
			"--collect: nothing will be collected in %s: weir has a hook "
			"for Node alone",
			name);
	for (char *const *a = argv; strncmp(name, "node", 4) == 0 && *a != NULL; a++) {
		struct token found = weir_collect_refusal(*a, strlen(*a), '\0');

		if (found.at != NULL)
			tell_warning(
				"--collect: nothing will be collected: Node would not "
				"bear a hook with %s",
				*a);
	}
}

void
run_warn(struct target *t, const char *path, char *const *argv, bool quiet)
{
	struct weir_options o;

	weir_options_defaults(&o);
	weir_options_parse(&o, getenv("WEIR_OPTIONS"), NULL, 0);
	target_apply_options(t, &o);
	if (quiet)
		return;
	if (t->inert[0] != '\0') {
		tell_warning("weir will do nothing in %s: %s", path, t->inert);
		return;
	}
	warn_if_unrecorded(o.stats);
	if (o.collect != 0)
		warn_if_uncollected(argv, t);
}
