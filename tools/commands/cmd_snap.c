/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `weir snap` marks an instant in a running process's trace, `weir purge` has it give back its
 * cached memory. Both put a question into the mailbox of its sidecar and wait for the answer.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>

#include "tools/commands/cmd.h"
#include "tools/commands/mail_args.h"
#include "tools/commands/subject.h"
#include "tools/model/growth_rows.h"
#include "tools/read/mailbox.h"
#include "tools/text/show.h"
#include "tools/text/tell.h"

#define DEFAULT_SECONDS 5

static void
snap_help(FILE *out)
{
	fputs("Marks this instant; `weir growth PID --diff A B` shows what changed "
	      "between two marks,\nby LABEL (at most 47 bytes) or by number. The last 32 "
	      "marks are kept.\n\n"
	      "  --timeout=SECONDS    how long to wait for the process: 5\n",
	      out);
}

static void
purge_help(FILE *out)
{
	fputs("Has the process give back all memory that weir holds free for it. It "
	      "costs page faults\nlater; nothing else changes.\n\n"
	      "  --timeout=SECONDS    how long to wait for the process: 5\n",
	      out);
}

static bool
is_label(const char *text)
{
	const unsigned char *p = (const unsigned char *)text;
	size_t n = strlen(text);

	if (n >= MAILBOX_LABEL_BYTES)
		return false;
	while (n > 0) {
		uint32_t c = 0;
		size_t len = show_utf8(p, n, &c);

		if (len == 0 || c < 0x20 || (c >= 0x7f && c < 0xa0))
			return false;
		p += len;
		n -= len;
	}
	return true;
}

/* The answer, or -1 after an error has been told. */
static int64_t
ask(const struct mail_args *r, enum weir_stats_command command,
    const struct locate_entry *e, uint64_t *request)
{
	const char *label = r->label != NULL ? r->label : "";
	char why[MAILBOX_WHY];
	int64_t result = -1;

	if (mailbox_ask(e, command, label, r->seconds, &result, request, why) != 0) {
		tell_error("process %d (%s): %s", e->sidecar.header.pid, e->path, why);
		return -1;
	}
	if (result < 0) {
		tell_error("process %d refuses: %s", e->sidecar.header.pid,
			   result == -ENOSYS || result == -ENOTSUP
				   ? "it runs without a trace"
				   : mail_refusal(result));
		return -1;
	}
	return result;
}

/* What the mark says, read back from the file. */
static void
print_mark(const struct locate_entry *e, uint64_t request, int64_t id)
{
	char why[TRACE_VIEW_WHY], label[256], rss[SHOW_VALUE], live[SHOW_VALUE];
	char blocks[SHOW_VALUE];
	struct trace_view v;

	if (trace_view_load(&v, AT_FDCWD, e->path, why) != 0) {
		printf("mark %" PRId64 "\n", id);
		return;
	}
	const struct trace_ring *marks = trace_view_ring(&v, WEIR_PART_MARKS);
	const struct weir_trace_row *row = NULL;

	for (uint32_t i = 0; i < marks->n; i++)
		if (marks->rows[i]->request == request)
			row = marks->rows[i];
	printf("mark %" PRId64, id);
	if (row != NULL && row->label[0] != '\0')
		printf(" \"%s\"", show_clean(label, sizeof(label), row->label));
	if (row != NULL)
		printf(": resident %s, %s live in %s block%s",
		       show_bytes(rss, row->rss_bytes), show_bytes(live, row->live_bytes),
		       show_count(blocks, row->live_count), show_plural(row->live_count));
	putchar('\n');
	trace_view_free(&v);
}

static int
run_snap(int argc, char **argv)
{
	struct mail_args r = {.may_label = true, .seconds = DEFAULT_SECONDS};
	struct locate_entry e = {0};
	int status = mail_args_parse(&cmd_snap, argc, argv, &r);
	uint64_t request = 0;
	int64_t id;

	if (status >= 0)
		return status;
	if (r.label != NULL && !is_label(r.label))
		return cmd_usage(&cmd_snap,
				 "a label is text of at most %d bytes on one line",
				 MAILBOX_LABEL_BYTES - 1);
	if (!subject_open("snap", r.what, &e))
		return CMD_FAILED;
	id = ask(&r, WEIR_COMMAND_MARK, &e, &request);
	if (id >= 0)
		print_mark(&e, request, id);
	sidecar_free(&e.sidecar);
	return id >= 0 ? CMD_OK : CMD_FAILED;
}

static int
run_purge(int argc, char **argv)
{
	struct mail_args r = {.seconds = DEFAULT_SECONDS};
	struct locate_entry e = {0};
	int status = mail_args_parse(&cmd_purge, argc, argv, &r);
	uint64_t request = 0;
	int64_t bytes;
	char buf[SHOW_VALUE];

	if (status >= 0)
		return status;
	if (!subject_open("purge", r.what, &e))
		return CMD_FAILED;
	bytes = ask(&r, WEIR_COMMAND_PURGE, &e, &request);
	if (bytes >= 0)
		printf("process %d gave back %s\n", e.sidecar.header.pid,
		       show_bytes(buf, (uint64_t)bytes));
	sidecar_free(&e.sidecar);
	return bytes >= 0 ? CMD_OK : CMD_FAILED;
}

const struct cmd cmd_snap = {
	.name = "snap",
	.args = "[--timeout=SECONDS] PID [LABEL]",
	.summary = "mark an instant in a running process, for weir growth --diff",
	.examples = "  weir snap 4711 before; sleep 60; weir snap 4711 after\n"
		    "  weir growth 4711 --diff before after\n",
	.run = run_snap,
	.help = snap_help,
};

const struct cmd cmd_purge = {
	.name = "purge",
	.args = "[--timeout=SECONDS] PID",
	.summary = "have a running process give back the memory it keeps free",
	.examples = "  weir purge 4711\n",
	.run = run_purge,
	.help = purge_help,
};
