/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The signal, the wait for the process's own listener, the question, the answer in pieces. What the process sends is
 * written where the caller says, and nothing else of it is believed.
 */
#include "tools/host/inspector.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "tools/host/inspector_workers.h"
#include "tools/host/websocket.h"
#include "tools/read/listeners.h"
#include "tools/text/show.h"

#define OPEN_SECONDS  10
#define CLOSE_SECONDS 5
#define LOOK_NS	      20000000
#define SHORT_MS      5000
#define ENDS_MS	      300

#define FAIL(i, error, ...) (show_format((i)->why, INSPECTOR_WHY, __VA_ARGS__), -(error))

static bool
listens(const struct inspector *i, bool *v6)
{
	struct listeners l;
	const struct listener *at;
	bool own;

	if (listeners_read(&l, i->pid) != 0)
		return false;
	at = listeners_at(&l, i->port);
	own = at != NULL && at->own;
	if (own && v6 != NULL)
		*v6 = at->v6;
	listeners_free(&l);
	return own;
}

/* Waits until the process listens, or no longer does. */
static bool
await_listening(struct inspector *i, bool wanted, int seconds)
{
	for (int64_t ns = 0; ns < seconds * INT64_C(1000000000); ns += LOOK_NS) {
		if (listens(i, wanted ? &i->v6 : NULL) == wanted)
			return true;
		nanosleep(&(struct timespec){.tv_nsec = LOOK_NS}, NULL);
	}
	return false;
}

static int
open_inspector(struct inspector *i)
{
	int rc = i->pidfd >= 0
			 ? (int)syscall(SYS_pidfd_send_signal, i->pidfd, SIGUSR1, NULL, 0)
			 : kill(i->pid, SIGUSR1);

	if (rc != 0)
		return FAIL(i, errno, "it cannot be sent SIGUSR1: %s", strerror(errno));
	if (await_listening(i, true, OPEN_SECONDS))
		return 0;
	return FAIL(
		i, ETIMEDOUT,
		"it was sent SIGUSR1, and no inspector came at port %u within %d s: it "
		"has a handler of its own for that signal, or does not come to it (a "
		"loop, a stop), or its inspector's port was changed as it ran",
		(unsigned)i->port, OPEN_SECONDS);
}

/* The path of the only target, "/" and an id; false if the answer is none of Node's. */
static bool
find_path(const char *list, char *path, size_t size)
{
	const char *url = strstr(list, "\"webSocketDebuggerUrl\"");
	size_t n;

	if (url == NULL || strstr(list, "\"type\": \"node\"") == NULL)
		return false;
	url = strstr(url, "ws://");
	url = url != NULL ? strchr(url + 5, '/') : NULL;
	n = url != NULL ? strcspn(url, "\"\r\n ") : 0;
	if (n < 2 || n >= size)
		return false;
	memcpy(path, url, n);
	path[n] = '\0';
	return true;
}

static int
connect_to(struct inspector *i, struct websocket *w)
{
	char path[128], *list = NULL;
	bool found;
	int rc = websocket_connect(w, i->port, i->v6, SHORT_MS);

	if (rc == 0)
		rc = websocket_get(w, "/json/list", &list);
	websocket_close(w);
	if (rc != 0)
		return FAIL(i, -rc, "its inspector at port %u does not answer: %s",
			    (unsigned)i->port, strerror(-rc));
	found = find_path(list, path, sizeof(path));
	free(list);
	if (!found)
		return FAIL(i, EPROTO, "what it has at port %u is no inspector of Node's",
			    (unsigned)i->port);
	rc = websocket_connect(w, i->port, i->v6, i->wait_s * 1000);
	if (rc == 0)
		rc = websocket_upgrade(w, path);
	return rc == 0 ? 0
		       : FAIL(i, -rc, "its inspector at port %u refuses: %s",
			      (unsigned)i->port, strerror(-rc));
}

static int
hex4(const char *p)
{
	int v = 0;

	for (int i = 0; i < 4; i++) {
		const char *digits = "0123456789abcdef0123456789ABCDEF";
		const char *at = p[i] != '\0' ? strchr(digits, p[i]) : NULL;

		if (at == NULL)
			return -1;
		v = v << 4 | (int)((at - digits) & 15);
	}
	return v;
}

