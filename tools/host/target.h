/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Would weir work in this program? Looks at the file that exec would run, follows one script
 * to its interpreter, and gives either nothing against it or the reason why weir would be inert.
 */
#ifndef TOOLS_TARGET_H
#define TOOLS_TARGET_H

#include <limits.h>

#include "policy/options.h"
#include "tools/read/elf.h"

#define TARGET_WHY 512

struct target {
	char path[PATH_MAX];	/* the file that was named */
	char program[PATH_MAX]; /* the ELF file behind it, all links resolved */
	char script
		[TARGET_WHY]; /* how one led to the other; "" when it is the same file */
	struct elf_facts elf;
	bool foreign; /* another C library's: it may not even start with the shim */
	bool secure;  /* started, it would run with AT_SECURE */
	char inert
		[TARGET_WHY]; /* why weir could not work; "" when nothing speaks against it */
	char doubt[TARGET_WHY]; /* what may still keep it from working, or "" */
};

/*
 * `path` is a file, `search` the PATH for a script's /usr/bin/env. Returns 0 with the struct
 * filled, whatever the verdict, or -errno if the file cannot be looked at.
 */
int target_examine(struct target *t, const char *path, const char *search);

/* Adds what the options say of this program: `enabled` and `only`. */
void target_apply_options(struct target *t, const struct weir_options *o);

/* The program that a script's first line (without "#!") runs, for `env` its argument. Pure. */
bool target_interpreter(const char *line, char *path, size_t size, bool *on_path);

#endif
