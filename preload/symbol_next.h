/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The functions of whoever comes behind weir in the order in which symbols are looked up.
 */
#ifndef PRELOAD_SYMBOL_NEXT_H
#define PRELOAD_SYMBOL_NEXT_H

/* Not NULL for what every C library has. May allocate, and may set what dlerror says. */
void *symbol_next(const char *name);

/* The same without dlsym. No allocation; waits for the loader's lock. */
void *symbol_next_by_walk(const char *name);

#endif