/* The text of a JSON string whose first byte is at `p`, in its place; its bytes, or -1. */
static ssize_t
unescape(char *text)
{
	static const char from[] = "bfnrt\"\\/", to[] = "\b\f\n\r\t\"\\/";
	char *out = text;

	for (const char *p = text; *p != '"';) {
		const char *at;
		int code;

		if (*p == '\0')
			return -1;
		if (*p != '\\') {
			*out++ = *p++;
			continue;
		}
		at = p[1] != '\0' ? strchr(from, p[1]) : NULL;
		if (at != NULL) {
			*out++ = to[at - from];
			p += 2;
			continue;
		}
		/* A snapshot is ASCII: it has its own escapes for all else. */
		if (p[1] != 'u' || (code = hex4(p + 2)) < 0 || code > 0x7f)
			return -1;
		*out++ = (char)code;
		p += 6;
	}
	return out - text;
}

static int
write_chunk(struct inspector *i, int fd, char *text)
{
	ssize_t n = unescape(text);

	if (n < 0)
		return FAIL(i, EPROTO, "its inspector sends what is no snapshot");
	while (n > 0) {
		ssize_t put = write(fd, text, (size_t)n);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return FAIL(i, put < 0 ? errno : EIO,
				    "the snapshot cannot be written: %s%s",
				    strerror(errno),
				    errno == ENOSPC ? " (TMPDIR says where, or --output)"
						    : "");
		text += put;
		n -= put;
		i->bytes += (uint64_t)put;
	}
	return 0;
}

static int
receive(struct inspector *i, struct websocket *w, int fd)
{
	static const char event[] = "{\"method\":\"HeapProfiler.addHeapSnapshotChunk\"";
	static const char key[] = "\"chunk\":\"";
	char *chunk;

	for (;;) {
		int rc = websocket_receive(w);

		if (rc != 0)
			return FAIL(i, -rc,
				    "its inspector %s before the snapshot was whole",
				    rc == -ETIMEDOUT ? "was silent too long (--timeout)"
						     : "ended");
		if (strncmp(w->message, event, sizeof(event) - 1) == 0 &&
		    (chunk = strstr(w->message, key)) != NULL) {
			rc = write_chunk(i, fd, chunk + sizeof(key) - 1);
			if (rc != 0)
				return rc;
		} else if (strncmp(w->message, "{\"id\":1,", 8) == 0) {
			return strstr(w->message, "\"error\"") == NULL
				       ? 0
				       : FAIL(i, EPROTO, "its inspector refuses: %.200s",
					      w->message);
		}
	}
}

/* In a turn of its own, when our connection is gone: to close it waits for those that are open. */
#define CLOSE                                                                            \
	"{\"id\":2,\"method\":\"Runtime.evaluate\",\"params\":{\"expression\":"          \
	"\"setTimeout(()=>process._debugEnd(),100).unref(),0\"}}"

static void
close_inspector(struct inspector *i, struct websocket *w)
{
	int rc = websocket_send(w, CLOSE);

	while (rc == 0 && (rc = websocket_receive(w)) == 0 &&
	       strncmp(w->message, "{\"id\":2,", 8) != 0)
		;
	websocket_close(w);
	i->left_open = rc != 0 || !await_listening(i, false, CLOSE_SECONDS);
}

/* A process that ends closes its sockets a little before. */
static bool
has_ended(const struct inspector *i)
{
	struct pollfd end = {.fd = i->pidfd, .events = POLLIN};

	return i->pidfd >= 0 ? poll(&end, 1, ENDS_MS) == 1 : kill(i->pid, 0) != 0;
}

/* What is asked of it while it is connected. 0, or -errno with the reason. */
typedef int question(struct inspector *i, struct websocket *w, const void *what);

static int
ask_opened(struct inspector *i, question *ask, const void *what)
{
	struct websocket w = {.fd = -1};
	int rc = connect_to(i, &w);

	if (rc == 0)
		rc = ask(i, &w, what);
	if (!i->open && w.fd >= 0)
		close_inspector(i, &w);
	else
		i->left_open = !i->open && rc != 0;
	websocket_close(&w);
	return rc;
}

