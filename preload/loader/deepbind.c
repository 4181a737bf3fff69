/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Plugins loaded with RTLD_DEEPBIND see the C library's free before any preload's, and would hand it
 * weir's blocks. Nothing else of their binding is touched: only the slots that hold the C library's
 * free, realloc, reallocarray and malloc_usable_size. Where another allocator stands behind weir, such a
 * plugin and its host have two heaps without weir as well: it is left as it is.
 */
#include "preload/loader/deepbind.h"

#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <link.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "pool/old_libc.h"
#include "pool/pages.h"
#include "pool/region.h"
#include "preload/ground/next.h"
#include "preload/ground/symbol_next.h"
#include "trace/ground/symtab.h"

#if defined(__x86_64__)
#define RELOC_SLOT R_X86_64_JUMP_SLOT
#define RELOC_GOT  R_X86_64_GLOB_DAT
#define RELOC_WORD R_X86_64_64
#elif defined(__aarch64__)
#define RELOC_SLOT R_AARCH64_JUMP_SLOT
#define RELOC_GOT  R_AARCH64_GLOB_DAT
#define RELOC_WORD R_AARCH64_ABS64
#endif

static void
deep_free(void *p)
{
	if (p != NULL && weir_hull_has(p))
		free(p);
	else
		NEXT(free)(p);
}

static void *
deep_realloc(void *p, size_t size)
{
	return p != NULL && weir_hull_has(p) ? realloc(p, size) : NEXT(realloc)(p, size);
}

static void *
deep_reallocarray(void *p, size_t n, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(n, size, &bytes)) {
		errno = ENOMEM;
		return NULL;
	}
	return deep_realloc(p, bytes);
}

static size_t
deep_usable_size(void *p)
{
	return p != NULL && weir_hull_has(p) ? malloc_usable_size(p)
					     : NEXT(malloc_usable_size)(p);
}

enum { FREE, N_NAMES = 4 };

static const struct {
	const char *name;
	uintptr_t ours;
} imports[N_NAMES] = {
	{"free", (uintptr_t)deep_free},
	{"realloc", (uintptr_t)deep_realloc},
	{"reallocarray", (uintptr_t)deep_reallocarray},
	{"malloc_usable_size", (uintptr_t)deep_usable_size},
};

bool
deepbind_ends_blocks(const char *name)
{
	for (size_t i = 0; i < N_NAMES; i++)
		if (weir_symtab_same(name, imports[i].name))
			return true;
	return false;
}

/* Found by its name, it is another allocator's if that stands behind weir: it would call weir, and weir it. */
void *
deepbind_home(const char *name, void *found)
{
	for (size_t i = 0; i < N_NAMES; i++)
		if (weir_symtab_same(name, imports[i].name) && next_found() == 0 &&
		    found == symbol_next(name))
			return (void *)imports[i].ours;
	return found;
}

struct task {
	uintptr_t
		theirs[N_NAMES]; /* what the plugin's imports are, or will be, bound to */
	size_t first, at, n;	 /* objects: the first new one, this one, all of them */
	uint64_t loaded, unloaded;
};

/* What is needed of one object's program headers and dynamic section. */
struct object {
	uintptr_t base, from, to, relro_from, relro_to;
	const ElfW(Sym) * symbols;
	const char *strings;
	const ElfW(Rela) * tables[2];
	size_t bytes[2];
};

/* The loader has made these pointers absolute, except in objects that it may not write to. */
static const void *
address(const struct object *o, ElfW(Addr) value)
{
	return (const void *)(value < o->base ? o->base + value : value);
}

static void
read_dynamic(struct object *o, const ElfW(Dyn) * d)
{
	for (; d->d_tag != DT_NULL; d++)
		switch (d->d_tag) {
		case DT_SYMTAB:
			o->symbols = address(o, d->d_un.d_ptr);
			break;
		case DT_STRTAB:
			o->strings = address(o, d->d_un.d_ptr);
			break;
		case DT_RELA:
			o->tables[0] = address(o, d->d_un.d_ptr);
			break;
		case DT_RELASZ:
			o->bytes[0] = d->d_un.d_val;
			break;
		case DT_JMPREL:
			o->tables[1] = address(o, d->d_un.d_ptr);
			break;
		case DT_PLTRELSZ:
			o->bytes[1] = d->d_un.d_val;
			break;
		}
}

