/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Of a GNU hash table only the symbols behind the first `offset` are in it; those before it are few, and looked
 * through. An old table holds all. An empty one, of a program that defines nothing for others, says nothing of how many
 * there are: then those that relocations name are looked through.
 */
#include "observe/image.h"

#include <elf.h>
#include <string.h>

/* glibc has moved these addresses in memory already, but for the vdso's and on some machines. */
static uintptr_t
moved(const struct image *i, uintptr_t address)
{
	return address < i->bias ? i->bias + address : address;
}

static void
read_entry(struct image *i, const ElfW(Dyn) * d)
{
	uintptr_t at = moved(i, d->d_un.d_ptr);

	switch (d->d_tag) {
	case DT_SYMTAB:
		i->symbols = (const ElfW(Sym) *)at;
		break;
	case DT_STRTAB:
		i->strings = (const char *)at;
		break;
	case DT_GNU_HASH:
		i->gnu_hash = (const uint32_t *)at;
		break;
	case DT_HASH:
		i->old_hash = (const uint32_t *)at;
		break;
	case DT_RELA:
		i->relocations = (const ElfW(Rela) *)at;
		break;
	case DT_RELASZ:
		i->n_relocations = d->d_un.d_val / sizeof(ElfW(Rela));
		break;
	case DT_JMPREL:
		i->plt = (const ElfW(Rela) *)at;
		break;
	case DT_PLTRELSZ:
		i->n_plt = d->d_un.d_val / sizeof(ElfW(Rela));
		break;
	default:
		break;
	}
}

bool
image_read(struct image *i, const struct dl_phdr_info *info)
{
	const ElfW(Dyn) *d = NULL;

	*i = (struct image){.bias = info->dlpi_addr,
			    .headers = info->dlpi_phdr,
			    .n_headers = info->dlpi_phnum};
	for (size_t k = 0; k < i->n_headers; k++)
		if (i->headers[k].p_type == PT_DYNAMIC)
			d = (const ElfW(Dyn) *)(i->bias + i->headers[k].p_vaddr);
	for (; d != NULL && d->d_tag != DT_NULL; d++)
		read_entry(i, d);
	if (i->relocations == NULL)
		i->n_relocations = 0;
	if (i->plt == NULL)
		i->n_plt = 0;
	return i->symbols != NULL && i->strings != NULL &&
	       (i->gnu_hash != NULL || i->old_hash != NULL);
}

bool
image_has(const struct image *i, uintptr_t address)
{
	for (size_t k = 0; k < i->n_headers; k++)
		if (i->headers[k].p_type == PT_LOAD &&
		    address - i->bias - i->headers[k].p_vaddr < i->headers[k].p_memsz)
			return true;
	return false;
}

struct search {
	const struct image *image;
	const char *name;
	void (*each)(void *context, uint32_t symbol);
	void *context;
};

static void
look_at(const struct search *s, uint32_t symbol)
{
	const ElfW(Sym) *sym = &s->image->symbols[symbol];

	if (sym->st_name != 0 && strcmp(s->image->strings + sym->st_name, s->name) == 0)
		s->each(s->context, symbol);
}

static void
look_through(const struct search *s, uint32_t n)
{
	for (uint32_t symbol = 1; symbol < n; symbol++)
		look_at(s, symbol);
}

static void
look_up(const struct search *s)
{
	const uint32_t *table = s->image->gnu_hash;
	uint32_t n = table[0], offset = table[1], words = table[2], hash = 5381;
	const ElfW(Addr) *filter = (const ElfW(Addr) *)(table + 4);
	const uint32_t *buckets = (const uint32_t *)(filter + words);
	const uint32_t *chain = buckets + n;

	for (const unsigned char *c = (const unsigned char *)s->name; *c != '\0'; c++)
		hash = hash * 33 + *c;
	uint32_t symbol = n != 0 ? buckets[hash % n] : 0;
	if (symbol < offset)
		return;
	for (;; symbol++) {
		uint32_t found = chain[symbol - offset];

		if ((found | 1) == (hash | 1))
			look_at(s, symbol);
		if ((found & 1) != 0)
			break;
	}
}

static uint32_t
most_named(const ElfW(Rela) * r, size_t n, uint32_t most)
{
	for (; n > 0; n--, r++)
		if (ELF64_R_SYM(r->r_info) > most)
			most = (uint32_t)ELF64_R_SYM(r->r_info);
	return most;
}

/* The number of those that are not in the table. */
static uint32_t
n_outside(const struct image *i)
{
	const uint32_t *table = i->gnu_hash;
	const uint32_t *buckets =
		(const uint32_t *)((const ElfW(Addr) *)(table + 4) + table[2]);

	for (uint32_t k = 0; k < table[0]; k++)
		if (buckets[k] != 0)
			return table[1];
	return most_named(i->plt, i->n_plt,
			  most_named(i->relocations, i->n_relocations, 0)) +
	       1;
}

void
image_symbols(const struct image *i, const char *name,
	      void (*each)(void *context, uint32_t symbol), void *context)
{
	struct search s = {i, name, each, context};

	if (i->gnu_hash == NULL) {
		look_through(&s, i->old_hash[1]);
		return;
	}
	look_through(&s, n_outside(i));
	look_up(&s);
}

struct definition {
	const struct image *image;
	const void *at;
};

static void
note_definition(void *context, uint32_t symbol)
{
	struct definition *d = context;
	const ElfW(Sym) *sym = &d->image->symbols[symbol];

	if (sym->st_shndx != SHN_UNDEF && sym->st_value != 0 &&
	    ELF64_ST_TYPE(sym->st_info) == STT_FUNC &&
	    ELF64_ST_BIND(sym->st_info) != STB_LOCAL)
		d->at = (const void *)(d->image->bias + sym->st_value);
}

const void *
image_defines(const struct image *i, const char *name)
{
	struct definition d = {.image = i};

	image_symbols(i, name, note_definition, &d);
	return d.at;
}