static int
converse(struct inspector *i, question *ask, const void *what)
{
	int rc = i->open ? (listens(i, &i->v6) ? 0 : FAIL(i, ESRCH, "it is gone"))
			 : open_inspector(i);

	if (rc == 0)
		rc = ask_opened(i, ask, what);
	if (rc != 0 && has_ended(i)) {
		i->left_open = false;
		return FAIL(i, ESRCH, "it ended before it had answered");
	}
	return rc;
}

static int
send_to(struct inspector *i, struct websocket *w, const char *text)
{
	int rc = websocket_send(w, text);

	return rc == 0 ? 0
		       : FAIL(i, -rc, "its inspector does not listen: %s", strerror(-rc));
}

static int
ask_snapshot(struct inspector *i, struct websocket *w, const void *fd)
{
	int rc = send_to(i, w,
			 "{\"id\":1,\"method\":\"HeapProfiler.takeHeapSnapshot\","
			 "\"params\":{\"reportProgress\":false}}");

	return rc != 0 ? rc : receive(i, w, *(const int *)fd);
}

int
inspector_snapshot(struct inspector *i, int fd)
{
	return converse(i, ask_snapshot, &fd);
}

/* To the question with the id 1; it is in w->message. */
static int
await_answer(struct inspector *i, struct websocket *w)
{
	for (;;) {
		int rc = websocket_receive(w);

		if (rc != 0)
			return FAIL(
				i, -rc,
				"its inspector %s: its main thread does not come to it "
				"(a synchronous call, a loop in an add-on)",
				rc == -ETIMEDOUT ? "does not answer"
						 : "closed the connection");
		if (strncmp(w->message, "{\"id\":1,", 8) == 0)
			return 0;
	}
}

/* RTLD_NOW and RTLD_NODELETE: Node finds no add-on in it, says so, and closes it again. */
#define LOAD                                                                             \
	"{\"id\":1,\"method\":\"Runtime.evaluate\",\"params\":{\"silent\":true,"         \
	"\"expression\":\"(()=>{try{process.dlopen({exports:{}},'%s',4098)}"             \
	"catch(e){return String(e.message)}})()\"}}"

static int
ask_load(struct inspector *i, struct websocket *w, const void *path)
{
	char text[sizeof(LOAD) + PATH_MAX];
	const char *value;
	int rc;

	snprintf(text, sizeof(text), LOAD, (const char *)path);
	rc = send_to(i, w, text);
	if (rc == 0)
		rc = await_answer(i, w);
	value = rc == 0 ? strstr(w->message, "\"value\":\"") : NULL;
	show_format(i->answer, sizeof(i->answer), "%.*s",
		    value != NULL ? (int)strcspn(value + 9, "\"") : 0,
		    value != NULL ? value + 9 : "");
	return rc;
}

int
inspector_load(struct inspector *i, const char *path)
{
	for (const char *p = path; *p != '\0'; p++)
		if (*p <= ' ' || *p > '~' || strchr("\"'\\", *p) != NULL)
			return FAIL(i, EINVAL,
				    "it can be told of no folder with such a name: %s",
				    path);
	return strlen(path) < PATH_MAX ? converse(i, ask_load, path)
				       : FAIL(i, ENAMETOOLONG, "%s is too long", path);
}

static int
ask_collect(struct inspector *i, struct websocket *w, const void *nothing)
{
	int rc = send_to(i, w, "{\"id\":1,\"method\":\"HeapProfiler.collectGarbage\"}");

	(void)nothing;
	if (rc == 0)
		rc = await_answer(i, w);
	if (rc == 0 && strstr(w->message, "\"error\"") != NULL)
		return FAIL(i, EPROTO, "its inspector refuses: %.200s", w->message);
	if (rc == 0)
		i->workers = inspector_workers_collect(w);
	return rc;
}

int
inspector_collect(struct inspector *i)
{
	return converse(i, ask_collect, NULL);
}
