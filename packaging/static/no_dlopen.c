/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Part of the static command only. libdw, and weir for C++ names, would load libraries of the machine that the
 * command happens to run on into a program with a C library of its own: they are told that there are none.
 */
#include <dlfcn.h>
#include <stddef.h>

void *
dlopen(const char *file, int mode)
{
	(void)file;
	(void)mode;
	return NULL;
}
