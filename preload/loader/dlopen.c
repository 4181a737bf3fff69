/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dlopen, interposed for plugins with RTLD_DEEPBIND alone: see deepbind.c. dlmopen: a plugin in a
 * namespace of its own has its own C library, so that weir stays out from then on. dlclose: the next library may
 * lie where one lay, and is not to be taken for it. The loader looks
 * at who calls (for the caller's RUNPATH), so that every call that does not need weir is handed
 * on by a jump, never by a call of weir's own.
 */
#include <dlfcn.h>
#include <link.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "preload/blocks/place.h"
#include "preload/ground/jump.h"
#include "preload/ground/libc.h"
#include "preload/ground/settings.h"
#include "preload/ground/symbol_next.h"
#include "preload/loader/deepbind.h"
#include "trace/sites/sites.h"

#define EXPORT __attribute__((visibility("default")))

typedef void *dlopen_function(const char *file, int mode);

static dlopen_function *_Atomic real;

static __attribute__((noinline, cold)) dlopen_function *
find_real(void)
{
	dlopen_function *found = (dlopen_function *)symbol_next("dlopen");

	atomic_store(&real, found);
	return found;
}

struct search {
	uintptr_t caller;
	bool first, matters;
};

/* Of the caller's object, any path; of another one but the program itself, what its plugins inherit. */
static int
has_path(struct dl_phdr_info *info, size_t bytes, void *search)
{
	struct search *s = search;
	const ElfW(Dyn) *d = NULL;
	bool is_caller = false;

	(void)bytes;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *h = &info->dlpi_phdr[i];

		if (h->p_type == PT_DYNAMIC)
			d = (const ElfW(Dyn) *)(info->dlpi_addr + h->p_vaddr);
		else if (h->p_type == PT_LOAD)
			is_caller |=
				s->caller - info->dlpi_addr - h->p_vaddr < h->p_memsz;
	}
	for (; d != NULL && d->d_tag != DT_NULL; d++)
		s->matters |= (d->d_tag == DT_RPATH && (is_caller || !s->first)) ||
			      (d->d_tag == DT_RUNPATH && is_caller);
	s->first = false;
	return 0;
}

/* Whether the loader may find another file for this caller than for weir. */
static bool
caller_matters(const char *file, const void *caller)
{
	struct search s = {.caller = (uintptr_t)caller, .first = true};

	if (strchr(file, '$') != NULL)
		return true;
	if (strchr(file, '/') != NULL)
		return false;
	dl_iterate_phdr(has_path, &s);
	return s.matters;
}

static __attribute__((noinline, cold)) void *
open_deep(const char *file, int mode)
{
	uint64_t before = deepbind_loaded();
	void *handle = real(file, mode);

	if (handle != NULL)
		deepbind_mend(handle, before);
	return handle;
}

JUMPS EXPORT __attribute__((noinline)) void *
dlopen(const char *file, int mode)
{
	dlopen_function *to = real != NULL ? real : find_real();

	if (__builtin_expect((mode & RTLD_DEEPBIND) != 0, 0) && file != NULL &&
	    weir_floor != SIZE_MAX && !caller_matters(file, __builtin_return_address(0)))
		JUMP open_deep(file, mode);
	JUMP to(file, mode);
}

static int
note_unloads(struct dl_phdr_info *info, size_t bytes, void *unloads)
{
	(void)bytes;
	*(uint64_t *)unloads = info->dlpi_subs;
	return 1;
}

EXPORT int
dlclose(void *handle)
{
	static void *_Atomic kept;
	static _Atomic uint64_t before;
	uint64_t now = 0;
	int (*to)(void *) = (int (*)(void *))symbol_kept(&kept, "dlclose");
	int rc = to != NULL ? to(handle) : -1; /* whoever calls it has loaded libdl */

	/* Most handles are one of several of their library. */
	dl_iterate_phdr(note_unloads, &now);
	if (atomic_exchange(&before, now) != now)
		weir_trace_unloaded();
	return rc;
}

typedef void *dlmopen_function(Lmid_t space, const char *file, int mode);

JUMPS EXPORT void *
dlmopen(Lmid_t space, const char *file, int mode)
{
	if (space == LM_ID_BASE)
		JUMP_OTHER dlopen(file, mode);
	place_stop();
	JUMP((dlmopen_function *)symbol_next("dlmopen"))(space, file, mode);
}
