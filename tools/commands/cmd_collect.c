/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `weir collect`: has a runtime collect its garbage now, by weir's hook within it, through the mailbox of its sidecar.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <time.h>
#include <unistd.h>

#include "tools/commands/cmd.h"
#include "tools/commands/inspected.h"
#include "tools/commands/mail_args.h"
#include "tools/commands/subject.h"
#include "tools/host/inspectable.h"
#include "tools/read/collections.h"
#include "tools/read/mailbox.h"
#include "tools/read/trace_view.h"
#include "tools/text/monotonic.h"
#include "tools/text/show.h"
#include "tools/text/tell.h"

/* An idle hook looks each six seconds, and waits as long for those of workers. */
#define DEFAULT_SECONDS 15

static void
help(FILE *out)
{
	fputs("Has Node or CPython collect its garbage now: what stays is not garbage. "
	      "A Node must have been\nstarted with `weir run --collect=asked` (or idle, "
	      "or "
	      "limit), or is asked through its inspector;\nCPython is asked by weir "
	      "within it.\n\n"
	      "  --through=inspector  of a process without the hook: its inspector is "
	      "opened by SIGUSR1, to\n"
	      "                       anybody on this machine, and closed again; never "
	      "where that signal\n"
	      "                       could end it\n"
	      "  --timeout=SECONDS    how long to wait for the answer: 15; the hook "
	      "looks each half second,\n"
	      "                       each six seconds while the program idles\n",
	      out);
}

/* Why nobody would answer. */
static void
tell_unhooked(const struct locate_entry *e, const struct collections *c)
{
	char exe[4 * WEIR_STATS_EXE_BYTES];
	int32_t pid = e->sidecar.header.pid;

	if (c->asked_for)
		tell_error("process %d: its hook has not come up: it begins half a "
			   "second after the program does, once that waits for "
			   "something",
			   pid);
	else
		tell_error("process %d (%s) runs without the hook that collects: `weir "
			   "collect --through=inspector %d` opens its inspector for "
			   "that, to anybody on this machine, and closes it again; the "
			   "next time `weir run --collect=asked ...`; only Node and "
			   "CPython can be asked",
			   pid, show_clean(exe, sizeof(exe), e->sidecar.header.exe), pid);
}

/* CPython: weir within it asks its collector, no hook is needed. */
static bool
asks_itself(const struct locate_entry *e)
{
	char why[TRACE_VIEW_WHY];
	struct trace_view v;

	/* An attached library only looks. */
	if (e->sidecar.header.attached_unix_ns != 0)
		return false;
	if (trace_view_peek(&v, AT_FDCWD, e->path, why) != 0)
		return false;
	bool known = v.head.cycles_known != 0;
	trace_view_free(&v);
	return known;
}

/* False: it has said why not; `silent` is why a process may not answer. */
static bool
asked(const struct mail_args *r, const struct locate_entry *e, const char *silent,
      int64_t *result)
{
	int32_t pid = e->sidecar.header.pid;
	char why[MAILBOX_WHY];
	uint64_t request;
	int rc = mailbox_ask(e, WEIR_COMMAND_COLLECT, "", r->seconds, result, &request,
			     why);

	if (rc == -ETIMEDOUT)
		tell_error("process %d: no answer: %s; --timeout=S waits longer", pid,
			   silent);
	else if (rc != 0)
		tell_error("process %d (%s): %s", pid, e->path, why);
	else if (*result < 0)
		tell_error("process %d refuses: %s", pid, mail_refusal(*result));
	return rc == 0 && *result >= 0;
}

static int
ask_itself(const struct mail_args *r, const struct locate_entry *e)
{
	int32_t pid = e->sidecar.header.pid;
	char n[SHOW_VALUE];
	int64_t result;

	if (!asked(r, e,
		   "its main thread runs no Python (it waits, computes in an extension, "
		   "or is stopped), or asks for no memory",
		   &result))
		return CMD_FAILED;
	printf("process %d found %s object%s that only referred to %s; `weir growth %d` "
	       "knows now what stays\n",
	       pid, show_count(n, (uint64_t)result), result == 1 ? "" : "s",
	       result == 1 ? "itself" : "each other", pid);
	return CMD_OK;
}

static int
ask(const struct mail_args *r, const struct locate_entry *e)
{
	struct collections c = collections_read(e->path, &e->sidecar.header);
	char freed[SHOW_VALUE], took[SHOW_VALUE];
	int32_t pid = e->sidecar.header.pid;
	int64_t result;

	if ((e->life == LOCATE_RUNNING || e->life == LOCATE_UNKNOWN) && !c.hooked) {
		tell_unhooked(e, &c);
		return CMD_FAILED;
	}
	if (!asked(r, e,
		   "its event loop does not turn (it computes, waits in a synchronous "
		   "call, or is stopped)",
		   &result))
		return CMD_FAILED;
	c = collections_read(e->path, &e->sidecar.header);
	printf("process %d freed %s in %s", pid, show_bytes(freed, (uint64_t)result),
	       show_duration(took,
			     c.words[WEIR_COLLECT_last_pause_us] % 1000000000 * 1000));
	if (c.words[WEIR_COLLECT_isolates] > 1)
		printf(", in %" PRIu64 " isolates", c.words[WEIR_COLLECT_isolates]);
	printf("; `weir growth %d` knows now what stays\n", pid);
	return CMD_OK;
}

static int
ask_inspector(const struct mail_args *r, const struct locate_entry *e)
{
	int32_t pid = e->sidecar.header.pid;
	char took[SHOW_VALUE];
	struct inspector i;
	int rc = inspectable_examine(&i, pid, "start it by `weir run --collect=asked`");

	if (rc == 0) {
		int64_t begun_ns = monotonic_ns();

		i.wait_s = r->seconds < 1 ? 1 : (int)r->seconds;
		rc = inspector_collect(&i);
		show_duration(took, (uint64_t)(monotonic_ns() - begun_ns));
	}
	if (i.pidfd >= 0)
		close(i.pidfd);
	if (rc != 0) {
		tell_error("process %d: %s", pid, i.why);
		return CMD_FAILED;
	}
	inspected_warn(&i, pid);
	printf("process %d has collected: asked and answered in %s", pid, took);
	if (i.workers.asked > 0)
		printf(", in %u of %u workers too", i.workers.collected, i.workers.asked);
	printf("; `weir growth %d` knows now what stays\n", pid);
	return CMD_OK;
}

static int
run(int argc, char **argv)
{
	struct mail_args r = {.seconds = DEFAULT_SECONDS, .may_inspect = true};
	struct locate_entry e = {0};
	int status = mail_args_parse(&cmd_collect, argc, argv, &r);

	if (status >= 0)
		return status;
	if (!subject_open("collect", r.what, &e))
		return CMD_FAILED;
	if (asks_itself(&e))
		status = ask_itself(&r, &e);
	else
		status = r.inspect ? ask_inspector(&r, &e) : ask(&r, &e);
	sidecar_free(&e.sidecar);
	return status;
}

const struct cmd cmd_collect = {
	.name = "collect",
	.args = "[--timeout=SECONDS] [--through=inspector] PID",
	.summary = "have a running Node or CPython collect its garbage",
	.examples = "  weir run --collect=asked -- node server.js\n"
		    "  weir collect 4711\n"
		    "  weir collect --through=inspector 4711\n",
	.run = run,
	.help = help,
};
