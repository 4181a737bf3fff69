/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What it costs is said first; the process is touched only by whoever has read that.
 */
#include "tools/commands/holders_take.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "tools/commands/inspected.h"
#include "tools/host/inspectable.h"
#include "tools/read/proc.h"
#include "tools/text/monotonic.h"
#include "tools/text/show.h"
#include "tools/text/tell.h"

#define OTHERWISE                                                                        \
	"have the program itself write a snapshot, by v8.writeHeapSnapshot(); or "       \
	"restart "                                                                       \
	"it with --heapsnapshot-signal=SIGUSR2"

/* Readable by nobody else: a snapshot has all that the program knows in it. */
static int
open_nameless(void)
{
	const char *folders[] = {getenv("TMPDIR"), "/var/tmp", "/tmp"};
	char path[PATH_MAX];
	int fd = -1;

	for (size_t i = 0; i < 3 && fd < 0; i++) {
		if (folders[i] == NULL || folders[i][0] != '/')
			continue;
		fd = open(folders[i], O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
		if (fd >= 0 || snprintf(path, sizeof(path), "%s/weir-holders-XXXXXX",
					folders[i]) >= (int)sizeof(path))
			continue;
		fd = mkostemp(path, O_CLOEXEC);
		if (fd >= 0)
			unlink(path);
	}
	return fd;
}

static int
open_output(const struct holders_take *t)
{
	int fd = t->output == NULL
			 ? open_nameless()
			 : open(t->output, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0)
		tell_error("%s: %s",
			   t->output != NULL ? t->output : "a file for the snapshot",
			   strerror(errno));
	return fd;
}

static void
tell_price(const struct holders_take *t, const struct inspector *i)
{
	char rss[SHOW_VALUE];
	uint64_t bytes = 0;

	proc_rss(t->pid, &bytes, NULL);
	tell_error(
		"process %d (%s resident) would stand still while it makes the "
		"snapshot, about ten seconds for each 100 MB of V8's heap, and need that "
		"much memory once more and twice as much on disk%s. Buffers do not "
		"count. If that may be: weir holders --yes %d",
		(int)t->pid, show_bytes(rss, bytes),
		i->open ? ""
			: "; its inspector is opened for that time, to anybody on this "
			  "machine, by SIGUSR1, and says so on its standard error",
		(int)t->pid);
}

static int
take(const struct holders_take *t, struct inspector *i, int fd)
{
	char size[SHOW_VALUE], time[SHOW_VALUE];
	int64_t begin = monotonic_ns();
	int rc = inspector_snapshot(i, fd);

	if (rc != 0)
		tell_error("process %d: %s", (int)t->pid, i->why);
	inspected_warn(i, t->pid);
	if (rc == 0)
		fprintf(stderr, "weir: snapshot of %s in %s\n",
			show_bytes(size, i->bytes),
			show_duration(time, (uint64_t)(monotonic_ns() - begin)));
	return rc;
}

int
holders_take(const struct holders_take *t)
{
	struct inspector i;
	int fd = -1;

	if (inspectable_examine(&i, t->pid, OTHERWISE) != 0) {
		tell_error("process %d: %s", (int)t->pid, i.why);
	} else if (!t->yes) {
		tell_price(t, &i);
	} else if ((fd = open_output(t)) >= 0) {
		i.wait_s = t->wait_s;
		if (take(t, &i, fd) != 0) {
			if (t->output != NULL)
				unlink(t->output);
			close(fd);
			fd = -1;
		}
	}
	if (i.pidfd >= 0)
		close(i.pidfd);
	return fd;
}
