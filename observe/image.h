/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A loaded object's dynamic section, read in memory: symbols by name, and its relocations. Of objects that the
 * loader holds still meanwhile (dl_iterate_phdr).
 */
#ifndef OBSERVE_IMAGE_H
#define OBSERVE_IMAGE_H

#include <link.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct image {
	uintptr_t bias;
	const ElfW(Phdr) * headers;
	size_t n_headers;
	const ElfW(Sym) * symbols;
	const char *strings;
	const uint32_t *gnu_hash, *old_hash;
	const ElfW(Rela) * relocations, *plt;
	size_t n_relocations, n_plt;
};

/* False: it has no dynamic symbols, or none that can be read so. */
bool image_read(struct image *i, const struct dl_phdr_info *info);

/* Whether the address lies in one of its segments. */
bool image_has(const struct image *i, uintptr_t address);

/* Calls `each` with the index of every symbol of that name, defined here or not; false ends it. */
void image_symbols(const struct image *i, const char *name,
		   void (*each)(void *context, uint32_t symbol), void *context);

/* Where the object defines this function for others, or NULL. */
const void *image_defines(const struct image *i, const char *name);

#endif
