/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether weir can be attached to a process, as far as it can be told without stopping it. Only reads.
 */
#ifndef TOOLS_ATTACHABLE_H
#define TOOLS_ATTACHABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define ATTACHABLE_TEXT		   512
#define ATTACHABLE_NAME		   "libweir_attach.so"
#define ATTACHABLE_STOPPED_SECONDS 10

enum attachable {
	ATTACHABLE_YES,
	ATTACHABLE_AGAIN,   /* the library is in it: it need only be asked */
	ATTACHABLE_PERHAPS, /* --force attaches */
	ATTACHABLE_NO,
};

struct attachable_answer {
	enum attachable is;
	bool filtered; /* its filters of system calls are to be read before anything is called */
	bool stopped;		    /* by a signal: it goes on first */
	char why[ATTACHABLE_TEXT];  /* not, or what is in doubt; "" */
	char note[ATTACHABLE_TEXT]; /* what is to be known though it can be, or "" */
};

/* Through its inspector: `i` is filled, whose pidfd is to be closed; NULL: by ptrace. */
struct inspector;
void attachable_examine(struct attachable_answer *a, pid_t pid, struct inspector *i);

/* Whether the process that began then has ended, if only to be waited for by its parent. */
bool attachable_ended(pid_t pid, uint64_t start_ticks);

/* As observe/watch.c names the library's thread: no child made by fork has it. */
#define ATTACHABLE_THREAD "weir-attach"

/* The library beside this program or where it was installed; false with the reason. */
bool attachable_library(char *path, size_t size, char why[ATTACHABLE_TEXT]);

#endif
