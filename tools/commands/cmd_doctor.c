/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `weir doctor`: would weir work in a program, or is it at work in a process; if not, why; and
 * what about this machine matters. Only reads.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "policy/options.h"
#include "tools/attach/attachable.h"
#include "tools/commands/cmd.h"
#include "tools/commands/configured.h"
#include "tools/host/launch.h"
#include "tools/host/machine.h"
#include "tools/host/running.h"
#include "tools/host/target.h"
#include "tools/read/locate.h"
#include "tools/read/look.h"
#include "tools/read/proc.h"
#include "tools/text/finding.h"
#include "tools/text/json.h"
#include "tools/text/show.h"
#include "tools/text/tell.h"

struct diagnosis {
	struct findings findings;
	bool works;
	char verdict[2 * TARGET_WHY];
};

enum form { TEXT, AS_JSON, QUIET };

static void
doctor_help(FILE *out)
{
	fputs("PROGRAM: would weir work in it? PID: is it at work there? Neither: is "
	      "weir\n"
	      "complete, and what about this machine matters.\n\n"
	      "  --json    the same for programs\n"
	      "  --quiet   the exit status alone, as health checks ask\n\n"
	      "Exit status: 0 it works, 1 it does not (the reason is printed), 127 there "
	      "is\n"
	      "no such program.\n",
	      out);
}

static void
conclude(struct diagnosis *d, bool works, const char *what, const char *why)
{
	d->works = works;
	show_format(d->verdict, sizeof(d->verdict), "%s%s", what, why);
}

/* False if there is no usable shim: then nothing else works either. */
static bool
examine_shim(struct diagnosis *d)
{
	char shim[PATH_MAX], why[2 * PATH_MAX];

	if (launch_find_shim(false, shim, sizeof(shim), why, sizeof(why)) != 0) {
		finding_add(&d->findings, "weir", "library", why, "not found");
		conclude(d, false, "weir cannot work: its library is missing", "");
		return false;
	}
	finding_add(&d->findings, "weir", "library", NULL, "%s", shim);
	conclude(d, true, "weir is complete here", "");
	return true;
}

/* The options of a `weir run` from here, but for those at their defaults. */
static void
add_options(struct diagnosis *d, struct weir_options *o)
{
	const char *text = getenv("WEIR_OPTIONS");
	struct configured c;
	char *all;

	configured_gather(&c, true);
	all = configured_before(&c, text);
	weir_options_parse(o, all, NULL, 0);
	free(all);
	finding_add(&d->findings, "weir", "WEIR_OPTIONS",
		    o->enabled ? NULL : "enabled=off: weir passes every call on", "%s",
		    text != NULL ? text : "(not set)");
	for (size_t i = 0; i < weir_n_option_rows; i++) {
		const char *name = weir_option_rows[i].name;
		const struct config_item *item = configured_item(&c, name);
		char value[OPTIONS_TEXT_MAX], from[PATH_MAX + 32];

		if (item == NULL)
			continue;
		weir_option_value_text(o, i, value, sizeof(value));
		if (item->line != 0)
			show_format(from, sizeof(from), "from %s, line %u", item->source,
				    item->line);
		else
			show_format(from, sizeof(from), "from %s", item->source);
		finding_add(&d->findings, "options", name, from, "%s", value);
	}
	configured_free(&c);
}

static void
examine_program(struct diagnosis *d, const char *path, const struct weir_options *o)
{
	struct findings *f = &d->findings;
	struct target t;
	int rc = target_examine(&t, path, getenv("PATH"));

	if (rc != 0) {
		finding_add(f, "program", "file", strerror(-rc), "%s", path);
		conclude(d, false, "it cannot be told: the program cannot be read: ",
			 strerror(-rc));
		return;
	}
	target_apply_options(&t, o);
	finding_add(f, "program", "file", t.script[0] != '\0' ? t.script : NULL, "%s",
		    t.path);
	if (t.program[0] != '\0' && strcmp(t.program, t.path) != 0)
		finding_add(f, "program", "executable", NULL, "%s", t.program);
	if (t.elf.native)
		finding_add(f, "program", "loader", NULL, "%s",
			    t.elf.dynamic ? t.elf.loader : "none: statically linked");
	if (t.elf.symbols_read)
		finding_add(f, "program", "malloc", NULL, "%s",
			    t.elf.defines != NULL  ? "its own, exported"
			    : t.elf.imports_malloc ? "imported"
						   : "not imported");
	if (t.inert[0] != '\0')
		conclude(d, false, "weir would do nothing in this program: ", t.inert);
	else if (d->works && t.doubt[0] != '\0')
		conclude(d, true, "nothing speaks against it, but: ", t.doubt);
	else if (d->works)
		conclude(d, true, "weir will work in this program", "");
}

