/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Looks through folders for sidecars. Called by the subcommands; never looks into a folder
 * that belongs to somebody else, never writes.
 */
#include "tools/read/locate.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "tools/read/proc.h"
#include "tools/text/tell.h"

/* Decimal digits only, as the writer puts them. */
static bool
parse_number(const char **p, uint64_t max, uint64_t *value)
{
	const char *s = *p;

	*value = 0;
	while (*s >= '0' && *s <= '9') {
		if (__builtin_mul_overflow(*value, 10, value) ||
		    __builtin_add_overflow(*value, (uint64_t)(*s - '0'), value) ||
		    *value > max)
			return false;
		s++;
	}
	if (s == *p)
		return false;
	*p = s;
	return true;
}

bool
locate_parse_name(const char *name, pid_t *pid, uint64_t *start_ticks, unsigned *exec_n)
{
	uint64_t p, n = 0;

	if (!parse_number(&name, INT32_MAX, &p) || *name++ != '-' ||
	    !parse_number(&name, UINT64_MAX, start_ticks))
		return false;
	if (name[0] == '.' && name[1] >= '0' && name[1] <= '9') {
		name++;
		if (!parse_number(&name, WEIR_STATS_MAX_EXECS, &n))
			return false;
	}
	*pid = (pid_t)p;
	*exec_n = (unsigned)n;
	return strcmp(name, WEIR_STATS_SUFFIX) == 0;
}

/* The same process wrote a later file, in the same folder: it has gone on by exec. */
static bool
is_superseded(const char *path, pid_t pid, uint64_t start_ticks, unsigned exec_n)
{
	const char *slash = strrchr(path, '/');
	char later[PATH_MAX];

	for (unsigned n = exec_n + 1; n <= WEIR_STATS_MAX_EXECS; n++) {
		int len = snprintf(later, sizeof(later), "%.*s%d-%" PRIu64 ".%u%s",
				   slash ? (int)(slash + 1 - path) : 0, path, (int)pid,
				   start_ticks, n, WEIR_STATS_SUFFIX);

		int fd = len < (int)sizeof(later)
				 ? container_open(AT_FDCWD, later,
						  O_PATH | O_NOFOLLOW | O_CLOEXEC)
				 : -ENAMETOOLONG;

		if (fd < 0)
			continue;
		close(fd);
		return true;
	}
	return false;
}

/*
 * The process may be of a container: then it has another pid here, and its files may be others. Where the file
 * lies below /proc/PID/root, its names do in any case.
 */
static void
find_outside(struct locate_entry *e)
{
	struct weir_stats_header *h = &e->sidecar.header;
	size_t n = container_root_of(e->path);
	struct container c;
	struct proc_stat st;

	if (n < sizeof(e->root))
		snprintf(e->root, sizeof(e->root), "%.*s", (int)n, e->path);
	if (h->pid <= 0)
		return;
	/* Pid 1 of a container that starts with the machine is not the machine's. */
	if (proc_stat(h->pid, &st) != 0 || st.start_ticks != h->start_ticks) {
		pid_t here = container_find(h->pid, h->start_ticks);

		if (here <= 0 || proc_stat(here, &st) != 0)
			return;
		e->inner_pid = h->pid;
		h->pid = here;
	}
	container_of(h->pid, st.uid, &c);
	if (n == 0)
		memcpy(e->root, c.root, sizeof(e->root));
}

static enum locate_life
life_of(const struct locate_entry *e)
{
	const struct weir_stats_header *h = &e->sidecar.header;
	struct proc_stat st;
	int rc = proc_stat(h->pid, &st);

	if (rc == 0 && st.start_ticks == h->start_ticks && !st.ended) {
		if (e->pid != 0 &&
		    is_superseded(e->path, e->pid, e->start_ticks, e->exec_n))
			return LOCATE_REPLACED;
		return e->sidecar.slot.state == WEIR_STATE_EXITED ? LOCATE_EXITED
								  : LOCATE_RUNNING;
	}
	if (e->sidecar.slot.state == WEIR_STATE_EXITED)
		return LOCATE_EXITED;
	/* No /proc, or one that hides others' processes: the pid may still be there. */
	if (rc != 0 && h->pid > 0 && (kill(h->pid, 0) == 0 || errno == EPERM))
		return LOCATE_UNKNOWN;
	return LOCATE_GONE;
}

