/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What /proc tells of a process. Every function returns 0 or -errno; -ESRCH when the process
 * is gone, -EACCES when it is another user's.
 */
#ifndef TOOLS_PROC_H
#define TOOLS_PROC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

/* The mappings of a process may be a quarter of a million, where the machine is set up for that. */
#define PROC_TEXT_MAX (64u << 20)

struct proc_stat {
	bool ended;   /* nothing of it runs any more, though its pid is not free yet */
	bool stopped; /* by a signal: it goes on by another one */
	uint64_t start_ticks;
	uint64_t cpu_ticks; /* user and system time of all its threads */
	uid_t uid;
};

/* The number behind a name ("\nPPid:") in the text of a /proc/PID/status, in that base; -1: not there. Pure. */
int64_t proc_status_number(const char *status, const char *name, int base);

/* Digits only are a pid; one too large to be one gives -1. Pure. */
bool proc_is_pid(const char *text, pid_t *pid);

int proc_stat(pid_t pid, struct proc_stat *out);

/* The line of /proc/PID/stat: fields 3, 9, 14 + 15 and 22. Pure; -EINVAL if it is not such a line. */
int proc_parse_stat(const char *line, struct proc_stat *out);

/*
 * A file of /proc/PID (at most PROC_TEXT_MAX), terminated, to be freed by the caller;
 * `len` may be NULL. `pid` 0 means the command itself.
 */
int proc_text(pid_t pid, const char *name, char **text, size_t *len);

/* The same, to be read piece by piece, or NULL; what errno says of /proc is proc_error's. */
FILE *proc_open(pid_t pid, const char *name);
int proc_error(void);

/* A symbolic link of /proc/PID. */
int proc_link(pid_t pid, const char *name, char *buf, size_t size);

/* The value of `name` in NAME=VALUE strings of `len` bytes, or NULL. Pure. */
const char *proc_environ_get(const char *environ_text, size_t len, const char *name);

/* True if it is known to have one thread only. */
bool proc_one_thread(pid_t pid);

/* Mappings in use, and whether a file of this name is among them. */
int proc_maps(pid_t pid, const char *file_name, size_t *n_maps, bool *mapped);

/* Resident bytes of the process; of these, unless that is NULL, neither of files nor shared memory. */
int proc_rss(pid_t pid, uint64_t *bytes, uint64_t *anon_bytes);

/* AT_SECURE of a running process: 0 or 1. */
int proc_secure(pid_t pid, bool *secure);

#endif
