/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The checks in order: the first that speaks against it is told. SIGUSR1 ends what does not catch it, so that comes
 * before anything that touches the process.
 */
#include "tools/host/inspectable.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tools/host/target.h"
#include "tools/read/container.h"
#include "tools/read/listeners.h"
#include "tools/read/proc.h"
#include "tools/text/show.h"

#define DEFAULT_PORT 9229

static int
against(struct inspector *i, const char *text)
{
	show_format(i->why, INSPECTOR_WHY, "%s", text);
	return -1;
}

/* Behind the last colon, or all of it, if that is a number. */
static void
take_port(const char *value, uint16_t *port)
{
	const char *colon = strrchr(value, ':');
	const char *digits = colon != NULL ? colon + 1 : value;
	char *end;
	unsigned long v = strtoul(digits, &end, 10);

	if (end != digits && (*end == '\0' || isspace((unsigned char)*end)) && v <= 65535)
		*port = (uint16_t)v;
}

static void
take_option(const char *option, uint16_t *port, bool *active, bool *no_signal)
{
	static const char *const opening[] = {"--inspect", "--inspect-brk",
					      "--inspect-wait"};
	static const char *const naming[] = {"--inspect-port", "--debug-port"};
	size_t n = strcspn(option, "=");

	if (strcmp(option, "--disable-sigusr1") == 0)
		*no_signal = true;
	for (size_t k = 0; k < 3; k++)
		if (n == strlen(opening[k]) && strncmp(option, opening[k], n) == 0) {
			*active = true;
			take_port(option[n] == '=' ? option + n + 1 : "", port);
		}
	for (size_t k = 0; k < 2; k++)
		if (n == strlen(naming[k]) && strncmp(option, naming[k], n) == 0)
			take_port(option[n] == '=' ? option + n + 1 : "", port);
}

uint16_t
inspectable_port(const char *arguments, size_t len, const char *node_options,
		 bool *active, bool *no_signal)
{
	char word[256];
	uint16_t port = DEFAULT_PORT;
	size_t n;

	*active = *no_signal = false;
	for (const char *p = node_options; p != NULL && *p != '\0'; p += n) {
		p += strspn(p, " ");
		n = strcspn(p, " ");
		show_format(word, sizeof(word), "%.*s", (int)(n < 255 ? n : 255), p);
		take_option(word, &port, active, no_signal);
	}
	/* The program's own arguments come behind its file's name, which is no option. */
	for (size_t at = 0; at < len; at += strlen(arguments + at) + 1)
		if (at > 0 && arguments[at] != '-')
			break;
		else
			take_option(arguments + at, &port, active, no_signal);
	return port;
}

static bool
is_node(pid_t pid)
{
	char path[64];
	struct target t;

	snprintf(path, sizeof(path), "/proc/%d/exe", (int)pid);
	return target_examine(&t, path, NULL) == 0 && t.elf.node;
}

static bool
catches_signal(pid_t pid)
{
	char *status;
	const char *at;
	unsigned long long set = 0;

	if (proc_text(pid, "status", &status, NULL) != 0)
		return false;
	at = strstr(status, "\nSigCgt:");
	if (at != NULL)
		set = strtoull(at + 8, NULL, 16);
	free(status);
	return (set >> (SIGUSR1 - 1) & 1) != 0;
}

static int
find_port(struct inspector *i, const char *otherwise)
{
	char *arguments, *variables = NULL;
	size_t len, environ_len = 0;
	bool active, no_signal;
	struct listeners l;
	const struct listener *at;
	int rc = 0;

	if (proc_text(i->pid, "cmdline", &arguments, &len) != 0)
		return against(i, "its command line cannot be read");
	proc_text(i->pid, "environ", &variables, &environ_len);
	i->port = inspectable_port(
		arguments, len,
		variables != NULL
			? proc_environ_get(variables, environ_len, "NODE_OPTIONS")
			: NULL,
		&active, &no_signal);
	free(arguments);
	free(variables);
	if (listeners_read(&l, i->pid) != 0)
		return against(i, "its sockets cannot be seen");
	at = listeners_at(&l, i->port);
	i->open = at != NULL && at->own;
	if (i->port == 0) {
		rc = against(i, "its inspector is at a port that only it knows "
				"(--inspect-port=0)");
	} else if (at != NULL && !at->own) {
		show_format(i->why, INSPECTOR_WHY,
			    "another process listens at port %u, where its inspector "
			    "would open: end that one, or %s",
			    (unsigned)i->port, otherwise);
		rc = -1;
	} else if (!i->open && (no_signal || !catches_signal(i->pid))) {
		show_format(i->why, INSPECTOR_WHY,
			    "it does not catch SIGUSR1, which would end it "
			    "(--disable-sigusr1, or it has not started yet); %s",
			    otherwise);
		rc = -1;
	}
	listeners_free(&l);
	return rc;
}

int
inspectable_examine(struct inspector *i, pid_t pid, const char *otherwise)
{
	struct proc_stat st;

	*i = (struct inspector){.pid = pid};
	i->pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (proc_stat(pid, &st) != 0 || st.ended)
		return against(i, "there is no such process");
	if (geteuid() != 0 && geteuid() != st.uid)
		return against(i, "it is another user's: use sudo");
	if (container_differs(pid, "pid") || container_differs(pid, "mnt") ||
	    container_differs(pid, "net"))
		return against(i,
			       "it runs in another container (its PID, mount or network "
			       "namespace is not this one's): run weir in there");
	if (!is_node(pid))
		return against(i,
			       "its program is no Node: only Node has an inspector that "
			       "a signal opens");
	/* The signal would open it at any time later, and nobody close it. */
	if (st.stopped)
		return against(i, "it is stopped: kill -CONT has it go on");
	return find_port(i, otherwise);
}
