/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether weir can be attached to a process, as far as it can be told without stopping it. Only reads.
 */
#ifndef TOOLS_ATTACHABLE_H
#define TOOLS_ATTACHABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define ATTACHABLE_TEXT 512
#define ATTACHABLE_NAME "libweir_attach.so"

enum attachable {
	ATTACHABLE_YES,
	ATTACHABLE_AGAIN,   /* the library is in it: it need only be asked */
	ATTACHABLE_PERHAPS, /* --force attaches */
	ATTACHABLE_NO,
};

struct attachable_answer {
	enum attachable is;
	char why[ATTACHABLE_TEXT];  /* not, or what is in doubt; "" */
	char note[ATTACHABLE_TEXT]; /* what is to be known though it can be, or "" */
};

void attachable_examine(struct attachable_answer *a, pid_t pid);

/* The library beside this program or where it was installed; false with the reason. */
bool attachable_library(char *path, size_t size, char why[ATTACHABLE_TEXT]);

#endif
