/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The little that doctor wants to know of an executable, read from untrusted bytes: every
 * offset and count is checked, tables are read in part, nothing is mapped.
 */
#ifndef TOOLS_ELF_H
#define TOOLS_ELF_H

#include <stdbool.h>
#include <stdint.h>

#define ELF_WHY	   128
#define ELF_OTHERS 8

struct elf_facts {
	bool native; /* of this machine: class, byte order, architecture; else no more is known */
	uint16_t machine; /* e_machine as this machine's byte order reads it */
	int bits;	  /* 32 or 64 */
	bool dynamic;	  /* it has a loader (PT_INTERP) */
	char loader[256];
	bool symbols_read;   /* the rest is known */
	bool imports_malloc; /* of the malloc family, anything */
	const char *
		defines; /* exported by the file itself, before any preload's: its malloc, or
				  what takes a block; or NULL */
	bool musl;	 /* its C library is musl, of those that it names */
	bool needs_others;	     /* libraries beyond those of the C library itself */
	char others[ELF_OTHERS][64]; /* the names of the first ones; "" behind the last */
	const char *sanitizer;	     /* the library of one that it needs, or NULL */
	bool node;		     /* it is a Node, or a program that has one inside */
	bool v8_sandbox; /* exports what V8 has only when built with its sandbox */
};

/*
 * Reads the file open at `fd`. Returns 0, -ENOEXEC (not ELF), -EBADMSG (damaged, with a
 * sentence in `why`), or -errno of a read.
 */
int elf_read(int fd, struct elf_facts *facts, char why[ELF_WHY]);

/* Which C library the program or library at `path` is built for. */
enum elf_libc { ELF_UNKNOWN, ELF_GLIBC, ELF_MUSL };
enum elf_libc elf_built_for(const char *path);

#endif
