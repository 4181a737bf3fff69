/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The functions of whoever comes behind weir in the order in which symbols are looked up.
 */
#ifndef PRELOAD_SYMBOL_NEXT_H
#define PRELOAD_SYMBOL_NEXT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The C library's dlsym, or of whoever stands before it; NULL before glibc 2.34 without libdl. */
typedef void *symbol_function(void *handle, const char *name);
symbol_function *symbol_asker(void);

/* Not NULL for what every C library has. May allocate, and may set what dlerror says. */
void *symbol_next(const char *name);

/* Looked for once, at the first call; kept from then on. */
static inline void *
symbol_kept(void *_Atomic *kept, const char *name)
{
	void *to = atomic_load_explicit(kept, memory_order_relaxed);

	if (to == NULL) {
		to = symbol_next(name);
		atomic_store_explicit(kept, to, memory_order_relaxed);
	}
	return to;
}

/* The same without dlsym. No allocation; waits for the loader's lock. */
void *symbol_next_by_walk(const char *name);

/* The segment of the object that has this address; 0 bytes: none. Waits for the loader's lock. */
struct symbol_code {
	uintptr_t from;
	size_t bytes;
};
struct symbol_code symbol_code(const void *address);

/* Whether any object that is loaded defines it. As above, and dlerror is left alone. */
bool symbol_defined(const char *name);

/* Whether this is a program of musl, and this library is built for glibc. */
bool symbol_libc_is_other(void);

#endif