/* Who does weir's work in the process. */
static void
examine_clock(struct findings *f, const struct sidecar *s)
{
	uint64_t failed = sidecar_counter(s, WEIR_C_timer_failed);
	char n[SHOW_VALUE];

	if (sidecar_counter(s, WEIR_C_silent) != 0)
		finding_add(f, "process", "background thread",
			    "a filter of system calls (seccomp) may kill for what "
			    "writing takes: "
			    "the record ends there, weir serves on",
			    "ended, in silence");
	else if (failed != 0)
		finding_add(f, "process", "background thread",
			    "free memory goes back only while the program allocates",
			    "could not be started, %s times", show_count(n, failed));
	else
		finding_add(f, "process", "background thread", NULL, "%s",
			    sidecar_counter(s, WEIR_C_timer_cpu_ns) != 0
				    ? "yes"
				    : "none: the program has one thread, or did little");
}

/* What stacks of the process look like: with lines of its language, some of them, or machine code only. */
static void
examine_frames(struct findings *f, const struct locate_entry *e)
{
	char why[TRACE_VIEW_WHY], runtime[128], version[128], reason[256];
	const char *remark = NULL;
	struct trace_view v;

	if (look_trace(&v, e, why) != 0) {
		finding_add(f, "process", "lines", why, "none");
		return;
	}
	show_clean(runtime, sizeof(runtime), trace_view_string(&v, v.head.runtime));
	show_clean(version, sizeof(version),
		   trace_view_string(&v, v.head.runtime_version));
	show_clean(reason, sizeof(reason), trace_view_string(&v, v.head.tier_reason));
	if (reason[0] != '\0')
		remark = reason;
	else if (v.head.tier == WEIR_TIER_V8_PARTLY)
		remark = "some lines are those of a function's definition, marked ~";
	else if (v.head.tier == WEIR_TIER_NATIVE)
		remark = "functions of machine code are named, with lines where there is "
			 "debug information; no runtime whose lines weir reads was found";
	finding_add(f, "process", "lines", remark, "%s%s%s%s%s", trace_view_tier(&v),
		    runtime[0] != '\0' ? " of " : "", runtime,
		    version[0] != '\0' ? ", " : "", version);
	trace_view_free(&v);
}

/* What a process under weir has done so far. */
static void
examine_sidecar(struct diagnosis *d, pid_t pid, const char *why_none)
{
	struct findings *f = &d->findings;
	struct locate_entry e;
	char age[SHOW_VALUE], n[SHOW_VALUE];
	uint64_t requests;
	int rc = locate_pid(pid, 0, &e);

	if (rc == -ENOENT) {
		finding_add(f, "process", "sidecar", why_none, "none");
		conclude(d, false, "loaded, but it has no sidecar: ", why_none);
		return;
	}
	if (rc != 0) {
		finding_add(f, "process", "sidecar", e.why, "%s", e.path);
		conclude(d, false, "loaded, but its sidecar cannot be read: ", e.why);
		return;
	}
	requests = sidecar_counter(&e.sidecar, WEIR_C_large_requests) -
		   sidecar_counter(&e.sidecar, WEIR_C_large_passed);
	finding_add(f, "process", "sidecar", NULL, "%s", e.path);
	finding_add(f, "process", "last write", NULL, "%s ago",
		    show_duration(age, locate_age_ns(&e.sidecar)));
	finding_add(f, "process", "large blocks", NULL, "%s served, %s passed on",
		    show_count(n, requests),
		    show_count(age, sidecar_counter(&e.sidecar, WEIR_C_large_passed)));
	examine_clock(f, &e.sidecar);
	examine_frames(f, &e);
	if (requests > 0)
		conclude(d, true, "weir is at work in this process", "");
	else
		conclude(d, true, "loaded; no large block has been served yet", "");
	sidecar_free(&e.sidecar);
}