int
locate_open(struct locate_entry *e, const char *path)
{
	const char *slash = strrchr(path, '/');

	memset(e, 0, sizeof(*e));
	snprintf(e->path, sizeof(e->path), "%s", path);
	if (!locate_parse_name(slash ? slash + 1 : path, &e->pid, &e->start_ticks,
			       &e->exec_n))
		e->pid = 0;
	e->error = sidecar_load(&e->sidecar, AT_FDCWD, path, e->why);
	if (e->error == 0) {
		find_outside(e);
		e->life = life_of(e);
	}
	return e->error;
}

static int
by_life_then_age(const void *a, const void *b)
{
	const struct locate_entry *x = a, *y = b;
	bool x_runs = x->error == 0 && x->life == LOCATE_RUNNING;
	bool y_runs = y->error == 0 && y->life == LOCATE_RUNNING;
	uint64_t x_at = x->sidecar.slot.unix_ns, y_at = y->sidecar.slot.unix_ns;

	if (x_runs != y_runs)
		return x_runs ? -1 : 1;
	if (x_at != y_at)
		return x_at > y_at ? -1 : 1;
	return x->exec_n == y->exec_n ? 0 : x->exec_n > y->exec_n ? -1 : 1;
}

static size_t
scan_folder(const char *folder, const struct locate_place *place, pid_t only_pid,
	    struct locate_entry **entries, size_t n)
{
	int fd = container_open(AT_FDCWD, folder,
				O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	size_t seen = 0;
	struct dirent *d;
	struct stat st;
	DIR *dir;

	if (fd < 0)
		return n;
	if (fstat(fd, &st) != 0 || st.st_uid != place->uid ||
	    (dir = fdopendir(fd)) == NULL) {
		close(fd);
		return n;
	}
	while ((d = readdir(dir)) != NULL && seen < LOCATE_MAX_ENTRIES) {
		char path[PATH_MAX];
		uint64_t start;
		unsigned exec_n;
		pid_t pid;

		if (!locate_parse_name(d->d_name, &pid, &start, &exec_n) ||
		    (only_pid != 0 && pid != only_pid) ||
		    snprintf(path, sizeof(path), "%s/%s", folder, d->d_name) >=
			    (int)sizeof(path))
			continue;
		seen++;
		*entries = reallocarray(*entries, n + 1, sizeof(**entries));
		if (*entries == NULL)
			tell_no_memory();
		/* Gone since readdir: not worth a word. */
		if (locate_open(&(*entries)[n], path) != -ENOENT)
			n++;
	}
	closedir(dir);
	return n;
}

size_t
locate_all(const struct locate_place *place, pid_t only_pid, struct locate_entry **out)
{
	char folders[LOCATE_FOLDERS][PATH_MAX];
	size_t n_folders = locate_folders(place, folders), n = 0;

	*out = NULL;
	for (size_t i = 0; i < n_folders; i++) {
		bool repeated = false;

		for (size_t k = 0; k < i; k++)
			repeated = repeated || strcmp(folders[i], folders[k]) == 0;
		if (!repeated)
			n = scan_folder(folders[i], place, only_pid, out, n);
	}
	if (n > 0)
		qsort(*out, n, sizeof(**out), by_life_then_age);
	return n;
}

void
locate_free(struct locate_entry *entries, size_t n)
{
	for (size_t i = 0; i < n; i++)
		sidecar_free(&entries[i].sidecar);
	free(entries);
}

const char *
locate_life_text(enum locate_life life)
{
	switch (life) {
	case LOCATE_RUNNING:
		return "running";
	case LOCATE_REPLACED:
		return "replaced by exec";
	case LOCATE_EXITED:
		return "exited";
	case LOCATE_GONE:
		return "gone";
	case LOCATE_UNKNOWN:
		break;
	}
	return "unknown";
}

uint64_t
locate_age_ns(const struct sidecar *s)
{
	struct timespec now;
	uint64_t ns;

	clock_gettime(CLOCK_REALTIME, &now);
	ns = (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
	return ns > s->slot.unix_ns ? ns - s->slot.unix_ns : 0;
}
