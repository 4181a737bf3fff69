/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The functions that a library's file exports, by address and by name. Untrusted bytes: all offsets are checked.
 */
#ifndef TOOLS_DYNSYM_H
#define TOOLS_DYNSYM_H

#include <stddef.h>
#include <stdint.h>

struct dynsym_function {
	uint64_t address, bytes; /* as the file has it */
	const char *name;
};

struct dynsym {
	struct dynsym_function *functions; /* by address */
	size_t n;
	char *file; /* owned */
	size_t file_bytes;
};

/* Of a file open at `fd`. 0, or -errno; -ENOEXEC: not such a file. dynsym_free releases. */
int dynsym_read(struct dynsym *d, int fd);
void dynsym_free(struct dynsym *d);

/* The function around this address of the file's, or NULL. */
const char *dynsym_at(const struct dynsym *d, uint64_t address);

/* Where a function is; 0: nowhere. */
uint64_t dynsym_find(const struct dynsym *d, const char *name);

/* Where these bytes are in the file's code, as an address; 0: nowhere. */
uint64_t dynsym_find_code(const struct dynsym *d, const void *bytes, size_t n);

#endif
