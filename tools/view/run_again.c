/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From what the sidecar knows of the command line. What stood behind the script is not in there: it may have been a
 * secret.
 */
#include "tools/view/run_again.h"

#include <string.h>

#include "tools/read/script_name.h"
#include "tools/text/show.h"

/* What a shell takes for words. */
static bool
is_plain(const char *words)
{
	return words[0] != '\0' &&
	       words[strspn(words, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "0123456789./_@:+- ")] == '\0';
}

const char *
run_again(char buf[RUN_AGAIN_BYTES], const struct growth_view *v, const char *weir,
	  const char *flag)
{
	char name[SCRIPT_NAME_BYTES] = "";
	const char *runtime = trace_view_string(v->trace, v->trace->head.runtime);
	const char *script;

	if (v->entry != NULL)
		script_name(&v->entry->sidecar, name);
	if (!is_plain(name))
		show_format(name, sizeof(name), "%s", is_plain(runtime) ? runtime : "");
	script = strchr(name, ' ');
	show_format(buf, RUN_AGAIN_BYTES, "weir run%s%s -- %.*s%s%s%s",
		    weir[0] != '\0' ? " " : "", weir,
		    script != NULL ? (int)(script - name) : (int)strlen(name), name,
		    flag[0] != '\0' ? " " : "", flag, script != NULL ? script : " ...");
	return buf;
}