static void
read_headers(struct object *o, const struct dl_phdr_info *info)
{
	const uintptr_t page = weir_machine_page - 1;

	*o = (struct object){.base = info->dlpi_addr, .from = UINTPTR_MAX};
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *h = &info->dlpi_phdr[i];
		uintptr_t from = o->base + h->p_vaddr, to = from + h->p_memsz;

		if (h->p_type == PT_LOAD) {
			o->from = from < o->from ? from : o->from;
			o->to = to > o->to ? to : o->to;
		} else if (h->p_type == PT_GNU_RELRO) {
			o->relro_from = from & ~page;
			o->relro_to = to & ~page;
		}
	}
	for (int i = 0; i < info->dlpi_phnum; i++)
		if (info->dlpi_phdr[i].p_type == PT_DYNAMIC)
			read_dynamic(o, (const ElfW(Dyn) *)(o->base +
							    info->dlpi_phdr[i].p_vaddr));
}

/* A slot that is bound at the first call (lazily) still holds an address in the object itself. */
static bool
is_bound_past_us(const struct object *o, uintptr_t value, bool lazy, uintptr_t theirs)
{
	return value == theirs || (lazy && value >= o->from && value < o->to);
}

static void
put(const struct object *o, _Atomic uintptr_t *slot, uintptr_t value)
{
	void *page = (void *)((uintptr_t)slot & -weir_machine_page);
	bool sealed = (uintptr_t)slot >= o->relro_from && (uintptr_t)slot < o->relro_to;

	if (sealed && mprotect(page, weir_machine_page, PROT_READ | PROT_WRITE) != 0)
		return;
	atomic_store(slot, value);
	if (sealed)
		mprotect(page, weir_machine_page, PROT_READ);
}

static void
mend_one(const struct task *t, const struct object *o, const ElfW(Rela) * r)
{
	const unsigned type = ELF64_R_TYPE(r->r_info);

	if ((type != RELOC_SLOT && type != RELOC_GOT && type != RELOC_WORD) ||
	    r->r_addend != 0)
		return;
	const char *name = o->strings + o->symbols[ELF64_R_SYM(r->r_info)].st_name;
	for (size_t i = 0; i < N_NAMES; i++) {
		_Atomic uintptr_t *slot = (_Atomic uintptr_t *)(o->base + r->r_offset);

		if (strcmp(name, imports[i].name) == 0 && t->theirs[i] != 0 &&
		    is_bound_past_us(o, atomic_load(slot), type == RELOC_SLOT,
				     t->theirs[i]))
			put(o, slot, imports[i].ours);
	}
}

static int
mend_object(struct dl_phdr_info *info, size_t bytes, void *task)
{
	struct task *t = task;
	struct object o;

	(void)bytes;
	/* Objects that another thread unloaded since moved the new ones forwards: then any may be one. */
	if (t->at++ < t->first && info->dlpi_subs == t->unloaded)
		return 0;
	read_headers(&o, info);
	if (o.symbols == NULL || o.strings == NULL)
		return 0;
	for (int k = 0; k < 2; k++)
		for (size_t i = 0;
		     o.tables[k] != NULL && i < o.bytes[k] / sizeof(ElfW(Rela)); i++)
			mend_one(t, &o, &o.tables[k][i]);
	return 0;
}

static int
count_object(struct dl_phdr_info *info, size_t bytes, void *task)
{
	struct task *t = task;

	(void)bytes;
	t->n++;
	t->loaded = info->dlpi_adds;
	t->unloaded = info->dlpi_subs;
	return 0;
}

uint64_t
deepbind_loaded(void)
{
	struct task t = {.n = 0};

	dl_iterate_phdr(count_object, &t);
	return t.loaded;
}

void
deepbind_mend(void *handle, uint64_t loaded_before)
{
	struct task t = {.n = 0};
	int saved_errno = errno;

	dl_iterate_phdr(count_object, &t);
	uint64_t added = t.loaded - loaded_before;
	if (added == 0 || added > t.n || next_found() != 0 || symbol_asker() == NULL)
		return;
	for (size_t i = 0; i < N_NAMES; i++) {
		void *next_one = symbol_next(imports[i].name);

		if (next_one == symbol_asker()(handle, imports[i].name))
			t.theirs[i] = (uintptr_t)next_one;
	}
	dlerror(); /* the host's dlopen has succeeded: there is nothing to report */
	if (t.theirs[FREE] != 0) {
		t.first = t.n - added;
		dl_iterate_phdr(mend_object, &t);
	}
	errno = saved_errno;
}
