/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The threads of a process that may be stopped, those that suit best first: by what the kernel says of each without
 * stopping it. One that did not suit is left alone while it waits where it was.
 */
#ifndef TOOLS_CANDIDATES_H
#define TOOLS_CANDIDATES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define CANDIDATES_MOST 1024

struct candidate {
	pid_t tid;
	int rank;
	uint64_t where; /* of where it waits, 0: it runs, or that is not known */
};

struct candidates {
	pid_t pid;
	int pidfd;     /* -1: none */
	bool filtered; /* it has a filter of system calls */
	size_t n;      /* of now */
	size_t left;   /* of the threads, those that must not be stopped */
	size_t n_refused;
	struct candidate list[CANDIDATES_MOST];
	struct {
		pid_t tid;
		uint64_t where, until_ns;
	} refused[CANDIDATES_MOST];
};

void candidates_open(struct candidates *c, pid_t pid);
void candidates_close(struct candidates *c);

/* Fills the list anew. */
void candidates_take(struct candidates *c);

/* That one did not suit. */
void candidates_refuse(struct candidates *c, const struct candidate *one);

/* Those that did not suit may do now. */
void candidates_forget(struct candidates *c);

#endif
