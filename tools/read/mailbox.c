/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The asking side of the mailbox. Called by cmd_snap.c and cmd_purge.c; never waits longer than it
 * was told, and trusts the file no further than a reader would.
 */
#include "tools/read/mailbox.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "tools/read/proc.h"
#include "tools/read/trace_view.h"
#include "tools/text/monotonic.h"

#define POLL_NS 10000000

#define FAIL(error, ...) (snprintf(why, MAILBOX_WHY, __VA_ARGS__), -(error))

struct asking {
	int fd;
	uint64_t at; /* of the mailbox */
	int64_t until_ns;
	const struct locate_entry *entry;
	char *why;
};

static bool
pause_until(int64_t until_ns)
{
	if (monotonic_ns() >= until_ns)
		return false;
	nanosleep(&(struct timespec){.tv_nsec = POLL_NS}, NULL);
	return true;
}

static int
find_mailbox(struct asking *a)
{
	struct weir_stats_header h;
	char *why = a->why;
	struct stat st;

	if (fstat(a->fd, &st) != 0)
		return FAIL(errno, "%s", strerror(errno));
	if (!S_ISREG(st.st_mode) || st.st_size > (off_t)TRACE_VIEW_MAX_FILE)
		return FAIL(ENOTSUP, "not a sidecar");
	if (pread(a->fd, &h, sizeof(h), 0) != (ssize_t)sizeof(h) ||
	    memcmp(h.magic, WEIR_STATS_MAGIC, sizeof(h.magic)) != 0)
		return FAIL(EINVAL, "not a sidecar");
	if (h.mailbox_offset == 0)
		return FAIL(ENOTSUP, "its weir takes no requests: it is older, or built "
				     "without");
	if (h.mailbox_offset % 8 != 0 || h.mailbox_offset < sizeof(h) ||
	    h.mailbox_offset > (uint64_t)st.st_size ||
	    (uint64_t)st.st_size - h.mailbox_offset < sizeof(struct weir_stats_mailbox))
		return FAIL(EBADMSG, "damaged: its mailbox lies outside the file");
	a->at = h.mailbox_offset;
	return 0;
}

static int
take_turn(struct asking *a)
{
	char *why = a->why;

	while (flock(a->fd, LOCK_EX | LOCK_NB) != 0) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return FAIL(errno, "cannot lock it: %s", strerror(errno));
		if (!pause_until(a->until_ns))
			return FAIL(EBUSY,
				    "another `weir snap` or `weir purge` holds it");
	}
	return 0;
}

static int
read_mailbox(struct asking *a, struct weir_stats_mailbox *m)
{
	char *why = a->why;

	if (pread(a->fd, m, sizeof(*m), (off_t)a->at) != (ssize_t)sizeof(*m))
		return FAIL(EIO, "cannot read its mailbox");
	return 0;
}

/* The question first, then its number: the process looks at the number. */
static int
put_question(struct asking *a, const struct weir_stats_mailbox *m)
{
	size_t from = offsetof(struct weir_stats_mailbox, command);
	size_t to = offsetof(struct weir_stats_mailbox, answered);
	char *why = a->why;

	if (pwrite(a->fd, (const char *)m + from, to - from, (off_t)(a->at + from)) !=
		    (ssize_t)(to - from) ||
	    pwrite(a->fd, &m->request, sizeof(m->request), (off_t)a->at) !=
		    (ssize_t)sizeof(m->request))
		return FAIL(EIO, "cannot write to it: %s", strerror(errno));
	return 0;
}

/* The process may sleep until it is told of it; one that cannot looks each second. */
static void
ring(const struct asking *a)
{
	long page = sysconf(_SC_PAGESIZE);
	uint64_t in_page = a->at % (uint64_t)page;
	/* Never loaded from: who cuts the file meanwhile would end us. */
	char *mapped = mmap(NULL, (size_t)page, PROT_READ, MAP_SHARED, a->fd,
			    (off_t)(a->at - in_page));

	if (mapped == MAP_FAILED)
		return;
	syscall(SYS_futex, mapped + in_page, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
	munmap(mapped, (size_t)page);
}

static int
await_answer(struct asking *a, uint64_t request, int64_t *result)
{
	const struct locate_entry *e = a->entry;
	struct weir_stats_mailbox m;
	char *why = a->why;
	struct proc_stat st;
	int rc;

	for (;;) {
		rc = read_mailbox(a, &m);
		if (rc != 0)
			return rc;
		if (m.answered == request) {
			/* It was written after the result; within one read nothing is in order. */
			rc = read_mailbox(a, &m);
			*result = m.result;
			return rc;
		}
		if (proc_stat(e->sidecar.header.pid, &st) == -ESRCH ||
		    (proc_stat(e->sidecar.header.pid, &st) == 0 &&
		     (st.start_ticks != e->sidecar.header.start_ticks || st.ended)))
			return FAIL(ESRCH, "the process ended before it answered");
		if (!pause_until(a->until_ns))
			return FAIL(
				ETIMEDOUT,
				"no answer: the process is stopped, or has no "
				"background thread (it has one thread, or "
				"decay_thread=off) and does not allocate; --timeout=S "
				"waits longer");
	}
}

static int
ask(struct asking *a, enum weir_stats_command command, const char *label, int64_t *result,
    uint64_t *request)
{
	struct weir_stats_mailbox m;
	int rc = find_mailbox(a);

	if (rc == 0)
		rc = take_turn(a);
	if (rc == 0)
		rc = read_mailbox(a, &m);
	if (rc != 0)
		return rc;
	*request = (m.request > m.answered ? m.request : m.answered) + 1;
	m.request = *request;
	m.command = command;
	memset(m.label, 0, sizeof(m.label));
	snprintf(m.label, sizeof(m.label), "%s", label);
	rc = put_question(a, &m);
	if (rc == 0)
		ring(a);
	return rc != 0 ? rc : await_answer(a, *request, result);
}

int
mailbox_ask(const struct locate_entry *entry, enum weir_stats_command command,
	    const char *label, double seconds, int64_t *result, uint64_t *request,
	    char why[MAILBOX_WHY])
{
	struct asking a = {
		.entry = entry,
		.why = why,
		.until_ns = monotonic_ns() + (int64_t)(seconds * 1e9),
	};
	int rc;

	_Static_assert(sizeof(((struct weir_stats_mailbox *)0)->label) ==
			       MAILBOX_LABEL_BYTES,
		       "label");
	if (entry->life != LOCATE_RUNNING && entry->life != LOCATE_UNKNOWN)
		return FAIL(ESRCH, "the process is no longer running (%s)",
			    locate_life_text(entry->life));
	a.fd = container_open(AT_FDCWD, entry->path,
			      O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	if (a.fd < 0)
		return FAIL(-a.fd, "cannot write to it: %s", strerror(-a.fd));
	rc = ask(&a, command, label, result, request);
	close(a.fd);
	return rc;
}
