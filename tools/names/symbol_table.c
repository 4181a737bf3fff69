/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The symbols of one module in the order of their addresses. Called by symbolize.c, which asks for one
 * address after the other. Names stay where they are, in the ELF file: only the one that is found is
 * fetched. A damaged file can make an answer wrong, never a walk endless.
 */
#include "config.h"
#ifdef HAVE_LIBDW
#include "tools/names/symbol_table.h"

#include <stdlib.h>

#include "tools/text/tell.h"

#define MAX_SYMBOLS (4 << 20) /* 128 MB of table; a browser has 1.5 million */

struct symbol {
	GElf_Addr start, end;
	GElf_Addr reach; /* the largest end of this one and all before it */
	int index;	 /* in the file's own order */
	unsigned char binding;
};

struct symbol_table {
	Dwfl_Module *module;
	size_t n;
	struct symbol symbols[];
};

static unsigned
strength(unsigned char binding)
{
	switch (binding) {
	case STB_GLOBAL:
		return 3;
	case STB_WEAK:
		return 2;
	default:
		return binding != STB_LOCAL;
	}
}

static bool
is_code_or_data(const char *name, const GElf_Sym *sym)
{
	unsigned type = GELF_ST_TYPE(sym->st_info);

	return name != NULL && name[0] != '\0' && sym->st_shndx != SHN_UNDEF &&
	       type != STT_SECTION && type != STT_FILE && type != STT_TLS;
}

static int
by_start(const void *a, const void *b)
{
	const struct symbol *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return x->index < y->index ? -1 : x->index > y->index;
}

struct symbol_table *
symbol_table_new(Dwfl_Module *module)
{
	int n = dwfl_module_getsymtab(module);
	size_t most = n < 0 ? 0 : n < MAX_SYMBOLS ? (size_t)n : MAX_SYMBOLS;
	struct symbol_table *t = malloc(sizeof(*t) + most * sizeof(t->symbols[0]));
	GElf_Addr reach = 0;

	if (t == NULL)
		tell_no_memory();
	t->module = module;
	t->n = 0;
	/* Symbol 0 of every table is none. */
	for (int i = 1; i < (int)most; i++) {
		GElf_Sym sym;
		GElf_Addr start;
		const char *name = dwfl_module_getsym_info(module, i, &sym, &start, NULL,
							   NULL, NULL);

		if (!is_code_or_data(name, &sym) || start + sym.st_size < start)
			continue;
		t->symbols[t->n++] = (struct symbol){
			.start = start,
			.end = start + sym.st_size,
			.index = i,
			.binding = GELF_ST_BIND(sym.st_info),
		};
	}
	qsort(t->symbols, t->n, sizeof(t->symbols[0]), by_start);
	for (size_t i = 0; i < t->n; i++) {
		if (t->symbols[i].end > reach)
			reach = t->symbols[i].end;
		t->symbols[i].reach = reach;
	}
	return t;
}

void
symbol_table_free(struct symbol_table *t)
{
	free(t);
}

/* How many begin at the address or before it. */
static size_t
count_before(const struct symbol_table *t, GElf_Addr address)
{
	size_t low = 0, high = t->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (t->symbols[middle].start <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Both contain the address, and `x` begins no later. Any symbol that others see goes before a local one. */
static bool
is_better(const struct symbol *x, const struct symbol *than)
{
	bool local = x->binding == STB_LOCAL;

	if (local != (than->binding == STB_LOCAL))
		return !local;
	if (x->start != than->start)
		return false;
	if (strength(x->binding) != strength(than->binding))
		return strength(x->binding) > strength(than->binding);
	return x->end != than->end ? x->end < than->end : x->index < than->index;
}

static const struct symbol *
find_sized(const struct symbol_table *t, size_t before, GElf_Addr address)
{
	const struct symbol *best = NULL;

	for (size_t i = before; i > 0 && t->symbols[i - 1].reach > address; i--) {
		const struct symbol *s = &t->symbols[i - 1];

		if (s->end > address && (best == NULL || is_better(s, best)))
			best = s;
	}
	return best;
}

static bool
is_in_section(Dwfl_Module *module, const struct symbol *s, GElf_Addr address)
{
	GElf_Sym sym;
	GElf_Addr start;
	GElf_Word section;
	Dwarf_Addr bias;
	GElf_Shdr header;
	Elf *elf;

	dwfl_module_getsym_info(module, s->index, &sym, &start, &section, &elf, &bias);
	return section < SHN_LORESERVE &&
	       gelf_getshdr(elf_getscn(elf, section), &header) != NULL &&
	       address - bias - header.sh_addr < header.sh_size;
}

/* Of two labels at one place. Past it a local one goes first, at the very address it does not. */
static bool
is_better_label(const struct symbol *s, const struct symbol *than, GElf_Addr address)
{
	return address != s->start && s->binding == STB_LOCAL &&
	       than->binding != STB_LOCAL;
}

/* Assembly often has labels without a size. One goes on to the next symbol, or the end of its section. */
static const struct symbol *
find_label(const struct symbol_table *t, size_t before, GElf_Addr address)
{
	GElf_Addr label = before > 0 ? t->symbols[before - 1].reach : 0;
	const struct symbol *best = NULL;

	for (size_t i = before; i > 0 && t->symbols[i - 1].start == label; i--) {
		const struct symbol *s = &t->symbols[i - 1];

		if (s->start == s->end &&
		    (best == NULL || is_better_label(s, best, address)) &&
		    (label == address || is_in_section(t->module, s, address)))
			best = s;
	}
	return best;
}

const char *
symbol_table_find(const struct symbol_table *t, GElf_Addr address)
{
	size_t before = count_before(t, address);
	const struct symbol *s = find_sized(t, before, address);
	GElf_Sym sym;
	GElf_Addr start;

	if (s == NULL)
		s = find_label(t, before, address);
	return s == NULL ? NULL
			 : dwfl_module_getsym_info(t->module, s->index, &sym, &start,
						   NULL, NULL, NULL);
}
#endif
