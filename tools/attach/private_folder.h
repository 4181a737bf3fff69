/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A folder of the process's own user, where the process finds the library and its options while it loads them: made
 * through its root, and removed right after, by a signal that ends the command as well. What a command that was killed
 * left behind the next one clears.
 */
#ifndef TOOLS_PRIVATE_FOLDER_H
#define TOOLS_PRIVATE_FOLDER_H

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

#define PRIVATE_FOLDER_WHY 512

struct private_folder {
	char library[PATH_MAX]; /* as the process sees it */
	/* Open: the folder around it, for the process may be gone before; it itself, locked while its command lives. */
	int base, folder;
	char name[64];
	uid_t uid;
	gid_t gid;
	bool by_us; /* made with our own rights, for it */
};

/*
 * One at a time. Below `base`, a path as the process sees it; NULL: where such things lie. 0, or -errno with a sentence in `why`
 * and nothing left behind.
 */
int private_folder_make(struct private_folder *f, pid_t pid, const char *base,
			const char *library, const char *options,
			char why[PRIVATE_FOLDER_WHY]);
void private_folder_remove(struct private_folder *f);

#endif
