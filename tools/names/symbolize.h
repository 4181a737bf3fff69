/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names of machine code, from the ELF file and its debugging information, by elfutils. The file must
 * have the build id that was recorded: another one at the same path is not believed. Without
 * libdw every question is answered with false.
 */
#ifndef TOOLS_SYMBOLIZE_H
#define TOOLS_SYMBOLIZE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct symbolize;

/* Exits through tell_no_memory. */
struct symbolize *symbolize_new(void);
void symbolize_free(struct symbolize *s);

struct symbolize_place {
	char function[512]; /* demangled; "" if unknown */
	char file[512];	    /* source file, "" if unknown */
	uint32_t line, column;
};

/* `address`: of the instruction, as the ELF file's own addresses go. */
bool symbolize_find(struct symbolize *s, const char *path, const uint8_t *build_id,
		    size_t build_id_bytes, uint64_t address,
		    struct symbolize_place *place);

#endif
