/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `weir detach`: has the library that `weir attach` loaded put everything back. It is asked through its sidecar: the
 * process is neither stopped nor traced for it.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "tools/commands/cmd.h"
#include "tools/commands/subject.h"
#include "tools/read/mailbox.h"
#include "tools/text/show.h"
#include "tools/text/tell.h"

#define SECONDS 10

static void
detach_help(FILE *out)
{
	fputs("Undoes `weir attach`: the process calls its own allocator again. What was "
	      "recorded stays\nin the sidecar. The library stays in the process and does "
	      "nothing; its thread waits for\nbeing attached again.\n",
	      out);
}

static int
detach(const struct locate_entry *e)
{
	char why[MAILBOX_WHY];
	int64_t result = 0;
	uint64_t request;
	int pid = e->sidecar.header.pid;

	if (e->sidecar.header.attached_unix_ns == 0) {
		tell_error(
			"process %d was started under weir: there is nothing to detach",
			pid);
		return CMD_FAILED;
	}
	if (mailbox_ask(e, WEIR_COMMAND_DETACH, "", SECONDS, &result, &request, why) !=
	    0) {
		tell_error("process %d (%s): %s", pid, e->path, why);
		return CMD_FAILED;
	}
	if (result < 0) {
		tell_error("process %d: %s", pid,
			   result == -EALREADY ? "detached already"
					       : strerror((int)-result));
		return CMD_FAILED;
	}
	printf("detached from %d: %" PRId64 " slots restored\n", pid, result);
	return CMD_OK;
}

static int
run(int argc, char **argv)
{
	struct locate_entry e = {0};
	int status;

	if (argc == 2 && strcmp(argv[1], "--help") == 0) {
		cmd_print_help(&cmd_detach, stdout);
		return CMD_OK;
	}
	if (argc == 2 && argv[1][0] == '-')
		return cmd_unknown_option(&cmd_detach, argv[1]);
	if (argc != 2)
		return cmd_usage(&cmd_detach, "which process? `weir stat` lists them");
	if (!subject_open("detach", argv[1], &e))
		return CMD_FAILED;
	status = detach(&e);
	sidecar_free(&e.sidecar);
	return status;
}

const struct cmd cmd_detach = {
	.name = "detach",
	.args = "PID",
	.summary = "undo `weir attach`",
	.examples = "  weir detach 4711\n",
	.run = run,
	.help = detach_help,
};
