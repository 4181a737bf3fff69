/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An object's dynamic symbols, found in memory through its program headers. Needs no file,
 * no loader lock and no allocation, and takes about 100 ns a name (dladdr: 300 us on Node).
 */
#ifndef TRACE_SYMTAB_H
#define TRACE_SYMTAB_H

#include <elf.h>
#include <link.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct weir_symtab {
	uintptr_t bias; /* where the image lies, less where it was linked for */
	const ElfW(Sym) * symbols;
	const char *strings;
	size_t strings_bytes;
	const uint32_t *gnu_hash;
};

/* 0, or -ENOENT if the executable has no such tables (static, or an old hash style only). */
int weir_symtab_of_executable(struct weir_symtab *t);

/* The same of an object that the loader shows. */
int weir_symtab_of_object(struct weir_symtab *t, const struct dl_phdr_info *object);

/* The same of an ELF file mapped from its start on, whose first page is readable. */
int weir_symtab_of_image(struct weir_symtab *t, uintptr_t header);

/* Whether the executable asks for a library whose name begins so: then it is there until the end. */
bool weir_symtab_needed(const char *prefix);

/* A defined function of that name: where its code starts and how long it is. 0 or -ENOENT. */
int weir_symtab_find(const struct weir_symtab *t, const char *name, uintptr_t *start,
		     size_t *bytes);

/* Of an object in the loader's own list. Makes no call of the C library's. */
int weir_symtab_of_listed(struct weir_symtab *t, const struct link_map *object);

/* strcmp's, where that may be a sanitizer's that has not begun: it asks dlsym for the C library's. */
static inline bool
weir_symtab_same(const char *a, const char *b)
{
	while (*a != '\0' && *a == *b) {
		a++;
		b++;
	}
	return *a == *b;
}

#endif
