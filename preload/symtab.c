/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A lookup through DT_GNU_HASH (see the ELF gABI and binutils' description of .gnu.hash).
 */
#include "preload/symtab.h"

#include <errno.h>
#include <string.h>
#include <sys/auxv.h>

static const ElfW(Dyn) * find_dynamic(uintptr_t *bias)
{
	const ElfW(Phdr) *ph = (const void *)getauxval(AT_PHDR);
	size_t n = getauxval(AT_PHNUM);
	const ElfW(Phdr) *dynamic = NULL;

	*bias = 0;
	for (size_t i = 0; ph != NULL && i < n; i++) {
		if (ph[i].p_type == PT_PHDR)
			*bias = (uintptr_t)ph - ph[i].p_vaddr;
		if (ph[i].p_type == PT_DYNAMIC)
			dynamic = &ph[i];
	}
	return dynamic != NULL ? (const void *)(*bias + dynamic->p_vaddr) : NULL;
}

int
symtab_of_executable(struct symtab *t)
{
	const ElfW(Dyn) *d = find_dynamic(&t->bias);

	memset((char *)t + sizeof(t->bias), 0, sizeof(*t) - sizeof(t->bias));
	for (; d != NULL && d->d_tag != DT_NULL; d++) {
		/* glibc has relocated these in place for every image but the vDSO. */
		const void *p = (const void *)(uintptr_t)d->d_un.d_ptr;

		if (d->d_tag == DT_SYMTAB)
			t->symbols = p;
		else if (d->d_tag == DT_STRTAB)
			t->strings = p;
		else if (d->d_tag == DT_STRSZ)
			t->strings_bytes = d->d_un.d_val;
		else if (d->d_tag == DT_GNU_HASH)
			t->gnu_hash = p;
	}
	return t->symbols && t->strings && t->gnu_hash ? 0 : -ENOENT;
}

static uint32_t
hash_of(const char *name)
{
	uint32_t h = 5381;

	for (; *name != '\0'; name++)
		h = h * 33 + (unsigned char)*name;
	return h;
}

static int
matches(const struct symtab *t, const ElfW(Sym) * s, const char *name)
{
	return s->st_shndx != SHN_UNDEF && s->st_name < t->strings_bytes &&
	       strcmp(t->strings + s->st_name, name) == 0;
}

int
symtab_find(const struct symtab *t, const char *name, uintptr_t *start, size_t *bytes)
{
	uint32_t n_buckets = t->gnu_hash[0], first = t->gnu_hash[1],
		 bloom_words = t->gnu_hash[2];
	const uint32_t *buckets =
		t->gnu_hash + 4 + bloom_words * (sizeof(ElfW(Addr)) / 4);
	const uint32_t *chain = buckets + n_buckets;
	uint32_t hash = hash_of(name);

	if (n_buckets == 0)
		return -ENOENT;
	uint32_t i = buckets[hash % n_buckets];
	for (; i >= first; i++) {
		uint32_t h = chain[i - first];

		if ((h | 1) == (hash | 1) && matches(t, &t->symbols[i], name)) {
			*start = t->bias + t->symbols[i].st_value;
			*bytes = t->symbols[i].st_size;
			return 0;
		}
		if (h & 1)
			break;
	}
	return -ENOENT;
}
