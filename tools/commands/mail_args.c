/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tools/commands/mail_args.h"

#define MAX_SECONDS 3600

int
mail_args_parse(const struct cmd *cmd, int argc, char **argv, struct mail_args *r)
{
	bool options = true;

	for (int i = 1; i < argc; i++) {
		const char *a = argv[i];
		char *end;

		if (!options || a[0] != '-' || a[1] == '\0') {
			if (r->what == NULL)
				r->what = a;
			else if (r->label == NULL && r->may_label)
				r->label = a;
			else
				return cmd_usage(cmd, "what is \"%s\"?", a);
		} else if (strcmp(a, "--") == 0) {
			options = false;
		} else if (strcmp(a, "--help") == 0) {
			cmd_print_help(cmd, stdout);
			return CMD_OK;
		} else if (strncmp(a, "--timeout=", 10) == 0) {
			r->seconds = strtod(a + 10, &end);
			if (end == a + 10 || *end != '\0' || !(r->seconds >= 0) ||
			    r->seconds > MAX_SECONDS)
				return cmd_usage(cmd,
						 "--timeout=\"%s\": seconds, 0 to %d",
						 a + 10, MAX_SECONDS);
		} else if (r->may_inspect && strcmp(a, "--through=inspector") == 0) {
			r->inspect = true;
		} else {
			return cmd_unknown_option(cmd, a);
		}
	}
	if (r->what == NULL)
		return cmd_usage(cmd, "which process? `weir stat` lists them");
	return -1;
}

const char *
mail_refusal(int64_t result)
{
	return strerror((int)-(result < -4095 ? -EINVAL : result));
}
