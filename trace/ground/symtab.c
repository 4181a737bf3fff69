/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A lookup through DT_GNU_HASH (see the ELF gABI and binutils' description of .gnu.hash).
 */
#include "trace/ground/symtab.h"

#include <errno.h>
#include <string.h>
#include <sys/auxv.h>

static const ElfW(Dyn) * find_dynamic(const ElfW(Phdr) * ph, size_t n, uintptr_t bias)
{
	for (size_t i = 0; ph != NULL && i < n; i++)
		if (ph[i].p_type == PT_DYNAMIC)
			return (const void *)(bias + ph[i].p_vaddr);
	return NULL;
}

static int
read_dynamic(struct weir_symtab *t, const ElfW(Dyn) * d)
{
	for (; d != NULL && d->d_tag != DT_NULL; d++) {
		/* glibc has relocated these in place for every image but the vDSO, musl for none. */
		uintptr_t at = d->d_un.d_ptr;
		const void *p = (const void *)(at < t->bias ? t->bias + at : at);

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

static const ElfW(Dyn) * dynamic_of_executable(uintptr_t *bias)
{
	const ElfW(Phdr) *ph = (const void *)getauxval(AT_PHDR);
	size_t n = getauxval(AT_PHNUM);

	for (size_t i = 0; ph != NULL && i < n; i++)
		if (ph[i].p_type == PT_PHDR)
			*bias = (uintptr_t)ph - ph[i].p_vaddr;
	return find_dynamic(ph, n, *bias);
}

int
weir_symtab_of_executable(struct weir_symtab *t)
{
	memset(t, 0, sizeof(*t));
	return read_dynamic(t, dynamic_of_executable(&t->bias));
}

bool
weir_symtab_needed(const char *prefix)
{
	struct weir_symtab t;

	if (weir_symtab_of_executable(&t) != 0)
		return false;
	for (const ElfW(Dyn) *d = dynamic_of_executable(&t.bias); d->d_tag != DT_NULL;
	     d++)
		if (d->d_tag == DT_NEEDED && d->d_un.d_val < t.strings_bytes &&
		    strncmp(t.strings + d->d_un.d_val, prefix, strlen(prefix)) == 0)
			return true;
	return false;
}

int
weir_symtab_of_object(struct weir_symtab *t, const struct dl_phdr_info *object)
{
	memset(t, 0, sizeof(*t));
	t->bias = object->dlpi_addr;
	return read_dynamic(t,
			    find_dynamic(object->dlpi_phdr, object->dlpi_phnum, t->bias));
}

int
weir_symtab_of_listed(struct weir_symtab *t, const struct link_map *object)
{
	*t = (struct weir_symtab){.bias = object->l_addr};
	return read_dynamic(t, object->l_ld);
}

int
weir_symtab_of_image(struct weir_symtab *t, uintptr_t header)
{
	const ElfW(Ehdr) *eh = (const void *)header;
	const ElfW(Phdr) *ph = (const void *)(header + eh->e_phoff);
	size_t n = eh->e_phnum;

	memset(t, 0, sizeof(*t));
	/* The program headers of every file that is linked follow the ELF header closely. */
	if (memcmp(eh->e_ident, ELFMAG, SELFMAG) != 0 || eh->e_phentsize != sizeof(*ph) ||
	    eh->e_phoff + n * sizeof(*ph) > 4096)
		return -ENOENT;
	for (size_t i = 0; i < n; i++)
		if (ph[i].p_type == PT_LOAD && ph[i].p_offset == 0)
			t->bias = header - ph[i].p_vaddr;
	return read_dynamic(t, find_dynamic(ph, n, t->bias));
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
matches(const struct weir_symtab *t, const ElfW(Sym) * s, const char *name)
{
	return s->st_shndx != SHN_UNDEF && s->st_name < t->strings_bytes &&
	       weir_symtab_same(t->strings + s->st_name, name);
}

int
weir_symtab_find(const struct weir_symtab *t, const char *name, uintptr_t *start,
		 size_t *bytes)
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
