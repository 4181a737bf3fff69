/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Weir has a dlsym of its own (dlsym.c), and the one behind it is found as the loader does it, by a search of the objects
 * behind this one. Before glibc 2.34 it was libdl's, which a plain program does not load: there all names are searched
 * for so; none of those that weir asks for has two versions.
 */
#include "preload/ground/symbol_next.h"

#include <dlfcn.h>
#include <link.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "trace/ground/symtab.h"

/* musl has none, and its loader takes this library into a program of musl all the same: a child has its parent's LD_PRELOAD. */
#ifdef __GLIBC__
#pragma weak _r_debug
#endif

struct search {
	const char *name;
	bool behind; /* this object has gone by */
	uintptr_t found;
};

/* The segment that has the address, NULL: of another object. */
static const ElfW(Phdr) * segment_of(const struct dl_phdr_info *object, uintptr_t address)
{
	for (size_t i = 0; i < object->dlpi_phnum; i++)
		if (object->dlpi_phdr[i].p_type == PT_LOAD &&
		    address - object->dlpi_addr - object->dlpi_phdr[i].p_vaddr <
			    object->dlpi_phdr[i].p_memsz)
			return &object->dlpi_phdr[i];
	return NULL;
}

static bool
is_this(const struct dl_phdr_info *object)
{
	return segment_of(object, (uintptr_t)&symbol_next_by_walk) != NULL;
}

static int
look_into(struct dl_phdr_info *object, size_t bytes, void *data)
{
	struct search *s = data;
	struct weir_symtab t;
	size_t length;

	(void)bytes;
	if (!s->behind) {
		s->behind = is_this(object);
		return 0;
	}
	return weir_symtab_of_object(&t, object) == 0 &&
	       weir_symtab_find(&t, s->name, &s->found, &length) == 0;
}

void *
symbol_next_by_walk(const char *name)
{
	struct search s = {.name = name};

	return dl_iterate_phdr(look_into, &s) != 0 ? (void *)s.found : NULL;
}

bool
symbol_defined(const char *name)
{
	struct search s = {.name = name, .behind = true};

	return dl_iterate_phdr(look_into, &s) != 0;
}

static int
look_for_code(struct dl_phdr_info *object, size_t bytes, void *data)
{
	struct symbol_code *c = data;
	const ElfW(Phdr) *segment = segment_of(object, c->from);

	(void)bytes;
	if (segment == NULL)
		return 0;
	c->from = object->dlpi_addr + segment->p_vaddr;
	c->bytes = segment->p_memsz;
	return 1;
}

struct symbol_code
symbol_code(const void *address)
{
	struct symbol_code c = {.from = (uintptr_t)address};

	dl_iterate_phdr(look_for_code, &c);
	return c;
}

bool
symbol_libc_is_other(void)
{
#ifdef __GLIBC__
	return &_r_debug == NULL;
#else
	return false;
#endif
}

/*
 * As symbol_next_by_walk, and without a call: who asks first may be a sanitizer, which asks for what its own dl_iterate_phdr
 * and strcmp are to call. The objects that a program starts with are never taken off the list.
 */
static void *
dlsym_by_list(void)
{
#ifdef __GLIBC__
	struct weir_symtab t;
	uintptr_t found;
	size_t length;

	if (symbol_libc_is_other())
		return symbol_next_by_walk("dlsym");
	const struct link_map *m = _r_debug.r_map;
	while (m != NULL && m->l_ld != _DYNAMIC)
		m = m->l_next;
	for (; m != NULL; m = m->l_next)
		if (m->l_ld != _DYNAMIC && weir_symtab_of_listed(&t, m) == 0 &&
		    weir_symtab_find(&t, "dlsym", &found, &length) == 0)
			return (void *)found;
	return NULL;
#else
	return symbol_next_by_walk("dlsym");
#endif
}

symbol_function *
symbol_asker(void)
{
	static void *_Atomic kept;
	void *to = atomic_load_explicit(&kept, memory_order_relaxed);

	if (to == NULL) {
		to = dlsym_by_list();
		atomic_store_explicit(&kept, to, memory_order_relaxed);
	}
	return (symbol_function *)to;
}

void *
symbol_next(const char *name)
{
	symbol_function *ask = symbol_asker();

	return ask != NULL ? ask(RTLD_NEXT, name) : symbol_next_by_walk(name);
}