/* Whether the process can be looked into as it is. */
static void
examine_attaching(struct diagnosis *d, pid_t pid)
{
	struct attachable_answer a;

	attachable_examine(&a, pid, NULL);
	if (a.is == ATTACHABLE_NO || a.is == ATTACHABLE_PERHAPS)
		finding_add(&d->findings, "process", "attaching", a.why, "%s",
			    a.is == ATTACHABLE_NO ? "not possible" : "perhaps");
	else
		finding_add(
			&d->findings, "process", "attaching",
			a.note[0] != '\0' ? a.note
			: a.filtered
				? "it has a filter of system calls (seccomp): whether "
				  "that would end it is read once a thread stands"
				: NULL,
			"possible, without a restart: weir attach %d", (int)pid);
}

static void
examine_process(struct diagnosis *d, pid_t pid)
{
	struct findings *f = &d->findings;
	char exe[PATH_MAX], why[TARGET_WHY];

	if (proc_link(pid, "exe", exe, sizeof(exe)) == 0)
		finding_add(f, "process", "executable", NULL, "%s", exe);
	switch (running_explain(pid, why, sizeof(why))) {
	case RUNNING_LOADED:
		finding_add(f, "process", "library", NULL, "loaded");
		examine_sidecar(d, pid, why);
		return;
	case RUNNING_NOT_LOADED:
		finding_add(f, "process", "library", why, "not loaded");
		examine_attaching(d, pid);
		conclude(d, false, "not at work: ", why);
		return;
	case RUNNING_UNKNOWN:
		finding_add(f, "process", "library", why, "unknown");
		conclude(d, false, "it cannot be told: ", why);
		return;
	}
}

static void
print(const struct diagnosis *d, enum form form)
{
	char clean[4 * sizeof(d->verdict)];
	struct json j;

	if (form == QUIET)
		return;
	if (form == TEXT) {
		finding_print_text(&d->findings, stdout);
		printf("\nverdict: %s\n", show_clean(clean, sizeof(clean), d->verdict));
		return;
	}
	json_begin(&j, stdout);
	json_open(&j, NULL, '{');
	json_bool(&j, "works", d->works);
	json_string(&j, "verdict", d->verdict);
	finding_print_json(&d->findings, &j);
	json_close(&j, '}');
	json_end(&j);
}

static int
diagnose(const char *what, enum form form)
{
	struct diagnosis d = {.works = false};
	struct weir_options o;
	char path[PATH_MAX];
	pid_t pid = 0;
	int rc;

	weir_options_defaults(&o);
	if (what != NULL && !proc_is_pid(what, &pid)) {
		rc = launch_find_command(what, getenv("PATH"), path, sizeof(path));
		if (rc != 0)
			return cmd_not_started(&cmd_doctor, what, -rc);
		examine_shim(&d);
		add_options(&d, &o);
		examine_program(&d, path, &o);
	} else if (what != NULL) {
		struct proc_stat st;

		pid = running_behind(pid);
		if (pid <= 0 || proc_stat(pid, &st) != 0) {
			tell_error("there is no process %s", what);
			return CMD_FAILED;
		}
		examine_process(&d, pid);
	} else {
		examine_shim(&d);
		add_options(&d, &o);
	}
	machine_findings(&d.findings, pid);
	print(&d, form);
	finding_free(&d.findings);
	return d.works ? CMD_OK : CMD_FAILED;
}

static int
run(int argc, char **argv)
{
	enum form form = TEXT;
	int i = 1;

	for (; i < argc && argv[i][0] == '-'; i++) {
		if (strcmp(argv[i], "--") == 0) {
			i++;
			break;
		}
		if (strcmp(argv[i], "--help") == 0) {
			cmd_print_help(&cmd_doctor, stdout);
			return CMD_OK;
		}
		if (strcmp(argv[i], "--json") == 0)
			form = AS_JSON;
		else if (strcmp(argv[i], "--quiet") == 0)
			form = QUIET;
		else
			return cmd_unknown_option(&cmd_doctor, argv[i]);
	}
	/* What follows the program are its own arguments, as for `weir run`. */
	return diagnose(i < argc ? argv[i] : NULL, form);
}

const struct cmd cmd_doctor = {
	.name = "doctor",
	.args = "[--json | --quiet] [[--] PROGRAM [ARGUMENT...] | PID]",
	.summary = "say whether weir works in a program or process, and if not why",
	.examples = "  weir doctor -- node server.js\n"
		    "  weir doctor 4711     # a process that runs\n",
	.run = run,
	.help = doctor_help,
};
